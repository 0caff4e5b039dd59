"""Training by stochastic steps: epochs of batches, and when to stop."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from torch import Tensor

from companion._estimator import Estimator
from companion.neural_network._network import Network
from companion.neural_network._updates import Adam, Momentum

LOSS = Callable[[Tensor, Tensor], Tensor]
RECORDS = ("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_", "_update")


class StochasticTraining(Estimator):
    """The solvers "sgd" and "adam", with scikit-learn's order of random numbers."""

    activation: str
    solver: str
    alpha: float
    batch_size: Any
    learning_rate: str
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    beta_1: float
    beta_2: float
    epsilon: float
    n_iter_no_change: float

    n_iter_: int
    t_: int
    out_activation_: str

    @abstractmethod
    def _output(self) -> tuple[str, LOSS]:
        """Return the activation of the output and the loss that matches it."""

    @abstractmethod
    def _grade(self, Y: Tensor, output: Tensor) -> float:
        """Return the score of the outputs for samples that were held out."""

    def _fit_stochastic(
        self, network: Network, X: Tensor, Y: Tensor, chance: np.random.RandomState, partial: bool
    ) -> None:
        """Take an epoch of steps after the other, until nothing improves."""
        self._prepare(network.flat, partial)
        held_out = None
        if self.early_stopping:
            X, Y, held_out = self._hold_out(X, Y, chance)
        size, order, best = self._batch_size(len(X)), np.arange(len(X)), network.flat.clone()
        self.n_iter_ = 0
        try:
            for _ in range(1 if partial else self.max_iter):
                if self.shuffle:
                    order = order[_shuffled(len(X), chance)]
                    rows = torch.as_tensor(order, device=X.device)
                    self.loss_ = self._epoch(network, X[rows], Y[rows], size)
                else:
                    self.loss_ = self._epoch(network, X, Y, size)
                self.n_iter_, self.t_ = self.n_iter_ + 1, self.t_ + len(X)
                self.loss_curve_.append(self.loss_)
                if self._judge(network, held_out):
                    best.copy_(network.flat)
                if self._is_over():
                    break
                if self.n_iter_ == self.max_iter and not partial:
                    warnings.warn(
                        f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and "
                        "the optimization hasn't converged yet.",
                        ConvergenceWarning,
                        stacklevel=4,
                    )
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=4)
        if held_out is not None:
            network.flat.copy_(best)

    def _prepare(self, flat: Tensor, partial: bool) -> None:
        """Start the optimiser afresh; ``partial_fit`` goes on with the one it has."""
        early = self.early_stopping
        if partial and early:
            raise ValueError("partial_fit does not support early_stopping=True")
        if not hasattr(self, "loss_curve_") or early == (self.validation_scores_ is None):
            self.loss_curve_: list[float] = []
            self.best_loss_: Any = None if early else math.inf
            self.validation_scores_: Any = [] if early else None
            self.best_validation_score_: Any = -math.inf if early else None
            self._no_improvement = 0
        if partial and hasattr(self, "_update"):
            self._update.move(flat)
            return
        rate = self.learning_rate_init
        self._update: Adam | Momentum
        if self.solver == "adam":
            self._update = Adam(flat, rate, (self.beta_1, self.beta_2), self.epsilon)
        else:
            self._update = Momentum(flat, rate, self.momentum, self.nesterovs_momentum)

    def _epoch(self, network: Network, X: Tensor, Y: Tensor, size: int) -> float:
        """Take a step for each batch and return the mean loss of the samples."""
        outputs, penalty = [], X.new_zeros(())  # on the device until the epoch ends
        for x, y in zip(torch.split(X, size), torch.split(Y, size), strict=True):
            A = network.forward(x)
            penalty.add_(network.backward(A, y, self.alpha), alpha=len(x))
            self._update.step(network.flat, network.slopes)
            outputs.append(A[-1])
        loss = self._output()[1]
        return float(loss(Y, torch.cat(outputs)) + penalty / len(X))

    def _batch_size(self, n: int) -> int:
        if self.batch_size == "auto":
            return min(200, n)
        if self.batch_size > n:
            words = "Got `batch_size` larger than sample size. It is going to be clipped."
            warnings.warn(words, stacklevel=5)
        return min(int(self.batch_size), n)

    def _hold_out(
        self, X: Tensor, Y: Tensor, chance: np.random.RandomState
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Return the samples to learn from, and those that say when to stop."""
        stratify = Y[:, 0].cpu().numpy() if self.out_activation_ == "logistic" else None
        parts = train_test_split(
            np.arange(len(X)),
            random_state=chance,
            test_size=self.validation_fraction,
            stratify=stratify,
        )
        train, test = (torch.as_tensor(part, device=X.device) for part in parts)
        if len(test) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of "
                "your dataset."
            )
        return X[train], Y[train], (X[test], Y[test])

    def _judge(self, network: Network, held_out: tuple[Tensor, Tensor] | None) -> bool:
        """Count the epochs without improvement; return whether held-out samples did best now."""
        if held_out is None:
            loss = self.loss_
            self._no_improvement = (
                self._no_improvement + 1 if loss > self.best_loss_ - self.tol else 0
            )
            self.best_loss_ = min(self.best_loss_, loss) if loss == loss else self.best_loss_
            return False
        output = network.forward(held_out[0])[-1]
        finite = bool(torch.isfinite(output).all())
        grade = self._grade(held_out[1], output) if finite else math.nan
        self.validation_scores_.append(grade)
        worse = grade < self.best_validation_score_ + self.tol
        self._no_improvement = self._no_improvement + 1 if worse else 0
        record: bool = grade > self.best_validation_score_
        if record:
            self.best_validation_score_ = grade
        return record

    def _is_over(self) -> bool:
        """Return whether to stop, after the change of the learning rate that is due."""
        update = self._update
        varies = isinstance(update, Momentum)
        if varies and self.learning_rate == "invscaling":
            update.rate = self.learning_rate_init / (self.t_ + 1) ** self.power_t
        if self._no_improvement <= self.n_iter_no_change:
            return False
        if varies and self.learning_rate == "adaptive" and update.rate > 1e-6:
            update.rate /= 5
            self._no_improvement = 0
            return False
        return True


def _shuffled(n: int, chance: np.random.RandomState) -> np.ndarray:
    """Return 0, ..., n - 1 in the order that ``sklearn.utils.shuffle`` draws."""
    order = np.arange(n)
    chance.shuffle(order)
    return order
