"""Grids of parameters: every combination of the values to try."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np


class ParameterGrid:
    """All combinations of the values of some parameters, as dicts, in a fixed order.

    The names are sorted, and the last of them changes fastest. Several grids follow each other.
    The points are made one at a time: ``grid[i]`` needs none of the others.

    Parameters
    ----------
    param_grid : dict from the name of a parameter to a list, tuple or array of its values, or a
        list of such dicts; an empty dict stands for one point without parameters.

    Raises
    ------
    TypeError
        If it is no dict and no list of dicts, a name is no str, or the values of a parameter are
        no sequence; for an index that is no int.
    ValueError
        If a parameter has no values, or an array of them has several dimensions.
    IndexError
        For an index out of range.

    Mirrors ``sklearn.model_selection.ParameterGrid`` (a negative index counts from the end).

    Proven equal to scikit-learn (``tests/test_registry.py``,
    ``tests/model_selection/test_grid.py``).

    Book: chapters/07-neural-networks/grid-search
    """

    def __init__(self, param_grid: Any) -> None:
        if not isinstance(param_grid, Mapping | Iterable):
            kind = type(param_grid).__name__
            raise TypeError(f"param_grid must be a dict or a list of dicts, got {kind}")
        self.param_grid = [param_grid] if isinstance(param_grid, Mapping) else list(param_grid)
        for grid in self.param_grid:
            if not isinstance(grid, Mapping):
                raise TypeError(f"param_grid must hold dicts, got {type(grid).__name__}")
            for name, values in grid.items():
                _check(name, values)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for grid in self.param_grid:
            names = sorted(grid)
            for values in product(*(grid[name] for name in names)):
                yield dict(zip(names, values, strict=True))

    def __len__(self) -> int:
        return sum(map(_count, self.param_grid))

    def __getitem__(self, ind: int) -> dict[str, Any]:
        """Return the point that iteration reaches after ``ind`` others."""
        try:
            left = operator.index(ind)
        except TypeError as error:
            raise TypeError(f"index must be an int, got {type(ind).__name__}") from error
        size = len(self)
        if not -size <= left < size:
            raise IndexError(f"index must be at least {-size} and below {size}, got {ind}")
        left %= size
        grids = iter(self.param_grid)
        grid = next(grids)
        while left >= _count(grid):
            left, grid = left - _count(grid), next(grids)
        point = {}
        for name in sorted(grid, reverse=True):  # digits of a number, the last one first
            left, digit = divmod(left, len(grid[name]))
            point[name] = grid[name][digit]
        return dict(sorted(point.items()))


def _count(grid: Mapping[str, Any]) -> int:
    """Return the number of points of one grid."""
    return math.prod(len(values) for values in grid.values())


def _check(name: Any, values: Any) -> None:
    """Raise unless these are a name and a sequence of values."""
    if not isinstance(name, str):
        raise TypeError(f"param_grid must have names as keys, got {type(name).__name__}")
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise ValueError(f"param_grid[{name!r}] must have one dimension, got shape {values.shape}")
    if isinstance(values, str) or not isinstance(values, np.ndarray | Sequence):
        kind = type(values).__name__
        raise TypeError(
            f"param_grid[{name!r}] must be a list or an array, even of one value, got {kind}"
        )
    if not len(values):
        raise ValueError(f"param_grid[{name!r}] must not be empty")
