"""Convergence graphs: what stands on the axes for histories of every kind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.optimize import OptimizeResult

from companion import plotting


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def lines(ax: Axes) -> list[Line2D]:
    return [line for line in ax.lines if line.get_gid() == "history"]


def drawn(ax: Axes) -> list[list[float]]:
    return [list(line.get_ydata()) for line in lines(ax)]


def test_each_history_is_a_line_of_its_own_look() -> None:
    histories = {f"method {i}": [2.0 ** (-i * k) for k in range(4)] for i in range(1, 8)}
    ax = plotting.convergence(histories)
    assert drawn(ax) == list(histories.values())
    assert all(list(line.get_xdata()) == [0, 1, 2, 3] for line in lines(ax))
    assert ax.get_yscale() == "log"
    looks = {(line.get_linestyle(), line.get_marker()) for line in lines(ax)}
    assert len(looks) == 7, "two lines differ at most by their colours"
    assert {line.get_color() for line in lines(ax)} <= set(plotting.COLORS.values())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(histories)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "error")


@pytest.mark.parametrize(
    "history",
    [
        [4.0, 2, 1],
        (4, 2, 1),
        np.array([4.0, 2, 1]),
        torch.tensor([4.0, 2, 1], requires_grad=True),
        [torch.tensor(4.0), torch.tensor(2.0, requires_grad=True), torch.tensor(1.0)],
        OptimizeResult(fun_history=torch.tensor([4.0, 2, 1]), x=0),
        OptimizeResult(fun_history=np.array([4.0, 2, 1])),
    ],
)
def test_one_history_of_any_kind(history: Any) -> None:
    _, ax = plt.subplots()
    assert plotting.convergence(history, ax=ax) is ax
    assert drawn(ax) == [[4, 2, 1]]
    assert ax.get_legend() is None
    assert drawn(plotting.convergence({"a": history})) == [[4, 2, 1]]


def test_the_optimum_is_subtracted() -> None:
    assert drawn(plotting.convergence([1.0, -1.5, -3.0], optimum=-2.0)) == [[3, 0.5, 1]]


def test_errors_too_small_for_single_precision() -> None:
    assert drawn(plotting.convergence([1.0, 0.1, 1e-80])) == [[1, 0.1, 1e-80]]


def test_what_a_logarithmic_axis_cannot_show_leaves_a_gap() -> None:
    (shown,) = drawn(plotting.convergence([1.0, 0.0, math.inf, math.nan, 0.5]))
    assert [math.isnan(y) for y in shown] == [False, True, True, True, False]


def test_about_ten_markers_however_long_the_history() -> None:
    ax = plotting.convergence({"short": [1.0] * 7, "long": [1.0] * 2000})
    assert [line.get_markevery() for line in lines(ax)] == [1, 200]


@pytest.mark.parametrize(
    ("results", "error", "match"),
    [
        ({}, ValueError, "^results .*at least one"),
        ([], ValueError, r"^results .*\(0,\)"),
        ({"a": [[1.0, 2.0]]}, ValueError, r"^results .*\(1, 2\)"),
        ([1.0, [2.0, 3.0]], ValueError, "^results .*equal length"),
        (2.0, ValueError, r"^results .*\(\)"),
        ("abc", TypeError, "^results .*str"),
        (["a"], TypeError, "^results .*list"),
        ([1j], TypeError, "^results .*complex"),
        ([True], TypeError, "^results .*bool"),
        (None, TypeError, "^results .*None"),
    ],
)
def test_bad_histories(results: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.convergence(results)


def test_bad_optimum() -> None:
    with pytest.raises(TypeError, match=r"^optimum .*str"):
        plotting.convergence([1.0], optimum="0")
