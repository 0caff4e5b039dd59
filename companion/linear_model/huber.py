"""A fit that outliers cannot pull far: squares for small residuals, absolute values for large."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from companion._estimator import give, take
from companion.linear_model._base import LinearModel, check_count, check_number
from companion.optimize import minimize


class HuberRegressor(LinearModel):
    """Linear regression with Huber's loss, and the scale of the residuals learned with it.

    ::

        min Σ (σ + σ H((y - X w - w₀)/σ)) + α |w|²    over w, w₀ and σ > 0
        H(z) = z² for |z| ≤ ε,  2 ε |z| - ε² beyond

    It is solved by L-BFGS in w, w₀ and log σ.

    Parameters
    ----------
    epsilon : residuals above ε σ count as outliers; at least 1.
    max_iter : largest number of iterations.
    alpha : price α of the squared weights, at least 0.
    fit_intercept : learn the offset w₀.
    tol : the iteration ends when no component of the gradient is larger.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_, intercept_, scale_ : w, w₀ and σ.
    n_iter_ : number of iterations.
    outliers_ : for each sample, whether it counts as an outlier.

    Raises
    ------
    TypeError, ValueError
        For parameters that are no numbers or out of range; for data as scikit-learn.

    Warns
    -----
    ConvergenceWarning
        If ``max_iter`` iterations do not reach ``tol``.

    Mirrors ``sklearn.linear_model.HuberRegressor`` (``warm_start`` and sample weights are absent;
    y is divided by its spread inside, so that ``tol`` means the same in every unit).

    Proven equal to scikit-learn (``tests/test_registry.py``, ``tests/linear_model/test_huber.py``).

    Book: chapters/05-regression/goodness-of-fit
    """

    def __init__(
        self,
        *,
        epsilon: float = 1.35,
        max_iter: int = 100,
        alpha: float = 0.0001,
        fit_intercept: bool = True,
        tol: float = 1e-5,
        device: Any = None,
    ) -> None:
        self.epsilon, self.max_iter, self.alpha = epsilon, max_iter, alpha
        self.fit_intercept, self.tol, self.device = fit_intercept, tol, device

    def fit(self, X: Any, y: Any) -> HuberRegressor:
        """Learn the weights and the scale from X [n, features] and y [n]."""
        epsilon, alpha = (
            check_number(self.epsilon, "epsilon", 1.0),
            check_number(self.alpha, "alpha"),
        )
        options = {
            "maxiter": check_count(self.max_iter, "max_iter"),
            "gtol": check_number(self.tol, "tol"),
            "ftol": 0.0,  # a small step is no sign of the minimum: only the gradient is
        }
        data, target = self._fit_data(X, y)
        x_mean, x_spread = _centre_and_spread(data, self.fit_intercept)
        y_mean, y_spread = _centre_and_spread(target, self.fit_intercept)
        Z, t = (data - x_mean) / x_spread, (target - y_mean) / y_spread
        price = alpha * y_spread / x_spread**2
        cost = _Cost(Z, t, price, epsilon, self.fit_intercept)
        found = minimize(cost, cost.start(), jac=True, method="L-BFGS-B", options=options)
        if found.status == 1:
            words = f"lbfgs failed to converge after {found.nit} iterations; increase max_iter."
            warnings.warn(words, ConvergenceWarning, stacklevel=2)
        beta, offset, scale = cost.parts(found.x)
        coef = beta * y_spread / x_spread
        self.coef_ = give(coef, X)
        self.intercept_ = 0.0
        if self.fit_intercept:
            self.intercept_ = give(y_mean + offset * y_spread - x_mean @ coef, X)
        self.scale_ = give(scale * y_spread, X)
        self.n_iter_ = int(found.nit)
        residual = target - data @ coef - take(self.intercept_, data)
        self.outliers_ = give(residual.abs() > epsilon * scale * y_spread, X)
        return self


class _Cost:
    """Huber's cost and its gradient in w, w₀ and log σ, for data of spread 1."""

    def __init__(
        self, Z: Tensor, t: Tensor, price: Tensor, epsilon: float, fit_intercept: bool
    ) -> None:
        self.Z, self.t, self.price = Z, t, price
        self.epsilon, self.fit_intercept = epsilon, fit_intercept

    def start(self) -> Tensor:
        """Return least squares with the root mean square of its residuals as scale."""
        beta = torch.linalg.pinv(self.Z) @ self.t
        scale = (self.t - self.Z @ beta).square().mean().sqrt().clamp(min=1e-6)
        offset = self.t.new_zeros(1 if self.fit_intercept else 0)
        return torch.cat([beta, offset, scale.log()[None]])

    def parts(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the weights, the offset and the scale."""
        p = self.Z.shape[1]
        return x[:p], x[p] if self.fit_intercept else x.new_zeros(()), x[-1].exp()

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        beta, offset, scale = self.parts(x)
        residual = self.t - self.Z @ beta - offset
        limit = self.epsilon * scale
        clipped = residual.clamp(-limit, limit)  # half the slope of the loss, times the scale
        beyond = residual.abs() - clipped.abs()
        loss = (clipped**2 / scale + 2 * self.epsilon * beyond).sum()
        cost = len(residual) * scale + loss + (self.price * beta**2).sum()
        by_beta = 2 * self.price * beta - 2 / scale * (self.Z.mT @ clipped)
        by_offset = -2 / scale * clipped.sum()[None]
        by_scale = scale * (len(residual) - ((clipped / scale) ** 2).sum())
        slopes = [by_beta, by_offset, by_scale[None]]
        return cost, torch.cat(slopes if self.fit_intercept else slopes[::2])


def _centre_and_spread(x: Tensor, centre: bool) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of each column; without offset 0 and the size."""
    mean = x.mean(0) if centre else torch.zeros_like(x[0])
    spread = (x - mean).square().mean(0).sqrt()
    return mean, torch.where(spread > 0, spread, torch.ones_like(spread))
