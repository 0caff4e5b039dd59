"""The graph of a computation: what stands in its boxes, and what its arrows join."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import same_color

from companion import plotting
from companion.autograd import Value, grad, topological


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"} | plotting.style()):
        yield
        plt.close("all")


def example() -> tuple[Value, Value, Value]:
    """f = (x y + sin x)², with its gradients."""
    x, y = Value(0.7, "x"), Value(-1.2, "y")
    f = (x * y + x.sin()) ** 2
    f.label = "f"
    f.backward()
    return x, y, f


def named(ax: Axes, gid: str) -> list[Any]:
    return [artist for artist in (*ax.patches, *ax.texts) if artist.get_gid() == gid]


def words(ax: Axes, gid: str) -> list[str]:
    return [text.get_text() for text in named(ax, gid)]


def inside(box: Any, text: Any) -> bool:
    x, y = text.get_position()
    return bool(box.get_bbox().contains(x, y))


def test_boxes_hold_label_number_and_gradient() -> None:
    """df/dx = 2 (x y + sin x) (y + cos x), and so on, to four digits."""
    ax = plotting.draw_graph(example()[2])
    s = -0.84 + math.sin(0.7)
    numbers = {0.7: 2 * s * (-1.2 + math.cos(0.7)), -1.2: 2 * s * 0.7, -0.84: 2 * s,
               math.sin(0.7): 2 * s, s: 2 * s, s * s: 1.0}  # fmt: skip
    expected = {(f"{v:.4g}", f"∂\u2009{g:.4g}") for v, g in numbers.items()}
    found = set()
    for box in named(ax, "value"):
        (data,) = (t for t in named(ax, "data") if inside(box, t))
        (gradient,) = (t for t in named(ax, "gradient") if inside(box, t))
        assert gradient.get_position()[1] < data.get_position()[1]
        assert same_color(data.get_color(), "black")
        assert same_color(gradient.get_color(), plotting.COLORS["vermillion"])
        found.add(tuple(t.get_text().replace("−", "-") for t in (data, gradient)))
    assert found == expected
    assert sorted(words(ax, "label")) == ["f", "x", "y"]


@pytest.mark.parametrize("direction", ["right", "down"])
def test_arrows_join_operands_and_operations(direction: Any) -> None:
    ax = plotting.draw_graph(example()[2], direction=direction)
    assert sorted(words(ax, "sign")) == ["+", "^2", "sin", "×"]
    circles, arrows = named(ax, "operation"), named(ax, "edge")
    assert len(circles) == 4
    reached = [
        sum(abs(math.dist(arrow.xy, circle.center) - circle.radius) < 1e-9 for arrow in arrows)
        for circle in circles
    ]
    assert len(arrows) == sum(reached) == 6
    assert sorted(reached) == [1, 1, 2, 2]


@pytest.mark.parametrize("direction", ["right", "down"])
def test_nothing_overlaps_and_everything_is_in_the_window(direction: Any) -> None:
    w = Value(1.5, "w")
    for last in (example()[2], (w * w + w * 2 - 3).sigmoid() * w, w):
        ax = plotting.draw_graph(last, direction=direction)
        shapes = [p.get_extents() for p in (*named(ax, "value"), *named(ax, "operation"))]
        assert all(not a.overlaps(b) for a, b in combinations(shapes, 2))
        window = ax.transAxes.transform([(0, 0), (1, 1)])
        for box in shapes:
            assert (box.min >= window[0]).all()
            assert (box.max <= window[1]).all()


def test_text_fits_into_its_box() -> None:
    x = Value(-1.234e-5, "x")
    y = -x
    y.backward()
    x.grad = -0.39165
    ax = plotting.draw_graph(y, digits=4)
    ax.figure.canvas.draw()
    for box in named(ax, "value"):
        for gid in ("label", "gradient"):
            for text in (t for t in named(ax, gid) if inside(box, t)):
                assert text.get_window_extent().width <= box.get_extents().width


def test_operands_stand_before_results() -> None:
    f = example()[2]
    for direction, axis, sign in (("right", 0, 1), ("down", 1, -1)):
        ax = plotting.draw_graph(f, direction=direction)
        for circle in named(ax, "operation"):
            edges = [a for a in named(ax, "edge")
                     if abs(math.dist(a.xy, circle.center) - circle.radius) < 1e-9]  # fmt: skip
            assert all(sign * (circle.center[axis] - e.xyann[axis]) > 0 for e in edges)


def test_a_leaf_stands_close_to_its_first_result() -> None:
    """In ((x²)² + 3) the 3 stands beside (x²)², not beside x."""
    ax = plotting.draw_graph((Value(1.5) ** 2) ** 2 + 3)
    x = {text.get_text(): text.get_position()[0] for text in named(ax, "data")}
    assert x["1.5"] < x["2.25"] < x["5.062"] == x["3"] < x["8.062"]


def test_an_operand_that_is_used_twice_has_two_arrows() -> None:
    x = Value(3.0)
    arrows = named(plotting.draw_graph(x * x), "edge")
    assert len(arrows) == 2
    assert arrows[0].xyann != arrows[1].xyann


def test_steps_of_the_backward_pass() -> None:
    order = topological(example()[2])[::-1]
    for k in range(len(order) + 1):
        ax = plotting.draw_graph(order[0], gradients=order[:k], digits=3)
        assert len(words(ax, "gradient")) == k
    assert words(plotting.draw_graph(order[0], gradients=False), "gradient") == []
    assert "∂\u2009−0.392" in words(ax, "gradient")


def test_gradients_that_are_values() -> None:
    x = Value(3.0, "x")
    (x**2).backward(create_graph=True)
    assert words(plotting.draw_graph(x), "gradient") == ["∂\u20096"]
    (slope,) = grad(x**2, x, create_graph=True)
    assert "6" in words(plotting.draw_graph(slope), "data")


def test_given_axes_are_used() -> None:
    _, ax = plt.subplots()
    assert plotting.draw_graph(Value(1.0), ax=ax) is ax


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"value": 1.0}, TypeError, "^value .*got float"),
        ({"gradients": 1}, TypeError, "^gradients .*got int"),
        ({"gradients": [1.0]}, TypeError, "^gradients .*got float"),
        ({"digits": 2.0}, TypeError, "^digits .*got float"),
        ({"digits": 0}, ValueError, "^digits .*got 0"),
        ({"direction": "up"}, ValueError, "^direction .*got 'up'"),
    ],
)
def test_bad_input(given: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        plotting.draw_graph(**({"value": Value(1.0)} | given))
