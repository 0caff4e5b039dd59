"""A network that predicts numbers."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.exceptions import DataConversionWarning
from torch import Tensor

from companion._estimator import give
from companion.metrics import r2_score
from companion.neural_network._base import MultilayerPerceptron, stochastic_only
from companion.neural_network._network import ACTIVATIONS, poisson, squared_error
from companion.neural_network._stochastic import LOSS


class MLPRegressor(MultiOutputMixin, RegressorMixin, MultilayerPerceptron):
    """Feed-forward network for numbers, trained by backpropagation.

    ::

        Aˡ = f(Aˡ⁻¹ Wˡ + bˡ)     J = 1/2n Σ |y - ŷ|² + α/2n Σ |Wˡ|²

    The output is the sum of its layer, for counts (``loss="poisson"``) its exponential, and then
    the loss is half the Poisson deviance 1/n Σ (y log(y/ŷ) - y + ŷ). n is the size of a batch.

    Parameters
    ----------
    loss : ``"squared_error"``, or ``"poisson"`` for y that are not negative.
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
    coefs_, intercepts_ : weights [units before, units] and offsets [units] of each layer.
    loss_, best_loss_, loss_curve_ : J of the last epoch, of the best, of each. As in scikit-learn
        the squared error is the mean over several outputs here, while its slopes are of the sum.
    validation_scores_, best_validation_score_ : R² of what was held out.
    n_iter_, t_ : epochs (steps of "lbfgs") and samples seen.
    n_layers_, n_outputs_, out_activation_ : layers with the input, output units, their function.

    Raises
    ------
    TypeError, ValueError
        For parameters of the wrong type or range; for data as scikit-learn, for negative y with
        "poisson", and if the weights grow beyond all numbers.

    Warns
    -----
    ConvergenceWarning
        If ``max_iter`` ends the training.

    Mirrors ``sklearn.neural_network.MLPRegressor`` (``verbose``, ``max_fun`` and sample weights are
    absent).

    Proven equal to scikit-learn, weights and losses of "sgd" and "adam" from the same
    ``random_state`` (``tests/test_registry.py``, ``tests/neural_network/test_mlp.py``).

    Book: chapters/07-neural-networks/network-from-scratch
    """

    loss: str

    def __init__(
        self,
        loss: str = "squared_error",
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
        self.loss, self.hidden_layer_sizes, self.activation = loss, hidden_layer_sizes, activation
        self.solver, self.alpha, self.batch_size = solver, alpha, batch_size
        self.learning_rate, self.learning_rate_init = learning_rate, learning_rate_init
        self.power_t, self.max_iter = power_t, max_iter
        self.shuffle, self.random_state, self.tol = shuffle, random_state, tol
        self.warm_start, self.momentum = warm_start, momentum
        self.nesterovs_momentum, self.early_stopping = nesterovs_momentum, early_stopping
        self.validation_fraction, self.n_iter_no_change = validation_fraction, n_iter_no_change
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.device = device

    def fit(self, X: Any, y: Any) -> MLPRegressor:
        """Learn from X [n, features] and y [n] or [n, outputs]."""
        self._fit(X, y)
        return self

    @stochastic_only
    def partial_fit(self, X: Any, y: Any) -> MLPRegressor:
        """Learn one more epoch."""
        self._fit(X, y, partial=True)
        return self

    def predict(self, X: Any) -> Any:
        """Return ŷ for each row, [n] or [n, outputs]."""
        scores = self._scores(X)
        predicted = ACTIVATIONS[self.out_activation_](scores)
        return give(predicted[:, 0] if self.n_outputs_ == 1 else predicted, X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Return R² of the prediction; of several outputs the mean."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)

    def _targets(self, X: Any, y: Any, *, first: bool, partial: bool) -> tuple[Tensor, Tensor]:
        data, target = self._fit_data(X, y, multi_output=True, reset=first)
        if self.loss == "poisson" and bool((target < 0).any()):
            raise ValueError("y must not be negative for loss='poisson'")
        if target.ndim == 1:
            return data, target[:, None]
        if target.shape[1] == 1:
            words = "A column-vector y was passed when a 1d array was expected."
            warnings.warn(words, DataConversionWarning, stacklevel=4)
        return data, target

    def _output(self) -> tuple[str, LOSS]:
        return ("exp", poisson) if self.loss == "poisson" else ("identity", squared_error)

    def _grade(self, Y: Tensor, output: Tensor) -> float:
        return float(r2_score(Y, output))
