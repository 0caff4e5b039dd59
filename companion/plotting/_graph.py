"""The graph of a computation: values, operations, and the derivatives that flow back."""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from companion.autograd import Value, topological
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A place in a column: a value, or the corner of an edge that passes by (parent, child, level).
Item: TypeAlias = Value | tuple[Value, Value, int]
Places: TypeAlias = dict[Item, tuple[float, float]]
SIGNS = {"*": "×", "/": "÷", "-": "−", "neg": "−", "sigmoid": "σ"}
WIDTH, HEIGHT, RADIUS, GAP = (
    0.92,
    0.66,
    0.17,
    0.06,
)  # of a box, of an operation, between them; inches
STEPS = {"right": (1.54, 0.84), "down": (1.3, 1.02)}  # from level to level, and beside it


def draw_graph(
    value: Value,
    *,
    gradients: bool | Collection[Value] = True,
    digits: int = 4,
    direction: Literal["right", "down"] = "right",
    ax: Axes | None = None,
) -> Axes:
    """Draw how a value was computed: boxes of values, round operations, arrows to what they make.

    A box shows the label, the number in black, and below it in colour, behind a ∂, the ``grad``:
    the derivative of the last value by this one, once ``backward`` has run. It reads well up to
    about 12 values.

    Parameters
    ----------
    value : the last value.
    gradients : whether to show them, or those values whose gradient is shown: the steps of a
        backward pass are the growing parts of ``topological(value)[::-1]``.
    digits : significant digits of the numbers.
    direction : ``"right"`` from left to right; ``"down"`` is narrower, for phones.
    ax : the axes to draw on; new ones of the right size if not given.

    Returns
    -------
    The axes without frame, data units are inches: for each value a patch with gid ``"value"`` and
    texts ``"label"`` (if it has one), ``"data"`` and ``"gradient"``; for each operation a circle
    ``"operation"`` with its sign; for each operand an arrow ``"edge"``.

    Raises
    ------
    TypeError
        If ``value`` or one of ``gradients`` is no ``Value``, or ``digits`` no int.
    ValueError
        If ``digits`` is below 1 or the direction unknown.

    Proven equal to its description in ``tests/plotting/test_graph.py``.
    Book: chapters/07-neural-networks/autograd-engine
    """
    nodes = topological(value)
    shown = _check(nodes, gradients, digits, direction)
    levels = _levels(nodes)
    paths = [_path(parent, node, levels) for node in nodes for parent in node.parents]
    columns = _columns(nodes, paths, levels)
    places = _places(columns, direction)
    ax = _axes(ax, places)
    for node in nodes:
        _draw_value(ax, node, places[node], digits, node in shown)
        if node.parents:
            _draw_operation(ax, node, places, direction)
    for path in paths:
        twins = [other for other in paths if other == path]  # x * x: the arrows stand apart
        k = next(k for k, other in enumerate(twins) if other is path)
        _draw_edge(ax, path, places, direction, shift=0.1 * (len(twins) - 1 - 2 * k))
    return ax


def _check(nodes: list[Value], gradients: Any, digits: Any, direction: Any) -> set[Value]:
    """Return the values whose gradient is shown."""
    if not isinstance(digits, Integral) or isinstance(digits, bool):
        raise TypeError(f"digits must be an int, got {type(digits).__name__}")
    if digits < 1:
        raise ValueError(f"digits must be at least 1, got {digits}")
    if direction not in STEPS:
        raise ValueError(f"direction must be one of {list(STEPS)}, got {direction!r}")
    if isinstance(gradients, bool):
        return set(nodes) if gradients else set()
    if not isinstance(gradients, Collection):
        raise TypeError(f"gradients must be a bool or values, got {type(gradients).__name__}")
    for v in gradients:
        if not isinstance(v, Value):
            raise TypeError(f"gradients must be a bool or values, got {type(v).__name__}")
    return set(gradients)


def _levels(nodes: list[Value]) -> dict[Value, int]:
    """Return a column for each value: right of its parents, and leaves close to their children."""
    levels: dict[Value, int] = {}
    for node in nodes:
        levels[node] = 1 + max((levels[p] for p in node.parents), default=-1)
    for leaf in (node for node in nodes if not node.parents):
        children = [levels[node] for node in nodes if leaf in node.parents]
        levels[leaf] = min(children, default=1) - 1
    return levels


def _path(parent: Value, child: Value, levels: dict[Value, int]) -> list[Item]:
    """Return the way from parent to child, with a corner in every column between them."""
    between = range(levels[parent] + 1, levels[child])
    return [parent, *((parent, child, level) for level in between), child]


def _columns(
    nodes: list[Value], paths: list[list[Item]], levels: dict[Value, int]
) -> list[list[Item]]:
    """Sort each column so that neighbours along the edges stand at similar heights."""
    columns: list[list[Item]] = [[] for _ in range(max(levels.values()) + 1)]
    for node in nodes:
        columns[levels[node]].append(node)
    links = list(dict.fromkeys(link for path in paths for link in pairwise(path)))
    for corner in dict.fromkeys(item for path in paths for item in path[1:-1]):
        assert isinstance(corner, tuple)
        columns[corner[2]].append(corner)
    for _ in range(4):
        for forward in (True, False):
            _sort(columns, links, forward)
    return columns


def _sort(columns: list[list[Item]], links: list[tuple[Item, Item]], forward: bool) -> None:
    """Sort by the mean height of the neighbours on one side; an item without any stays put."""
    heights = _heights(columns)
    for column in columns if forward else columns[::-1]:
        means: dict[Item, float] = {}
        for item in column:
            near = [a if forward else b for a, b in links if (b if forward else a) == item]
            means[item] = sum(heights[n] for n in near) / len(near) if near else heights[item]
        column.sort(key=means.__getitem__)
        heights |= _heights([column])


def _heights(columns: list[list[Item]]) -> dict[Item, float]:
    """Return the distance of each item from the middle of its column."""
    return {item: k - (len(column) - 1) / 2 for column in columns for k, item in enumerate(column)}


def _places(columns: list[list[Item]], direction: str) -> Places:
    along, across = STEPS[direction]
    heights = _heights(columns)
    found: Places = {}
    for level, column in enumerate(columns):
        for item in column:
            a, b = level * along, heights[item] * across
            found[item] = (a, -b) if direction == "right" else (b, -a)
    return found


def _axes(ax: Axes | None, places: Places) -> Axes:
    """Make axes whose data units are inches."""
    x, y = zip(*places.values(), strict=True)
    left, right = min(x) - 0.55 * WIDTH, max(x) + 0.55 * WIDTH
    low, high = min(y) - 0.6 * HEIGHT, max(y) + 0.6 * HEIGHT
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(max(right - left, 2.0), max(high - low, 1.0)))
    ax.set(xlim=(left, right), ylim=(low, high), aspect="equal")
    ax.set_axis_off()
    return ax


def _draw_value(
    ax: Axes, node: Value, place: tuple[float, float], digits: int, with_gradient: bool
) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = place
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    face = "#F2F2F2" if node.parents else "white"
    looks: dict[str, Any] = {"facecolor": face, "edgecolor": COLORS["grey"], "gid": "value"}
    ax.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, "round,pad=0,rounding_size=0.08", **looks))
    lines = [(node.label, "label", "black")] if node.label else []
    lines.append((f"{node.data:.{digits}g}", "data", "black"))
    if with_gradient:
        gradient = node.grad.data if isinstance(node.grad, Value) else node.grad
        lines.append((f"∂\u2009{gradient:.{digits}g}", "gradient", "vermillion"))
    for k, (text, gid, color) in enumerate(lines):
        height = y + HEIGHT * ((len(lines) - 1) / 2 - k) * 0.3
        weight = "bold" if gid == "label" else "normal"
        looks = {"color": COLORS[color], "gid": gid, "fontsize": 11, "fontweight": weight}
        ax.text(x, height, text.replace("-", "−"), ha="center", va="center_baseline", **looks)


def _draw_operation(ax: Axes, node: Value, places: Places, direction: str) -> None:
    from matplotlib.patches import Circle

    x, y = _operation_place(places[node], direction)
    looks: dict[str, Any] = {"facecolor": "white", "edgecolor": COLORS["blue"], "linewidth": 1.5}
    ax.add_patch(Circle((x, y), RADIUS, gid="operation", zorder=2, **looks))
    sign = SIGNS.get(node.operation, node.operation.replace("**", "^"))
    size = 13 if len(sign) == 1 else 9
    ax.text(x, y, sign, ha="center", va="center", fontsize=size, color=COLORS["blue"], gid="sign")
    end = _edge_of(places[node], direction, -1)
    start = (x + RADIUS, y) if direction == "right" else (x, y - RADIUS)
    ax.plot(*zip(start, end, strict=True), color=COLORS["grey"], linestyle="-", linewidth=1.2)


def _operation_place(place: tuple[float, float], direction: str) -> tuple[float, float]:
    """An operation stands before the box that it fills."""
    x, y = place
    if direction == "right":
        return x - WIDTH / 2 - GAP - RADIUS, y
    return x, y + HEIGHT / 2 + GAP + RADIUS


def _passing(place: tuple[float, float], direction: str) -> tuple[float, float]:
    """Return where an edge that passes a column must be at its height, before the operations."""
    x, y = _operation_place(place, direction)
    return (x - RADIUS, y) if direction == "right" else (x, y + RADIUS)


def _edge_of(place: tuple[float, float], direction: str, side: int) -> tuple[float, float]:
    """Return where arrows leave a box (side 1) or reach it (side -1)."""
    x, y = place
    return (x + side * WIDTH / 2, y) if direction == "right" else (x, y - side * HEIGHT / 2)


def _draw_edge(ax: Axes, path: list[Item], places: Places, direction: str, shift: float) -> None:
    """Draw the way of an operand around the boxes of other columns to its operation."""
    first, *corners, last = (places[item] for item in path)
    way = [_edge_of(first, direction, 1)]
    for corner in corners:
        way.append(_passing(corner, direction))
        way.append(_edge_of(corner, direction, 1))
    way = [(x, y + shift) if direction == "right" else (x + shift, y) for x, y in way]
    (x0, y0), (x1, y1) = way[-1], _operation_place(last, direction)
    cut = 1 - RADIUS / math.hypot(x1 - x0, y1 - y0)
    end = (x0 + cut * (x1 - x0), y0 + cut * (y1 - y0))
    looks: dict[str, Any] = {"color": COLORS["grey"], "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    ax.plot(*zip(*way, strict=True), color=COLORS["grey"], linestyle="-", linewidth=1.2)
    ax.annotate("", end, way[-1], arrowprops={"arrowstyle": "-|>", **looks}, gid="edge")
