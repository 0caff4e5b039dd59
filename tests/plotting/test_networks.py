"""Diagrams of networks: where units stand, what edges join, and which numbers are written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import same_color

from companion import plotting

W1 = torch.tensor([[-2.0, -2.5], [2.0, 3.0]])
W2 = torch.tensor([[-4.0, 0.5]])


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def named(artists: Any, gid: str) -> list[Any]:
    return [artist for artist in artists if artist.get_gid() == gid]


def texts(ax: Any, gid: str) -> list[str]:
    return [text.get_text() for text in named(ax.texts, gid)]


def columns(ax: Any) -> list[list[tuple[float, float]]]:
    """Centres of the units, layer by layer, from top to bottom."""
    centres = [tuple(map(float, unit.center)) for unit in named(ax.patches, "unit")]
    layers = {
        round(x, 6): [p for p in centres if round(p[0], 6) == round(x, 6)] for x, _ in centres
    }
    return [sorted(layers[x], key=lambda p: -p[1]) for x in sorted(layers)]


@pytest.mark.parametrize("kind", [lambda w: w, lambda w: w.numpy(), lambda w: w.tolist()])
def test_edges_lead_from_unit_to_unit(kind: Any) -> None:
    ax = plotting.draw_network([2, 2, 1], weights=[kind(W1), kind(W2)])
    inputs, hidden, outputs = columns(ax)
    assert [len(inputs), len(hidden), len(outputs)] == [2, 2, 1]
    wanted = [(h, i, float(W1[a, b])) for a, h in enumerate(hidden) for b, i in enumerate(inputs)]
    wanted += [(outputs[0], h, float(W2[0, b])) for b, h in enumerate(hidden)]
    edges = named(ax.lines, "edge")
    assert len(edges) == len(wanted)
    for edge, (to, start, weight) in zip(edges, wanted, strict=True):
        np.testing.assert_allclose(edge.get_xydata(), [start, to])
        assert edge.get_linestyle() == ("--" if weight < 0 else "-")
        color = plotting.COLORS["vermillion" if weight < 0 else "blue"]
        assert same_color(edge.get_color(), color)
    assert texts(ax, "weight") == ["−2", "−2.5", "2", "3", "−4", "0.5"]


def test_heavier_edges_are_thicker() -> None:
    ax = plotting.draw_network([3, 1], weights=[[[0.5, -3.0, 1.0]]])
    widths = [edge.get_linewidth() for edge in named(ax.lines, "edge")]
    assert widths[0] < widths[2] < widths[1]


def test_numbers_of_edges_lie_on_them_and_apart() -> None:
    ax = plotting.draw_network([2, 2, 1], weights=[W1, W2])
    places = []
    for edge, text in zip(named(ax.lines, "edge"), named(ax.texts, "weight"), strict=True):
        (x0, y0), (x1, y1) = edge.get_xydata()
        x, y = text.get_position()
        way = (x - x0) / (x1 - x0)
        assert 0 < way < 1 and y == pytest.approx(y0 + way * (y1 - y0))
        places.append((x, y))
    nearest = min(np.hypot(*np.subtract(p, q)) for p, q in itertools.combinations(places, 2))
    assert nearest > 0.2  # inches: more than a line of text


def test_edges_without_weights_are_solid_and_without_numbers() -> None:
    ax = plotting.draw_network([4, 3])
    edges = named(ax.lines, "edge")
    assert len(edges) == 12 and {edge.get_linestyle() for edge in edges} == {"-"}
    assert texts(ax, "weight") == []


def test_values_biases_deltas_and_labels_are_written() -> None:
    ax = plotting.draw_network(
        [2, 2, 1],
        labels=[["a", "b"], ["nor", "and"], ["xor"]],
        biases=[[1.5, -3.0], [0.25]],
        values=[[0, 1], [0.377541, 0.268941], None],
        deltas=[None, [0.1, -0.05], [-0.4484]],
    )
    assert texts(ax, "label") == ["a", "b", "nor", "and", "xor"]
    assert texts(ax, "bias") == ["b = 1.5", "b = −3", "b = 0.25"]
    assert texts(ax, "value") == ["0", "1", "0.378", "0.269"]
    assert texts(ax, "delta") == ["δ = 0.1", "δ = −0.05", "δ = −0.448"]
    faces = [unit.get_facecolor() for unit in named(ax.patches, "unit")]
    brightness = [sum(face[:3]) for face in faces]
    assert brightness[0] < brightness[3] < brightness[2] < brightness[1]
    assert same_color(faces[4], "white")


def test_texts_stand_inside_the_figure() -> None:
    fig, ax = plt.subplots(figsize=(5.4, 3.6), layout="constrained")
    plotting.draw_network(
        [2, 2, 1],
        labels=[["strain", "strain rate"], ["nor", "and"], ["flow"]],
        deltas=[None, [0.1, -0.05], [-0.4484]],
        brackets=True,
        ax=ax,
    )
    fig.canvas.draw()
    for text in ax.texts:
        box = text.get_window_extent().transformed(fig.transFigure.inverted())
        assert box.x0 > -0.01 and box.x1 < 1.01 and box.y0 > -0.01 and box.y1 < 1.01, text


def test_wide_layers_are_shortened() -> None:
    ax = plotting.draw_network([64, 50, 10], brackets=True)
    assert [len(layer) for layer in columns(ax)] == [7, 7, 7]
    assert len(named(ax.texts, "dots")) == 3
    assert texts(ax, "bracket") == [
        "input layer\n64 units",
        "hidden layer\n50 units",
        "output layer\n10 units",
    ]
    several = plotting.draw_network([6, 4, 4, 1], brackets=True)
    assert texts(several, "bracket")[1:] == ["hidden layers\n4 + 4 units", "output layer\n1 unit"]
    assert texts(plotting.draw_network([2, 1], brackets=True), "bracket") == [
        "input layer\n2 units",
        "output layer\n1 unit",
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"sizes": [2]}, ValueError, "sizes must be a list of at least two layers"),
        ({"sizes": "21"}, ValueError, "sizes must be"),
        ({"sizes": [2, 0]}, ValueError, "sizes"),
        ({"sizes": [2, 1.5]}, TypeError, "sizes"),
        ({"labels": [["a", "b"]]}, ValueError, "labels must have an entry for each of 2 layers"),
        ({"labels": [["a"], None]}, ValueError, "labels must have 2 texts"),
        ({"weights": [[[1.0], [2.0]]]}, ValueError, "weights must have shapes"),
        ({"weights": []}, ValueError, "weights must have 1 entries, got 0"),
        ({"weights": [[["a", "b"]]]}, TypeError, "weights"),
        ({"biases": [[1.0, 2.0]]}, ValueError, "biases must have shapes"),
        ({"values": [[1.0, 2.0]]}, ValueError, "values must have 2 entries"),
        ({"deltas": [None, [1.0, 2.0]]}, ValueError, "deltas must have shapes"),
        ({"digits": 0}, ValueError, "digits"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        plotting.draw_network(**({"sizes": [2, 1]} | arguments))
