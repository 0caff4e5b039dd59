"""The bootstrap's draw: n of n samples, with replacement."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import Tensor


def resample(
    *arrays: Any, replace: bool = True, n_samples: int | None = None, random_state: Any = None
) -> Any:
    """Draw rows at random, the same rows from each table.

    A bootstrap sample of n rows holds each row at least once with probability 1 - (1 - 1/n)ⁿ,
    about 63 %; the others are *out of bag*.

    Parameters
    ----------
    arrays : tensors, arrays or lists of the same length n; none gives None.
    replace : draw with replacement (bootstrap), else a random part or order.
    n_samples : how many rows; by default n.
    random_state : int, ``numpy.random.RandomState`` or None (different at each call).

    Returns
    -------
    The drawn rows, of the kind that came; a list of them for several tables.

    Raises
    ------
    TypeError
        If n_samples is no int.
    ValueError
        If the lengths differ, n_samples is below 1, or above n without replacement.

    Mirrors ``sklearn.utils.resample`` (``stratify`` and sample weights are absent).

    Proven equal to scikit-learn for the same ``random_state`` (``tests/test_metrics.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/bias-variance
    """
    if not arrays:
        return None
    sizes = [len(array) for array in arrays]
    if len(set(sizes)) > 1:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {sizes}")
    n = sizes[0] if n_samples is None else n_samples
    if isinstance(n, bool) or not isinstance(n, Integral):
        raise TypeError(f"n_samples must be an int or None, got {type(n).__name__}")
    if n < 1:
        raise ValueError(f"n_samples must be at least 1, got {n}")
    if not replace and n > sizes[0]:
        raise ValueError(
            f"Cannot sample {n} out of arrays with dim {sizes[0]} when replace is False"
        )
    rows = _draw(sizes[0], int(n), replace, random_state)
    drawn = [_rows(array, rows) for array in arrays]
    return drawn[0] if len(drawn) == 1 else drawn


def _draw(size: int, n: int, replace: bool, random_state: Any) -> np.ndarray:
    """Return the numbers of the drawn rows."""
    generator = check_random_state(random_state)
    if replace:
        return np.asarray(generator.randint(0, size, size=(n,)))
    rows = np.arange(size)
    generator.shuffle(rows)
    return rows[:n]


def _rows(array: Any, rows: np.ndarray) -> Any:
    """Return some rows of a tensor, an array, a frame or a list."""
    if isinstance(array, Tensor):
        return array[torch.as_tensor(rows, device=array.device)]
    if hasattr(array, "iloc"):
        return array.iloc[rows]
    return array[rows] if isinstance(array, np.ndarray) else [array[i] for i in rows]
