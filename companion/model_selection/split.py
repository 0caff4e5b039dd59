"""Splits of a data set: into two parts, and into k folds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from companion.model_selection._rows import count, is_int, is_real, numbers_of, rows


class KFold:
    """k folds: each sample is in the test part once, and in the training part k - 1 times.

    The first n mod k folds hold one sample more than the others.

    Parameters
    ----------
    n_splits : number of folds k, at least 2.
    shuffle : permute the samples before they are cut into folds; else the folds are blocks.
    random_state : int, ``numpy.random.RandomState`` or None; only with ``shuffle``.

    Raises
    ------
    TypeError
        If n_splits is no int or shuffle no bool.
    ValueError
        If n_splits is below 2, or a random_state is given without shuffle; in ``split``, if there
        are fewer samples than folds.

    Mirrors ``sklearn.model_selection.KFold``.

    Proven equal to scikit-learn, index by index for the same ``random_state``
    (``tests/model_selection/test_split.py``, ``tests/test_registry.py``).

    Book: chapters/05-regression/generalization
    """

    def __init__(
        self, n_splits: int = 5, *, shuffle: bool = False, random_state: Any = None
    ) -> None:
        if not is_int(n_splits):
            raise TypeError(f"n_splits must be an int, got {type(n_splits).__name__}")
        if n_splits < 2:
            raise ValueError(f"n_splits must be at least 2, got {n_splits}")
        if not isinstance(shuffle, bool):
            raise TypeError(f"shuffle must be True or False, got {shuffle!r}")
        if random_state is not None and not shuffle:
            raise ValueError(f"random_state must be None without shuffle, got {random_state!r}")
        self.n_splits, self.shuffle, self.random_state = int(n_splits), shuffle, random_state

    def __repr__(self) -> str:
        return (
            f"KFold(n_splits={self.n_splits}, random_state={self.random_state}, "
            f"shuffle={self.shuffle})"
        )

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Any, Any]]:
        """Yield the numbers of the training rows and of the test rows of each fold.

        They are tensors on the device of X for a tensor, else arrays.
        """
        n = count(X, y)
        if self.n_splits > n:
            raise ValueError(
                f"Cannot have number of splits n_splits={self.n_splits} greater than the number "
                f"of samples: n_samples={n}."
            )
        order = np.arange(n)
        if self.shuffle:
            check_random_state(self.random_state).shuffle(order)
        for fold in np.array_split(order, self.n_splits):
            test = np.zeros(n, dtype=bool)
            test[fold] = True
            yield numbers_of(X, np.flatnonzero(~test)), numbers_of(X, np.flatnonzero(test))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds."""
        return self.n_splits


def train_test_split(
    *arrays: Any,
    test_size: float | int | None = None,
    train_size: float | int | None = None,
    random_state: Any = None,
    shuffle: bool = True,
) -> list[Any]:
    """Split tables into a training and a test part, with the same rows of each.

    Parameters
    ----------
    arrays : tensors, arrays, frames or lists of the same length n.
    test_size, train_size : a share (float between 0 and 1) or a number of samples (int); what is
        missing is the rest, and without both the test part is a quarter.
    random_state : int, ``numpy.random.RandomState`` or None (different at each call).
    shuffle : draw at random; else the first rows are for training.

    Returns
    -------
    [train, test] of the first table, then of the second, ...: of the kind that came.

    Raises
    ------
    TypeError
        If a size is no number.
    ValueError
        If the lengths differ, a size is out of range, the sizes exceed n, or no training sample
        is left.

    Mirrors ``sklearn.model_selection.train_test_split`` (``stratify`` is absent).

    Proven equal to scikit-learn for the same ``random_state``
    (``tests/model_selection/test_split.py``, ``tests/test_registry.py``).

    Book: chapters/05-regression/generalization
    """
    n = count(*arrays)
    n_train, n_test = _sizes(n, train_size, test_size)
    if shuffle:
        order = check_random_state(random_state).permutation(n)
        test, train = order[:n_test], order[n_test : n_test + n_train]
    else:
        train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)
    return [rows(array, part) for array in arrays for part in (train, test)]


def _sizes(n: int, train_size: Any, test_size: Any) -> tuple[int, int]:
    """Return how many samples are for training and for testing; shares are rounded for the test."""
    if train_size is None and test_size is None:
        test_size = 0.25
    n_test = _number(n, test_size, "test_size", math.ceil)
    n_train = _number(n, train_size, "train_size", math.floor)
    if n_test is None:
        n_test = n - (n_train or 0)
    if n_train is None:
        n_train = n - n_test
    if n_train + n_test > n:
        raise ValueError(
            f"The sum of train_size and test_size = {n_train + n_test}, should be smaller than the "
            f"number of samples {n}."
        )
    if n_train == 0:
        raise ValueError(
            f"With n_samples={n}, test_size={test_size} and train_size={train_size}, the resulting "
            "train set will be empty."
        )
    return n_train, n_test


def _number(n: int, size: Any, name: str, rounded: Any) -> int | None:
    """Return a share or a number of samples as a number."""
    if size is None:
        return None
    if not is_real(size):
        raise TypeError(f"{name} must be a float, an int or None, got {type(size).__name__}")
    whole = is_int(size)
    if not 0 < size < (n if whole else 1):
        raise ValueError(
            f"{name} must be a share above 0 and below 1, or a number of samples above 0 and "
            f"below {n}, got {size}"
        )
    return int(size) if whole else int(rounded(size * n))
