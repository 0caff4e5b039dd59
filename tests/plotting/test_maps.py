"""Maps of the plane, the plane of hidden units, and heat maps: what is drawn, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from torch import Tensor

from companion import plotting

F64 = torch.float64
SQUARE = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=F64)
XOR = torch.tensor([0, 1, 1, 0])


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def named(artists: Any, gid: str) -> list[Any]:
    return [artist for artist in artists if artist.get_gid() == gid]


def curve(ax: Any, gid: str = "boundary") -> np.ndarray:
    """All vertices of the contours with this gid."""
    sets = named(ax.collections, gid)
    return np.concatenate([path.vertices for found in sets for path in found.get_paths()])


# Decision maps


@pytest.mark.parametrize("kind", [lambda x: x, lambda x: x.numpy()])
def test_classes_meet_on_the_boundary(kind: Any) -> None:
    seen: list[Any] = []

    def predict(at: Any) -> Any:
        seen.append(at)
        return (at[:, 0] > 0.5) * 1

    ax = plotting.decision_map(predict, kind(SQUARE), kind(XOR), n=101)
    assert len(seen) == 1 and type(seen[0]) is type(kind(SQUARE)) and seen[0].shape == (10201, 2)
    assert len(named(ax.collections, "region")) == 2
    vertices = curve(ax)
    assert np.abs(vertices[:, 0] - 0.5).max() < 1.4 / 100
    first, second = named(ax.lines, "points")
    np.testing.assert_array_equal(first.get_xydata(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(second.get_xydata(), [[0, 1], [1, 0]])
    assert first.get_marker() != second.get_marker()
    assert ax.get_legend_handles_labels()[1] == ["class 0", "class 1"]


@pytest.mark.parametrize("shape", ["flat", "column", "two columns"])
def test_probabilities_are_half_on_the_thick_line(shape: str) -> None:
    def predict(at: Tensor) -> Tensor:
        p = torch.sigmoid(5 * (at[:, 0] + 2 * at[:, 1] - 1))
        return {"flat": p, "column": p[:, None], "two columns": torch.stack([1 - p, p], 1)}[shape]

    ax = plotting.decision_map(predict, SQUARE, XOR, xlim=(-1, 2), ylim=(0, 1))
    x, y = curve(ax).T
    np.testing.assert_allclose(x + 2 * y, 1, atol=1e-3)
    assert ax.get_xlim() == (-1, 2) and ax.get_ylim() == (0, 1)


def test_classes_that_are_texts_and_more_than_two() -> None:
    X = torch.tensor([[0.0, 0], [1, 0], [2, 0]], dtype=F64)
    names = np.array(["bolt", "nut", "washer"])
    ax = plotting.decision_map(
        lambda at: names[at[:, 0].round().clamp(0, 2).long().numpy()], X, names
    )
    assert ax.get_legend_handles_labels()[1] == ["class bolt", "class nut", "class washer"]
    assert len(named(ax.collections, "region")) == 3
    hatches = {found.hatches[0] for found in named(ax.collections, "region")}
    assert len(hatches) == 3  # never colour alone


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"predict": 1}, TypeError, "predict must be a function"),
        ({"X": SQUARE[:, :1]}, ValueError, r"X must have shape \(m, 2\)"),
        ({"X": SQUARE / 0}, ValueError, "X must be finite"),
        ({"y": XOR[:3]}, ValueError, r"y must have shape \(4,\)"),
        ({"n": 1}, ValueError, "n must"),
        ({"xlim": (1, 0)}, ValueError, "xlim"),
        ({"predict": lambda at: at[:5, 0]}, ValueError, "predict must return"),
        ({"predict": lambda at: at[:, 0] + 7.5}, ValueError, "probabilities from 0 to 1"),
        ({"predict": lambda at: (at > 0) * 1}, ValueError, "one column"),
    ],
)
def test_maps_name_bad_input(arguments: dict[str, Any], error: type, says: str) -> None:
    good = {"predict": lambda at: (at[:, 0] > 0) * 1, "X": SQUARE, "y": XOR}
    with pytest.raises(error, match=says):
        plotting.decision_map(**(good | arguments))


# The plane of the hidden units


def hidden(at: Tensor) -> Tensor:
    return torch.stack([at[:, 0] + at[:, 1], at[:, 0] * at[:, 1]], 1)


def output(h: Tensor) -> Tensor:
    return h[:, 0] - 2 * h[:, 1]


def test_points_move_as_the_layer_says() -> None:
    left, right = plotting.hidden_plane(
        hidden, output, SQUARE, XOR, labels=["00", "01", "10", "11"], level=0.5
    )
    for ax, points in ((left, SQUARE), (right, hidden(SQUARE))):
        first, second = named(ax.lines, "points")
        np.testing.assert_allclose(first.get_xydata(), points[[0, 3]])
        np.testing.assert_allclose(second.get_xydata(), points[[1, 2]])
    x, y = curve(right).T
    np.testing.assert_allclose(x - 2 * y, 0.5, atol=1e-9)
    x, y = curve(left).T
    np.testing.assert_allclose(x + y - 2 * x * y, 0.5, atol=1e-3)
    assert sorted(t.get_text() for t in named(left.texts, "label")) == ["00", "01", "10", "11"]
    assert sorted(t.get_text() for t in named(right.texts, "label")) == ["00", "01, 10", "11"]


def test_a_vertical_boundary_is_drawn() -> None:
    left, _ = plotting.hidden_plane(lambda at: at, lambda h: h[:, 0] - 0.25, SQUARE, XOR)
    np.testing.assert_allclose(curve(left)[:, 0], 0.25, atol=1e-12)


def test_given_axes_are_used() -> None:
    axes = tuple(plt.subplots(2, 1)[1])
    assert plotting.hidden_plane(hidden, output, SQUARE, XOR, axes=axes) == axes


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"hidden": None}, TypeError, "hidden must be a function"),
        ({"output": None}, TypeError, "output must be a function"),
        ({"hidden": lambda at: at[:, :1]}, ValueError, "hidden must return finite"),
        ({"hidden": lambda at: at / 0}, ValueError, "hidden must return finite"),
        ({"output": lambda h: h}, ValueError, "output must return one number a point"),
        ({"labels": ["a"]}, ValueError, "labels must have 4 entries"),
        ({"level": "0"}, TypeError, "level"),
        ({"axes": 3}, ValueError, "axes must be two axes"),
    ],
)
def test_planes_name_bad_input(arguments: dict[str, Any], error: type, says: str) -> None:
    good = {"hidden": hidden, "output": output, "X": SQUARE, "y": XOR}
    with pytest.raises(error, match=says):
        plotting.hidden_plane(**(good | arguments))


# Heat maps

TABLE = [[0.1, 0.2, float("nan")], [0.9, 0.95, 0.3]]


@pytest.mark.parametrize("kind", [lambda x: x, np.array, torch.tensor])
def test_each_cell_carries_its_number(kind: Any) -> None:
    ax = plotting.heatmap(kind(TABLE), [1e-5, 0.5], ["a", 1e-2, 20])
    (image,) = named(ax.images, "cells")
    np.testing.assert_allclose(np.ma.filled(image.get_array(), np.nan), TABLE, rtol=1e-6)
    cells = named(ax.texts, "cell")
    assert [c.get_text() for c in cells] == ["0.10", "0.20", "NaN", "0.90", "0.95", "0.30"]
    assert [c.get_position() for c in cells] == [(j, i) for i in range(2) for j in range(3)]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["$10^{-5}$", "0.5"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "$10^{-2}$", "20"]
    (missing,) = named(ax.patches, "nan")
    assert missing.get_xy() == (1.5, -0.5) and missing.get_hatch()
    (best,) = named(ax.patches, "best")
    centre = np.add(best.get_xy(), [best.get_width() / 2, best.get_height() / 2])
    np.testing.assert_allclose(centre, [1, 1])


def test_text_stands_out_from_every_colour() -> None:
    ax = plotting.heatmap(torch.linspace(0, 1, 64).reshape(8, 8), range(8), range(8))
    (image,) = ax.images

    def luminance(color: Any) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return float(np.dot([0.2126, 0.7152, 0.0722], parts))

    for text, value in zip(named(ax.texts, "cell"), torch.linspace(0, 1, 64), strict=True):
        cell, ink = luminance(image.to_rgba(float(value))[:3]), luminance(text.get_color())
        assert (max(cell, ink) + 0.05) / (min(cell, ink) + 0.05) >= 4.5


def test_percent_signs_ties_and_the_least() -> None:
    ax = plotting.heatmap([[0.5, 0.5], [-0.25, 0.1]], ["a", "b"], ["c", "d"], percent=True)
    assert [c.get_text() for c in named(ax.texts, "cell")] == ["50 %", "50 %", "−25 %", "10 %"]
    assert len(named(ax.patches, "best")) == 2
    least = plotting.heatmap([[0.5, 0.5], [-0.25, 0.1]], ["a", "b"], [1, 2], best="min")
    (frame,) = named(least.patches, "best")
    assert frame.get_y() + frame.get_height() / 2 == pytest.approx(1)
    chosen = plotting.heatmap([[1.0, 2.0]], ["a"], ["b", "c"], best=(0, 0), limits=(0, 4), digits=1)
    assert named(chosen.patches, "best")[0].get_x() < 0 and chosen.images[0].get_clim() == (0, 4)
    assert not named(plotting.heatmap([[1.0]], ["a"], ["b"], best=None).patches, "best")
    assert not named(plotting.heatmap([[np.nan]], ["a"], ["b"]).patches, "best")
    infinite = plotting.heatmap([[np.inf, 1.0]], ["a"], ["b", "c"])
    assert [c.get_text() for c in named(infinite.texts, "cell")] == ["inf", "1.00"]
    assert named(infinite.patches, "nan")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"values": [1.0, 2.0]}, ValueError, r"values must have shape \(r, c\)"),
        ({"values": [["a"]]}, TypeError, "values"),
        ({"rows": ["a", "b"]}, ValueError, "rows must have 1 names, got 2"),
        ({"columns": "ab"}, TypeError, "columns must be a list of names"),
        ({"best": "most"}, ValueError, "best must be"),
        ({"best": (0, 2)}, ValueError, "best must be a cell"),
        ({"limits": (1, 0)}, ValueError, "limits"),
        ({"digits": -1}, ValueError, "digits"),
    ],
)
def test_heat_maps_name_bad_input(arguments: dict[str, Any], error: type, says: str) -> None:
    good = {"values": [[1.0, 2.0]], "rows": ["a"], "columns": ["b", "c"]}
    with pytest.raises(error, match=says):
        plotting.heatmap(**(good | arguments))
