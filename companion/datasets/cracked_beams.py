"""Cracked cantilevers: two classes whose exact posterior is a logistic function."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from companion.datasets._bunch import make_bunch
from companion.physics._check import check_count, check_number
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch

# Steel: length and height in m, Young's modulus in Pa, density in kg/m³.
LENGTH, HEIGHT, MODULUS, DENSITY = 1.0, 0.01, 210e9, 7850.0
# First root of cos(b) cosh(b) = -1, the clamped-free beam.
ROOT = 1.8751040687119611
INTACT = ROOT**2 / (2 * math.pi * LENGTH**2) * math.sqrt(MODULUS * HEIGHT**2 / (12 * DENSITY))
# The crack takes 6 % of the stiffness. Frequency in Hz, damping ratio in %.
MEANS = ((INTACT, 0.50), (INTACT * math.sqrt(0.94), 0.80))
STDS, CORRELATION = (0.12, 0.15), -0.3


def make_cracked_beams(
    n_samples: int = 400,
    *,
    prior: float = 0.5,
    damping_unit: Literal["%", "1"] = "%",
    random_state: int | torch.Generator | None = 0,
) -> Bunch:
    r"""Generate first natural frequency and damping ratio of intact and cracked cantilevers.

    Steel, length 1 m, height 10 mm: the intact beam has
    :math:`f_0=\frac{1.8751^2}{2\pi L^2}\sqrt{Eh^2/12\rho}=8.355` Hz and 0.5 % damping; a crack
    takes 6 % of the stiffness (:math:`f_1=\sqrt{0.94}f_0`) and raises damping to 0.8 %. Both
    classes are normal with standard deviations 0.12 Hz and 0.15 % and correlation -0.3, so that
    :math:`P(\text{cracked}\mid\mathbf x)=1/(1+e^{-\mathbf w^T\mathbf x-w_0})`,
    :math:`\mathbf w=\boldsymbol\Sigma^{-1}(\boldsymbol\mu_1-\boldsymbol\mu_0)`.

    Parameters
    ----------
    n_samples : number of beams.
    prior : probability that a beam is cracked.
    damping_unit : ``"%"``, or ``"1"`` for the plain ratio.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 2] in the default dtype on the CPU, columns frequency in
    Hz and damping ratio; ``target`` Tensor[n_samples], 1 if cracked; ``feature_names``,
    ``target_names``; the truth: ``means`` Tensor[2, 2], ``covariance`` Tensor[2, 2], ``coef``
    Tensor[2] and ``intercept`` (w and w0), the Mahalanobis ``distance`` of the means, the
    ``bayes_error``, the ``auc`` of the log-odds, and the ``posterior(X)`` of being cracked.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``prior`` is not between 0 and 1, or
        ``damping_unit`` or ``random_state`` is unusable.

    Proven equal to the distributions of SciPy (``tests/datasets/test_cracked_beams.py``).
    Book: chapters/05-regression/learning-from-data
    """
    check_count(n_samples, "n_samples")
    if not 0 < check_number(prior, "prior") < 1:
        raise ValueError(f"prior must be between 0 and 1, got {prior}")
    if damping_unit not in ("%", "1"):
        raise ValueError(f"damping_unit must be '%' or '1', got {damping_unit!r}")
    generator = make_generator(random_state)
    means, covariance = _moments(1.0 if damping_unit == "%" else 0.01)
    cracked = (standard_uniform((n_samples,), generator) < prior).long()
    errors = standard_normal((n_samples, 2), generator) @ torch.linalg.cholesky(covariance).mT
    return make_bunch(
        data=means[cracked] + errors,
        target=cracked,
        feature_names=["frequency [Hz]", f"damping [{damping_unit}]".replace("[1]", "[-]")],
        target_names=["intact", "cracked"],
        means=means,
        covariance=covariance,
        **_truth(means, covariance, prior),
    )


def _moments(unit: float) -> tuple[Tensor, Tensor]:
    """Return the means [2, 2] and the covariance [2, 2], damping in units of ``unit`` percent."""
    scale = torch.tensor([1.0, unit], dtype=torch.float64, device="cpu")
    stds = scale.new_tensor(STDS) * scale
    correlation = scale.new_tensor([[1.0, CORRELATION], [CORRELATION, 1.0]])
    return scale.new_tensor(MEANS) * scale, stds[:, None] * correlation * stds


def _truth(means: Tensor, covariance: Tensor, prior: float) -> dict[str, object]:
    """Log-odds are normal in both classes: mean ln(prior odds) ± D²/2, standard deviation D."""
    coef = torch.linalg.solve(covariance, means[1] - means[0])
    log_odds = math.log(prior / (1 - prior))
    intercept = log_odds - float(coef @ means.mean(dim=0))
    D = math.sqrt(float(coef @ (means[1] - means[0])))
    false_alarm, miss = (_cdf((sign * log_odds - D**2 / 2) / D) for sign in (1, -1))
    return {
        "coef": coef,
        "intercept": intercept,
        "distance": D,
        "bayes_error": (1 - prior) * false_alarm + prior * miss,
        "auc": _cdf(D / math.sqrt(2)),
        "posterior": partial(_posterior, coef=coef, intercept=intercept),
    }


def _posterior(X: Tensor, *, coef: Tensor, intercept: float) -> Tensor:
    return torch.sigmoid(X @ coef.to(X) + intercept)


def _cdf(z: float) -> float:
    """Distribution function of the standard normal."""
    return math.erfc(-z / math.sqrt(2)) / 2
