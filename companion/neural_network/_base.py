"""What the classifier and the regressor share: the start, the training, when to stop."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeVar, cast

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from torch import Tensor

from companion._estimator import give, take
from companion.neural_network._network import Network, scores
from companion.neural_network._options import check_options
from companion.neural_network._stochastic import RECORDS, StochasticTraining
from companion.optimize import minimize

Method = TypeVar("Method", bound=Callable[..., Any])


class MultilayerPerceptron(StochasticTraining):
    """A network that is fitted by stochastic steps or by L-BFGS."""

    @abstractmethod
    def _targets(self, X: Any, y: Any, *, first: bool, partial: bool) -> tuple[Tensor, Tensor]:
        """Return X, and Y [n, outputs], as tensors."""

    def _fit(self, X: Any, y: Any, partial: bool = False) -> None:
        """Learn from X and y, from where the last fit ended if ``partial`` or ``warm_start``."""
        hidden = check_options(self.get_params(deep=False))
        first = not hasattr(self, "coefs_") or not (self.warm_start or partial)
        data, Y = self._targets(X, y, first=first, partial=partial)
        chance = check_random_state(self.random_state)
        if first:
            self._start([data.shape[1], *hidden, Y.shape[1]], chance)
        with torch.no_grad():
            coefs, intercepts = self._layers(data)
            network = Network(coefs, intercepts, self.activation, self.out_activation_)
            if self.solver == "lbfgs":
                self._fit_lbfgs(network, data, Y)
            else:
                self._fit_stochastic(network, data, Y, chance, partial)
        if not bool(torch.isfinite(network.flat).all()):
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large "
                "values and need to be preprocessed."
            )
        self.coefs_ = [give(W.clone(), X) for W in network.coefs]
        self.intercepts_ = [give(b.clone(), X) for b in network.intercepts]

    def _start(self, sizes: list[int], chance: np.random.RandomState) -> None:
        """Draw weights and offsets by Glorot's rule, uniform; forget earlier fits."""
        self.n_layers_, self.n_outputs_ = len(sizes), sizes[-1]
        self.n_iter_, self.t_ = 0, 0
        self.out_activation_ = self._output()[0]
        self.coefs_, self.intercepts_ = [], []
        for fan_in, fan_out in pairwise(sizes):
            limit = math.sqrt((2 if self.activation == "logistic" else 6) / (fan_in + fan_out))
            self.coefs_.append(chance.uniform(-limit, limit, (fan_in, fan_out)))
            self.intercepts_.append(chance.uniform(-limit, limit, fan_out))
        for name in RECORDS:
            self.__dict__.pop(name, None)

    def _layers(self, like: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        coefs = [take(W, like) for W in self.coefs_]
        return coefs, [take(b, like) for b in self.intercepts_]

    def _scores(self, X: Any) -> Tensor:
        """Return what enters the output units for each row of X, [n, outputs]."""
        data = self._data(X)
        return scores(data, *self._layers(data), self.activation)

    def _fit_lbfgs(self, network: Network, X: Tensor, Y: Tensor) -> None:
        loss = self._output()[1]
        # The slopes are those of the sum over outputs, where scikit-learn's squared error shows
        # the mean: a line search needs the value that belongs to them.
        outputs = Y.shape[1] if self.out_activation_ == "identity" else 1

        def cost(flat: Tensor) -> tuple[Tensor, Tensor]:
            network.flat.copy_(flat)
            A = network.forward(X)
            penalty = network.backward(A, Y, self.alpha)
            return loss(Y, A[-1]) * outputs + penalty, network.slopes.clone()

        options = {"maxiter": self.max_iter, "gtol": self.tol}
        start = network.flat.clone()
        found = minimize(cost, start, jac=True, method="L-BFGS-B", options=options)
        self.n_iter_ = int(found.nit)
        if found.status != 0:
            warnings.warn(
                f"lbfgs failed to converge after {self.n_iter_} iteration(s) "
                f"(status={found.status}):\n{found.message}",
                ConvergenceWarning,
                stacklevel=4,
            )
        network.flat.copy_(found.x)
        A = network.forward(X)
        self.loss_ = float(loss(Y, A[-1]) + network.backward(A, Y, self.alpha))


def stochastic_only(method: Method) -> Method:
    """Hide a method if the solver is L-BFGS, which sees all samples at once."""
    return cast(Method, available_if(_is_stochastic)(method))


def _is_stochastic(model: Any) -> bool:
    if model.solver == "lbfgs":
        raise AttributeError("partial_fit is only available for the solvers 'sgd' and 'adam'.")
    return True
