"""Grids of parameters: the order of nested loops, indices, several grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.model_selection
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.linear_model import Ridge
from companion.model_selection import ParameterGrid

GRID = {"eta": [0.1, 1.0], "alpha": [1, 2, 3]}
NAMES = st.sampled_from(["alpha", "eta", "hidden_layer_sizes", "solver"])
VALUES = st.lists(st.integers() | st.none() | st.text(max_size=2), min_size=1, max_size=3)
GRIDS = st.dictionaries(NAMES, VALUES, max_size=3)


def test_order_is_that_of_nested_loops_over_sorted_names() -> None:
    loops = [{"alpha": alpha, "eta": eta} for alpha in (1, 2, 3) for eta in (0.1, 1.0)]
    found = ParameterGrid(GRID)
    assert list(found) == list(found) == loops
    assert len(found) == 6
    assert found[np.int64(4)] == loops[4]
    assert [list(point) for point in (found[0], next(iter(found)))] == [["alpha", "eta"]] * 2


@settings(max_examples=50, deadline=None)
@given(GRIDS | st.lists(GRIDS, max_size=3))
def test_equal_to_scikit_learn(param_grid: Any) -> None:
    ours, theirs = ParameterGrid(param_grid), sklearn.model_selection.ParameterGrid(param_grid)
    assert list(ours) == list(theirs)
    assert len(ours) == len(theirs)
    for i in range(len(theirs)):
        assert ours[i] == theirs[i]
        assert ours[i - len(ours)] == list(theirs)[i]


def test_a_large_grid_is_not_written_out() -> None:
    found = ParameterGrid({name: range(100) for name in "abcdef"})
    assert len(found) == 100**6
    assert found[123456789012] == dict(zip("abcdef", (12, 34, 56, 78, 90, 12), strict=True))
    assert found[-1] == dict.fromkeys("abcdef", 99)


def test_several_grids_may_come_from_anywhere() -> None:
    found = ParameterGrid(grid for grid in ({"alpha": [1]}, {}, {"eta": [2, 3]}))
    expected: list[dict[str, Any]] = [{"alpha": 1}, {}, {"eta": 2}, {"eta": 3}]
    assert list(found) == list(found) == expected
    assert [found[i] for i in range(-4, 4)] == expected * 2


def test_points_set_the_parameters_of_an_estimator() -> None:
    alphas = [Ridge(**point).alpha for point in ParameterGrid({"alpha": np.logspace(-1, 1, 3)})]
    assert alphas == pytest.approx([0.1, 1, 10])
