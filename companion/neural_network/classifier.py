"""A network that tells classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from companion._estimator import Classifier, as_array, distinct, give
from companion.neural_network._base import MultilayerPerceptron, stochastic_only
from companion.neural_network._network import binary_log_loss, log_loss
from companion.neural_network._stochastic import LOSS


class MLPClassifier(Classifier, MultilayerPerceptron):
    """Feed-forward network for classes, trained by backpropagation.

    ::

        Aˡ = f(Aˡ⁻¹ Wˡ + bˡ)     J = -1/n Σ log p(class of the sample) + α/2n Σ |Wˡ|²

    The output is the softmax of its layer, for two classes one sigmoid. n is the size of a batch.

    Parameters
    ----------
    hidden_layer_sizes : number of units of each hidden layer, an int or a sequence.
    activation : f, ``"identity"``, ``"logistic"``, ``"tanh"`` or ``"relu"``.
    solver : ``"adam"``, ``"sgd"``, or ``"lbfgs"`` for small data.
    alpha : price α of the squared weights, at least 0; offsets are free.
    batch_size : samples in a step, ``"auto"`` for 200 or all.
    learning_rate : of "sgd", ``"constant"``, ``"invscaling"`` (divided by t^power_t, t the samples
        seen) or ``"adaptive"`` (divided by 5 when training would stop).
    learning_rate_init : learning rate of "sgd" and "adam".
    max_iter : largest number of epochs, or of steps of "lbfgs".
    shuffle : a new order of the samples in each epoch.
    random_state : int, ``numpy.random.RandomState`` or None.
    tol : what counts as improvement; for "lbfgs" the largest slope at the end.
    warm_start : start from the last fit.
    momentum, nesterovs_momentum : of "sgd".
    early_stopping, validation_fraction : hold out this share, stop by its score, keep the best.
    beta_1, beta_2, epsilon : of "adam".
    n_iter_no_change : stop after more epochs than this without improvement.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    classes_ : [classes], sorted.
    coefs_, intercepts_ : weights [units before, units] and offsets [units] of each layer.
    loss_, best_loss_, loss_curve_ : J of the last epoch, of the best, of each.
    validation_scores_, best_validation_score_ : accuracy of what was held out.
    n_iter_, t_ : epochs (steps of "lbfgs") and samples seen.
    n_layers_, n_outputs_, out_activation_ : layers with the input, output units, their function.

    Raises
    ------
    TypeError, ValueError
        For parameters of the wrong type or range; for data as scikit-learn, and if the weights
        grow beyond all numbers.

    Warns
    -----
    ConvergenceWarning
        If ``max_iter`` ends the training.

    Mirrors ``sklearn.neural_network.MLPClassifier`` (``verbose``, ``max_fun``, sample weights and
    several labels a sample are absent).

    Proven equal to scikit-learn, weights and losses of "sgd" and "adam" from the same
    ``random_state`` (``tests/test_registry.py``, ``tests/neural_network/test_mlp.py``).

    Book: chapters/07-neural-networks/network-from-scratch
    """

    classes_: Any

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        device: Any = None,
    ) -> None:
        self.hidden_layer_sizes, self.activation, self.solver = (
            hidden_layer_sizes,
            activation,
            solver,
        )
        self.alpha, self.batch_size, self.learning_rate = alpha, batch_size, learning_rate
        self.learning_rate_init, self.power_t, self.max_iter = learning_rate_init, power_t, max_iter
        self.shuffle, self.random_state, self.tol = shuffle, random_state, tol
        self.warm_start, self.momentum = warm_start, momentum
        self.nesterovs_momentum, self.early_stopping = nesterovs_momentum, early_stopping
        self.validation_fraction, self.n_iter_no_change = validation_fraction, n_iter_no_change
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.device = device

    def fit(self, X: Any, y: Any) -> MLPClassifier:
        """Learn from X [n, features] and the labels y [n], numbers or words."""
        self._fit(X, y)
        return self

    @stochastic_only
    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> MLPClassifier:
        """Learn one more epoch; the first call needs all ``classes`` that will ever come."""
        known = getattr(self, "classes_", None)
        if known is None and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if classes is not None:
            given = distinct(classes)
            if known is None:
                self.classes_ = given
            elif not np.array_equal(as_array(known), as_array(given)):
                words = f"`classes={classes!r}` is not the same as on last call to partial_fit"
                raise ValueError(f"{words}, was: {known!r}")
        self._fit(X, y, partial=True)
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, [n, classes]."""
        return give(self._probabilities(X), X)

    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithms of the probabilities, [n, classes]."""
        return give(self._probabilities(X).log(), X)

    def _probabilities(self, X: Any) -> Tensor:
        z = self._scores(X)
        if self.out_activation_ == "softmax":
            return z.softmax(1)
        p = z.sigmoid()
        return torch.cat([1 - p, p], dim=1)

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each row, [n]."""
        number = _chosen(self._scores(X), 0.0).clamp(max=len(self.classes_) - 1)
        return self._labels(number, X)

    def _targets(self, X: Any, y: Any, *, first: bool, partial: bool) -> tuple[Tensor, Tensor]:
        data, labels = self._fit_labels(X, y, reset=first)
        if not hasattr(self, "classes_") or not (self.warm_start or partial):
            self.classes_ = distinct(labels)
        return data, self._coded(labels, data)

    def _coded(self, labels: Any, like: Tensor) -> Tensor:
        """Return a column for each class, with 1 where a sample belongs; for two classes one."""
        found, known = as_array(distinct(labels)), as_array(self.classes_)
        if self.warm_start and not np.array_equal(found, known):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {known}, `y` has {found}"
            )
        if not np.isin(found, known).all():
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {known}. "
                f"'y' has {found}."
            )
        if isinstance(labels, Tensor):
            number = torch.searchsorted(_tensor(self.classes_, labels.device), labels.contiguous())
        else:
            number = self._tensor(np.searchsorted(known, labels))
        if len(known) <= 2:
            return (number == 1)[:, None].to(like.dtype)
        return like.new_zeros(len(like), len(known)).scatter_(1, number[:, None], 1.0)

    def _output(self) -> tuple[str, LOSS]:
        return ("logistic", binary_log_loss) if len(self.classes_) <= 2 else ("softmax", log_loss)

    def _grade(self, Y: Tensor, output: Tensor) -> float:
        return float((_chosen(output, 0.5) == _chosen(Y, 0.5)).double().mean())


def _chosen(scores: Tensor, threshold: float) -> Tensor:
    """Return the number of the largest column; of a single one whether it exceeds a threshold."""
    return scores.argmax(1) if scores.shape[1] > 1 else (scores[:, 0] > threshold).long()


def _tensor(classes: Any, device: torch.device) -> Tensor:
    """Return the classes as a tensor, which words cannot be."""
    if not isinstance(classes, Tensor) and np.asarray(classes).dtype.kind not in "biuf":
        raise TypeError("X must be an array: the classes are words, which no tensor holds")
    return torch.as_tensor(classes, device=device)
