"""Bullseyes, loss surfaces and bands: what stands on the axes, and where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import same_color
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from torch import Tensor

from companion import plotting

F64 = torch.float64
SHOTS = torch.tensor([[0.6, 0.8], [0.8, 0.7], [0.7, 0.9]], dtype=F64)


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def named(artists: Any, gid: str) -> list[Any]:
    return [artist for artist in artists if artist.get_gid() == gid]


# Bullseyes


@pytest.mark.parametrize("shots", [SHOTS, SHOTS.numpy(), SHOTS.tolist(), list(SHOTS)])
def test_shots_on_their_target(shots: Any) -> None:
    ax = plotting.bullseye(shots)
    (found,), (mean,), (bias,) = (named(ax.lines, gid) for gid in ("shots", "mean", "bias"))
    np.testing.assert_array_equal(found.get_xydata(), SHOTS)
    np.testing.assert_allclose(mean.get_xydata(), [[0.7, 0.8]], atol=1e-15)
    np.testing.assert_allclose(bias.get_xydata(), [[0.5, 0.5], [0.7, 0.8]], atol=1e-15)
    assert found.get_marker() != mean.get_marker()
    assert ax.get_aspect() == 1
    assert ax.get_legend_handles_labels()[1] == ["bias", "shots", "mean"]


def test_rings_are_stacked_with_the_smallest_on_top() -> None:
    ax = plotting.bullseye(SHOTS, center=(1, -2), radii=[0.1, 3, 0.5])
    rings = named(ax.patches, "ring")
    assert [(ring.center, ring.radius) for ring in rings] == [((1, -2), r) for r in (3, 0.5, 0.1)]
    assert all(isinstance(ring, Circle) for ring in rings)
    assert len({ring.get_facecolor() for ring in rings}) == 3
    default = named(plotting.bullseye(SHOTS).patches, "ring")
    assert [ring.radius for ring in default] == [0.35, 0.25, 0.15, 0.03]


def test_far_shots_and_the_rings_are_in_the_window() -> None:
    for shots in (SHOTS, [[4.0, 0.5]], [[0.5, -4.0]]):
        ax = plotting.bullseye(shots)
        for line in ax.lines:
            x, y = line.get_xydata().T
            assert (x > ax.get_xlim()[0]).all()
            assert (x < ax.get_xlim()[1]).all()
            assert (y > ax.get_ylim()[0]).all()
            assert (y < ax.get_ylim()[1]).all()
        assert ax.get_xlim()[0] < 0.15
        assert ax.get_ylim()[1] > 0.85


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"shots": SHOTS[0]}, ValueError, r"^shots .*\(2,\)"),
        ({"shots": SHOTS.mT[:, :2].mT[:, :1]}, ValueError, r"^shots .*\(2, 1\)"),
        ({"shots": SHOTS[:0]}, ValueError, r"^shots .*\(0, 2\)"),
        ({"shots": SHOTS * math.nan}, ValueError, "^shots .*finite"),
        ({"shots": "shots"}, TypeError, "^shots .*str"),
        ({"center": 0.5}, ValueError, "^center .*0.5"),
        ({"center": (0, "1")}, TypeError, "^center .*str"),
        ({"radii": ()}, ValueError, r"^radii .*\(\)"),
        ({"radii": (1, 0)}, ValueError, "^radii .*0"),
    ],
)
def test_bad_bullseyes(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.bullseye(**({"shots": SHOTS} | arguments))


# Loss surfaces


def loss(w: Tensor) -> Tensor:
    return w[0] ** 2 + 4 * (w[1] - 1) ** 2


def test_contours_lie_at_their_levels() -> None:
    """On both axes of a lopsided function, so that the weights cannot be exchanged."""
    ax = plotting.loss_surface(loss, (-3, 3), levels=[0.5, 1.0, 3.0])
    (lines,), (filled,) = named(ax.collections, "lines"), named(ax.collections, "filled")
    assert lines.levels.tolist() == filled.levels.tolist() == [0.5, 1, 3]
    for path, level in zip(lines.get_paths(), (0.5, 1, 3), strict=True):
        x, y = path.vertices.T
        np.testing.assert_allclose(x**2 + 4 * (y - 1) ** 2, level, atol=0.02)
        assert abs(x).max() == pytest.approx(math.sqrt(level), abs=0.01)
    assert {float(t.get_text()) for t in ax.texts} <= {0.5, 1, 3}
    assert ax.texts
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-2, 2))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_0$", "$w_1$")
    assert not ax.lines


@pytest.mark.parametrize(
    "point", [[0.5, -1.0], (0.5, -1), np.array([0.5, -1]), torch.tensor([0.5, -1])]
)
def test_current_weights_are_a_star(point: Any) -> None:
    (star,) = named(plotting.loss_surface(loss, n=9, point=point).lines, "point")
    assert isinstance(star, Line2D)
    np.testing.assert_array_equal(star.get_xydata(), [[0.5, -1]])
    assert star.get_marker() == "*"


def test_axes_with_depth_show_a_surface(monkeypatch: pytest.MonkeyPatch) -> None:
    ax: Any = plt.figure().add_subplot(projection="3d")
    drawn, draw = [], ax.plot_surface
    monkeypatch.setattr(ax, "plot_surface", lambda *a, **k: drawn.append(a) or draw(*a, **k))
    assert plotting.loss_surface(loss, ylim=(0, 1), n=5, point=[1.0, 0.5], ax=ax) is ax
    assert len(named(ax.collections, "surface")) == 1
    (star,) = named(ax.lines, "point")
    ((x, y, z),) = drawn
    np.testing.assert_allclose(z, x**2 + 4 * (y - 1) ** 2)
    assert (x.min(), x.max(), y.min(), y.max()) == (-2, 2, 0, 1)
    assert x.shape == (5, 5)
    assert [float(c[0]) for c in star.get_data_3d()] == [1, 0.5, 2]
    assert ax.get_zlabel() == "$J$"


def test_functions_with_poles_and_on_given_axes() -> None:
    _, ax = plt.subplots()
    assert plotting.loss_surface(lambda w: 1 / loss(w), (-1, 1), (0, 2), n=5, ax=ax) is ax
    (filled,) = named(ax.collections, "filled")
    assert np.isfinite(filled.levels).all()


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"f": 1.0}, TypeError, "^f .*float"),
        ({"f": lambda w: w}, ValueError, "^f .*one number"),
        ({"f": lambda w: w[0] * math.nan}, ValueError, "^f .*finite"),
        ({"xlim": (1, 0)}, ValueError, "^xlim must rise"),
        ({"ylim": (1,)}, ValueError, r"^ylim .*\(1,\)"),
        ({"n": 1}, ValueError, "^n .*1"),
        ({"point": [1.0]}, ValueError, r"^point .*\(1,\)"),
        ({"point": [1.0, math.inf]}, ValueError, "^point .*finite"),
        ({"point": "ab"}, TypeError, "^point .*str"),
    ],
)
def test_bad_surfaces(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.loss_surface(**({"f": loss, "n": 5} | arguments))


# Predictive bands

X, MEAN, STD = [0.0, 2.0, 1.0], [1.0, -1.0, 3.0], [0.5, 0.0, 0.25]


def edges(ax: Axes, number: int = 0) -> np.ndarray:
    """The corners of a band without repetitions."""
    band = named(ax.collections, "band")[number]
    assert isinstance(band, FillBetweenPolyCollection)
    return np.unique(band.get_paths()[0].vertices, axis=0)


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize("n_std", [1.0, 2])
def test_band_is_mean_plus_minus_the_stated_width(kind: Any, n_std: float) -> None:
    """The x are given unsorted."""
    ax = plotting.predictive_band(kind(X), kind(MEAN), kind(STD), n_std=n_std)
    (mean,) = named(ax.lines, "mean")
    np.testing.assert_array_equal(mean.get_xydata(), [[0, 1], [1, 3], [2, -1]])
    expected = {
        (x, m + s * n_std * d) for x, m, d in zip(X, MEAN, STD, strict=True) for s in (-1, 1)
    }
    np.testing.assert_allclose(edges(ax), sorted(expected))
    assert mean.get_linestyle() == "--"
    assert ax.get_legend_handles_labels()[1] == [f"prediction ± {n_std:g} std", "prediction"]


def test_one_width_for_all_and_no_label() -> None:
    ax = plotting.predictive_band(X, MEAN, 0.5, label=None)
    expected = sorted((x, m + s) for x, m in zip(X, MEAN, strict=True) for s in (-0.5, 0.5))
    np.testing.assert_allclose(edges(ax), expected)
    assert ax.get_legend_handles_labels()[1] == []


def test_further_bands_look_different() -> None:
    _, ax = plt.subplots()
    for i in range(4):
        assert plotting.predictive_band(X, MEAN, STD, label=f"{i}", ax=ax) is ax
    lines, bands = named(ax.lines, "mean"), named(ax.collections, "band")
    assert len({line.get_color() for line in lines}) == 4
    assert len({line.get_linestyle() for line in lines}) == 3, "the fourth is a pattern of dashes"
    assert len({band.get_hatch() for band in bands}) == 4
    for line, band in zip(lines, bands, strict=True):
        assert same_color(line.get_color(), band.get_edgecolor()[0])


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"x": 1.0}, ValueError, r"^x .*\(\)"),
        ({"x": []}, ValueError, r"^x .*\(0,\)"),
        ({"mean": [1.0]}, ValueError, r"^mean .*\(3,\), got \(1,\)"),
        ({"mean": [MEAN]}, ValueError, r"^mean .*\(1, 3\)"),
        ({"std": [1.0, 2]}, ValueError, r"^std .*\(3,\), got \(2,\)"),
        ({"std": [1.0, -2, 1]}, ValueError, "^std .*negative.*-2"),
        ({"x": [0, 1, math.nan]}, ValueError, "^x .*finite"),
        ({"mean": [0, 1, math.inf]}, ValueError, "^mean .*finite"),
        ({"std": math.nan}, ValueError, "^std .*finite"),
        ({"x": "abc"}, TypeError, "^x .*str"),
        ({"n_std": 0}, ValueError, "^n_std .*0"),
        ({"n_std": "2"}, TypeError, "^n_std .*str"),
    ],
)
def test_bad_bands(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.predictive_band(**({"x": X, "mean": MEAN, "std": STD} | arguments))
