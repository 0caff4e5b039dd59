"""Contour lines, gradients and paths: what stands on the axes, and where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion import plotting

F64 = torch.float64
WINDOW = ((-2.0, 1.0), (0.0, 1.5))


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def bowl(x: Tensor) -> Tensor:
    return x[0] ** 2 + 4 * x[1] ** 2


def contours(ax: Axes) -> QuadContourSet:
    (found,) = [c for c in ax.collections if c.get_gid() == "contours"]
    assert isinstance(found, QuadContourSet)
    return found


def arrows(ax: Axes) -> Quiver:
    (found,) = [c for c in ax.collections if c.get_gid() == "gradient"]
    assert isinstance(found, Quiver)
    return found


def named(ax: Axes, gid: str) -> list[Line2D]:
    return [line for line in ax.lines if line.get_gid() == gid]


# Contours and gradients


def test_contours_lie_at_their_levels() -> None:
    """On both axes of a lopsided function, so that x and y cannot be exchanged."""
    ax = plotting.contour_gradient(bowl, (-3, 3), (-2, 2), levels=[1.0, 4.0])
    assert contours(ax).levels.tolist() == [1, 4]
    for path, level in zip(contours(ax).get_paths(), (1, 4), strict=True):
        x, y = path.vertices.T
        np.testing.assert_allclose(x**2 + 4 * y**2, level, atol=0.03)
        assert abs(x).max() == pytest.approx(math.sqrt(level), abs=0.01)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-2, 2))
    assert ax.get_aspect() == 1
    assert not [c for c in ax.collections if c.get_gid() == "gradient"]


def test_negative_levels_are_dashed_and_the_lines_are_numbered() -> None:
    ax = plotting.contour_gradient(lambda x: x[0], (-1, 1), (-1, 1), levels=[-0.5, 0.5])
    negative, positive = contours(ax).get_linestyle()
    assert negative[1] is not None
    assert positive[1] is None
    assert sorted(float(t.get_text().replace("−", "-")) for t in ax.texts) == [-0.5, 0.5]


def test_arrows_are_the_gradient_in_the_middle_of_the_cells() -> None:
    ax = plotting.contour_gradient(bowl, *WINDOW, arrows=3)
    found = arrows(ax)
    assert sorted(set(found.X.round(12))) == [-1.5, -0.5, 0.5]
    assert sorted(set(found.Y.round(12))) == [0.25, 0.75, 1.25]
    np.testing.assert_allclose(found.U, 2 * found.X, atol=1e-8)
    np.testing.assert_allclose(found.V, 8 * found.Y, atol=1e-8)
    assert found.angles == found.scale_units == "xy"
    longest = math.hypot(3, 10) / found.scale
    assert longest == pytest.approx(0.5), "the shorter side of a cell"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: float(x[0]) + 2 * float(x[1]),
        lambda x: np.add(x.numpy()[0], 2 * x.numpy()[1]),
        lambda x: x[0] + 2 * x[1] if x[0] > 0 else x[0] + x[1] + x[1],
        lambda x: (x @ x.new_tensor([1.0, 2.0])).reshape(1),
        lambda x: (x.requires_grad_() * x.new_tensor([1.0, 2.0])).sum(),
    ],
    ids=["floats", "numpy", "branch", "one entry", "gradient"],
)
def test_functions_that_cannot_take_all_points_at_once(f: Any) -> None:
    ax = plotting.contour_gradient(f, *WINDOW, arrows=2, n=5, levels=[0.0])
    np.testing.assert_allclose(arrows(ax).U, 1, atol=1e-8)
    np.testing.assert_allclose(arrows(ax).V, 2, atol=1e-8)
    x, y = contours(ax).get_paths()[0].vertices.T
    np.testing.assert_allclose(x + 2 * y, 0, atol=1e-12)


def test_arrows_of_a_constant_and_beside_a_pole() -> None:
    ax = plotting.contour_gradient(lambda x: 0 * x[0], *WINDOW, arrows=2)
    assert not arrows(ax).U.any()
    pole = plotting.contour_gradient(lambda x: 1 / bowl(x), (-1, 1), (-1, 1), arrows=3, n=5)
    assert np.isfinite(arrows(pole).scale)
    assert contours(pole).levels.size > 2


def test_on_given_axes() -> None:
    _, ax = plt.subplots()
    assert plotting.contour_gradient(bowl, *WINDOW, ax=ax) is ax


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"f": 1.0}, TypeError, "^f .*float"),
        ({"f": lambda x: x}, ValueError, "^f .*one number"),
        ({"f": lambda x: x[0] * math.nan}, ValueError, "^f .*finite"),
        ({"xlim": (1, 0)}, ValueError, "^xlim must rise"),
        ({"ylim": (1, 1)}, ValueError, "^ylim must rise"),
        ({"ylim": (1,)}, ValueError, r"^ylim .*\(1,\)"),
        ({"xlim": 2}, ValueError, "^xlim .*2"),
        ({"xlim": ("0", "1")}, TypeError, "^xlim .*str"),
        ({"xlim": (0, math.inf)}, ValueError, "^xlim .*finite"),
        ({"n": 1}, ValueError, "^n .*1"),
        ({"arrows": -1}, ValueError, "^arrows .*-1"),
        ({"arrows": True}, TypeError, "^arrows .*bool"),
    ],
)
def test_bad_contours(arguments: dict, error: type[Exception], match: str) -> None:
    given = {"f": bowl, "xlim": (0.0, 1.0), "ylim": (0.0, 1.0)} | arguments
    with pytest.raises(error, match=match):
        plotting.contour_gradient(**given)


# Paths

PATH = torch.tensor([[1.0, 2.0], [0.5, -1.0], [0.25, 0.5]], dtype=F64)


@pytest.mark.parametrize(
    "result",
    [
        PATH,
        PATH.float().requires_grad_(),
        PATH.numpy(),
        PATH.tolist(),
        list(PATH),
        OptimizeResult(trajectory=PATH),
        OptimizeResult(trajectory=PATH.numpy()),
    ],
)
def test_path_with_start_and_end(result: Any) -> None:
    ax = plotting.trajectory(None, result)
    (path,), (start,), (end,) = named(ax, "path"), named(ax, "start"), named(ax, "end")
    np.testing.assert_array_equal(path.get_xydata(), PATH)
    np.testing.assert_array_equal(start.get_xydata(), PATH[:1])
    np.testing.assert_array_equal(end.get_xydata(), PATH[-1:])
    assert (start.get_marker(), end.get_marker()) == ("o", "*")
    assert same_color(start.get_color(), path.get_color())
    assert ax.get_aspect() == 1
    assert not ax.collections


def test_contours_around_the_path() -> None:
    ax = plotting.trajectory(bowl, PATH)
    assert contours(ax).levels.size > 2
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left < 0.25 < 1 < right
    assert low < -1 < 2 < high
    assert right - left == pytest.approx((high - low) / 3), "a narrow path needs room beside it"
    ax = plotting.trajectory(bowl, PATH[:1])
    np.testing.assert_allclose((*ax.get_xlim(), *ax.get_ylim()), (0, 2, 1, 3))


def test_further_paths_look_different_and_keep_the_window() -> None:
    ax = plotting.contour_gradient(bowl, *WINDOW)
    for i in range(4):
        assert plotting.trajectory(None, 10 * PATH, label=f"path {i}", ax=ax) is ax
    assert (ax.get_xlim(), ax.get_ylim()) == WINDOW
    assert len({(p.get_linestyle(), p.get_marker()) for p in named(ax, "path")}) == 4
    assert len({p.get_color() for p in named(ax, "path")}) == 4
    assert ax.get_legend_handles_labels()[1] == [f"path {i}" for i in range(4)]


def test_numbers_stand_beside_the_steps_that_have_room() -> None:
    crowd = torch.cat([PATH, PATH[-1:] + 1e-3, PATH[:1] * 1.1])
    ax = plotting.trajectory(None, crowd, numbers=True)
    assert [t.get_text() for t in ax.texts] == ["0", "1", "2", "4"]
    np.testing.assert_allclose([t.xy for t in ax.texts], crowd[[0, 1, 2, 4]])
    assert not plotting.trajectory(None, PATH).texts


def test_a_path_ends_before_it_leaves_the_numbers() -> None:
    wild = PATH.clone()
    wild[2, 1] = math.inf
    (path,) = named(plotting.trajectory(None, wild), "path")
    np.testing.assert_array_equal(path.get_xydata(), PATH[:2])


@pytest.mark.parametrize(
    ("result", "error", "match"),
    [
        (PATH[0], ValueError, r"^result .*\(2,\)"),
        (PATH.mT, ValueError, r"^result .*\(2, 3\)"),
        (PATH[:0], ValueError, r"^result .*\(0, 2\)"),
        (PATH * math.nan, ValueError, "^result must start at a finite"),
        ([PATH[0], PATH[0, :1]], ValueError, "^result .*equal length"),
        ("path", TypeError, "^result .*str"),
        (OptimizeResult(x=1), TypeError, "^result .*OptimizeResult"),
        (PATH + 0j, TypeError, "^result .*complex"),
    ],
)
def test_bad_paths(result: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.trajectory(None, result)


def test_a_path_over_no_function() -> None:
    with pytest.raises(TypeError, match=r"^f .*str"):
        plotting.trajectory("bowl", PATH)
