"""The perceptron: a neuron with a step, corrected by each sample that it gets wrong."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from torch import Tensor

from companion._estimator import Classifier, Estimator, as_array, distinct, give, take
from companion.linear_model._base import check_count, check_number
from companion.linear_model._perceptron import Rule, follow, permutation

LARGEST = np.iinfo(np.int32).max  # the seeds of scikit-learn lie below


class Perceptron(Classifier, Estimator):
    """A neuron with a step: z = w x + w₀ > 0 is the second class.

    ::

        sample by sample:  t z ≤ 0:  w ← w + η t x,  w₀ ← w₀ + η t        t = ±1

    It starts from zero. A sample on the line, z = 0, counts as an error for both classes. Of
    several classes each has its own neuron, which tells it from all others, and the largest z
    wins. An epoch visits each sample once; training ends after 5 epochs in a row in which the
    mean of max(0, -t z) has not fallen by ``tol`` below its best.

    Parameters
    ----------
    fit_intercept : learn the offset w₀; else it stays zero.
    max_iter : largest number of epochs of ``fit``.
    tol : least progress, see above; None runs all epochs.
    shuffle : permute the samples before each epoch; else they keep their order.
    eta0 : learning rate η above 0; from a start at zero it only scales the weights.
    random_state : int, ``numpy.random.RandomState`` or None, for the permutations.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    classes_ : [classes], sorted.
    coef_, intercept_ : [rows, features] and [rows], weights and offset: one row for two classes,
        else a row for each class.
    n_iter_ : number of epochs, of several rows the largest.
    coef_path_, intercept_path_ : [``n_iter_`` + 1, rows, features] and [``n_iter_`` + 1, rows], the
        weights at the start and after each epoch of the last call of ``fit`` or ``partial_fit``; a
        row that has stopped earlier keeps its weights.
    updates_ : [``n_iter_``, rows], number of errors, each an update, in each epoch of that call.

    Raises
    ------
    TypeError, ValueError
        For parameters of the wrong type or out of range, for weights that overflow, for a single
        class; for data as scikit-learn.

    Warns
    -----
    ConvergenceWarning
        If ``fit`` does all ``max_iter`` epochs although ``tol`` is given.

    Mirrors ``sklearn.linear_model.Perceptron`` (penalties, class and sample weights, early
    stopping and ``warm_start`` are absent; ``partial_fit`` refuses labels that are no class).

    Proven equal to scikit-learn, shuffled or not, ties included (``tests/test_registry.py``,
    ``tests/linear_model/test_perceptron.py``), up to rounding in z: a sample whose z is zero but
    for that may fall on either side.

    Book: chapters/07-neural-networks/neurons-and-gates
    """

    classes_: Any
    coef_: Any
    intercept_: Any

    def __init__(
        self,
        *,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float | None = 1e-3,
        shuffle: bool = True,
        eta0: float = 1.0,
        random_state: Any = 0,
        device: Any = None,
    ) -> None:
        self.fit_intercept, self.max_iter, self.tol = fit_intercept, max_iter, tol
        self.shuffle, self.eta0, self.random_state = shuffle, eta0, random_state
        self.device = device

    def fit(self, X: Any, y: Any, coef_init: Any = None, intercept_init: Any = None) -> Perceptron:
        """Learn from X [n, features] and labels y [n], from given weights or from zero."""
        rule = self._rule(check_count(self.max_iter, "max_iter"))
        data, labels = self._fit_labels(X, y)
        self.classes_ = distinct(labels)
        shape = (self._rows(), data.shape[1])
        coef = _start(coef_init, "coef_init", shape, data)
        intercept = _start(intercept_init, "intercept_init", shape[:1], data)
        self._train(data, labels, X, coef, intercept, rule)
        if self.tol is not None and self.n_iter_ == self.max_iter:
            words = f"{self.max_iter} epochs did not reach convergence; increase max_iter."
            warnings.warn(words, ConvergenceWarning, stacklevel=2)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Perceptron:
        """Learn one more epoch; the first call needs all ``classes`` that will ever come."""
        rule = self._rule(1)
        first = not hasattr(self, "classes_")
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        data, labels = self._fit_labels(X, y, reset=first)
        if first:
            self.classes_ = distinct(classes)
        elif classes is not None and not np.array_equal(
            as_array(distinct(classes)), as_array(self.classes_)
        ):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )
        if not hasattr(self, "coef_"):
            self.coef_ = np.zeros((self._rows(), data.shape[1]))
            self.intercept_ = np.zeros(self._rows())
        coef, intercept = take(self.coef_, data), take(self.intercept_, data)
        return self._train(data, labels, X, coef, intercept, rule)

    def decision_function(self, X: Any) -> Any:
        """Return z: [n] for two classes, positive for the second; else [n, classes]."""
        return give(self._scores(X), X)

    def predict(self, X: Any) -> Any:
        """Return the class of each row, [n]; on the line that is the first of two."""
        scores = self._scores(X)
        number = (scores > 0).long() if scores.ndim == 1 else scores.argmax(dim=1)
        return self._labels(number, X)

    def _rule(self, max_iter: int) -> Rule:
        """Return the checked parameters."""
        for name in ("fit_intercept", "shuffle"):
            if not isinstance(getattr(self, name), bool | np.bool_):
                raise TypeError(f"{name} must be True or False, got {getattr(self, name)!r}")
        return Rule(
            eta=check_number(self.eta0, "eta0", above=True),
            tol=-np.inf if self.tol is None else check_number(self.tol, "tol"),
            max_iter=max_iter,
            fit_intercept=bool(self.fit_intercept),
        )

    def _rows(self) -> int:
        """Return the number of neurons."""
        count = len(self.classes_)
        if count < 2:
            raise ValueError(f"The number of classes has to be greater than one; got {count} class")
        return count if count > 2 else 1

    def _train(
        self, X: Tensor, labels: Any, like: Any, coef: Tensor, intercept: Tensor, rule: Rule
    ) -> Perceptron:
        """Train each neuron from its row of the weights, and keep where they went."""
        signs, paths = self._signs(labels, X), []
        for t, w, b, seed in zip(signs, coef, intercept.tolist(), self._seeds(), strict=True):
            order = permutation(len(X), seed, X.device) if self.shuffle else None
            paths.append(follow(X, t, w.clone(), b, order, rule))
        self.n_iter_ = max(len(path.updates) for path in paths)
        whole = [path.padded(self.n_iter_) for path in paths]
        coefs, intercepts, updates = (torch.stack(part, dim=1) for part in zip(*whole, strict=True))
        self.coef_path_, self.intercept_path_ = give(coefs, like), give(intercepts, like)
        self.coef_, self.intercept_ = (
            give(coefs[-1].clone(), like),
            give(intercepts[-1].clone(), like),
        )
        self.updates_ = give(updates, like)
        return self

    def _signs(self, labels: Any, like: Tensor) -> Tensor:
        """Return [rows, n]: 1 where a sample belongs to the class of the neuron, else -1."""
        known, found = as_array(self.classes_), as_array(labels)
        unknown = np.setdiff1d(found, known)
        if len(unknown):
            raise ValueError(f"y has labels that are not in classes {known}: {unknown}")
        own = known[1:] if len(known) == 2 else known
        return torch.as_tensor(
            2.0 * (found == own[:, None]) - 1, dtype=like.dtype, device=like.device
        )

    def _seeds(self) -> list[int]:
        """Return the seed of each neuron's permutation, drawn in the order of scikit-learn."""
        generator = check_random_state(self.random_state)
        if self._rows() == 1:
            return [_second_draw(generator)]
        firsts = generator.randint(LARGEST, size=self._rows())
        return [_second_draw(np.random.RandomState(seed)) for seed in firsts]

    def _scores(self, X: Any) -> Tensor:
        data = self._data(X)
        z = data @ take(self.coef_, data).mT + take(self.intercept_, data)
        return z[:, 0] if z.shape[1] == 1 else z


def _second_draw(generator: np.random.RandomState) -> int:
    """Return the draw after the one that scikit-learn's container of the data makes."""
    generator.randint(1, LARGEST)
    return int(generator.randint(LARGEST))


def _start(given: Any, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Return given weights in the shape of all neurons, or zeros; a single one needs no row."""
    if given is None:
        return like.new_zeros(shape)
    start = take(given, like)
    if start.shape != shape and (shape[0] > 1 or start.shape != shape[1:]):
        raise ValueError(f"{name} must have shape {shape}, got {tuple(start.shape)}")
    return start.reshape(shape)
