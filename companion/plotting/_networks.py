"""Diagrams of feed-forward networks: units, edges, and the numbers that run through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from torch import Tensor

from companion.physics._check import check_count
from companion.plotting._convergence import as_numbers
from companion.plotting._heatmap import readable
from companion.plotting._network_layout import Layout, place, width_of
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    Numbers: TypeAlias = Tensor | np.ndarray | Sequence[float]

MOST_NUMBERED = 12


def draw_network(
    sizes: Sequence[int],
    *,
    labels: Sequence[Sequence[str] | None] | None = None,
    weights: Sequence[Tensor | np.ndarray | Sequence[Sequence[float]]] | None = None,
    biases: Sequence[Numbers] | None = None,
    values: Sequence[Numbers | None] | None = None,
    deltas: Sequence[Numbers | None] | None = None,
    brackets: bool = False,
    digits: int = 3,
    ax: Axes | None = None,
) -> Axes:
    """Draw a feed-forward network: a circle for each unit, an edge for each weight.

    An edge grows thicker with the size of its weight and is dashed if it is negative; it carries
    its number where two layers have at most 12 edges between them. Of a layer of more than 8
    units, the first four and the last three are drawn.

    Parameters
    ----------
    sizes : units in each layer, the inputs first; at least two layers.
    labels : for each layer a text for each unit, or ``None``. They stand left of the inputs and
        right of the outputs, and in hidden units or, with a value or a long text, above them.
    weights : for each layer but the first Array[units, units before]; entry (j, i) leads to unit
        j from unit i, as in ``torch.nn.Linear``.
    biases : for each layer but the first Array[units]; written above the units.
    values : for each layer Array[units], written in the units and shown by their colour, dark for
        0 or the least, pale for 1 or the largest; or ``None`` for a layer without values yet.
    deltas : for each layer Array[units], written below the units, or ``None``.
    brackets : name input, hidden and output layers below, with their sizes.
    digits : significant digits of all numbers.
    ax : the axes to draw on; new ones if not given. They lose their frame.

    Returns
    -------
    The axes: lines with gid ``"edge"``, layer by layer, unit by unit; circles with gid ``"unit"``;
    texts with gid ``"label"``, ``"weight"``, ``"bias"``, ``"value"``, ``"delta"``, ``"dots"`` and
    ``"bracket"``.

    Raises
    ------
    TypeError
        If a size is no int, or an array holds no real numbers.
    ValueError
        If there are less than two layers, a size is below 1, or the entries of another argument
        do not fit the sizes.

    Proven equal to its description in ``tests/plotting/test_networks.py``.
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    counts = _check_sizes(sizes)
    texts = _check_labels(labels, counts)
    pairs = list(zip(counts[1:], counts, strict=False))
    matrices = _check_arrays(weights, "weights", pairs)
    shifts = [None, *_check_arrays(biases, "biases", [(m,) for m in counts[1:]])]
    forward = _check_arrays(values, "values", [(m,) for m in counts], optional=True)
    backward = _check_arrays(deltas, "deltas", [(m,) for m in counts], optional=True)
    check_count(digits, "digits")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    layout = place(counts, texts, brackets, deltas is not None, biases is not None, ax)
    for layer, matrix in enumerate(matrices):
        _draw_edges(ax, layout, layer, matrix, digits)
    shade = _shading(forward)
    for layer, numbers in enumerate(zip(forward, shifts, backward, strict=True)):
        _draw_layer(ax, layout, layer, (texts[layer], *numbers), shade, digits)
    if brackets:
        _draw_brackets(ax, layout, counts)
    ax.set(xlim=(0, layout.width), ylim=(0, layout.height), aspect="equal")
    ax.axis("off")
    return ax


def _draw_edges(ax: Axes, layout: Layout, layer: int, matrix: Tensor | None, digits: int) -> None:
    """Draw the edges into a layer, their numbers at one fraction of their way."""
    before, after = layout.units[layer], layout.units[layer + 1]
    top = 1.0 if matrix is None else float(matrix.abs().max()) or 1.0
    numbered = matrix is not None and len(before) * len(after) <= MOST_NUMBERED
    way = layout.fraction(layer)
    for j, (x1, y1) in after.items():
        for i, (x0, y0) in before.items():
            looks: dict[str, Any] = {"color": COLORS["grey"], "linewidth": 0.8, "linestyle": "-"}
            if matrix is not None:
                weight = float(matrix[j, i])
                sign = weight < 0
                looks = {"color": COLORS["vermillion" if sign else "blue"]}
                looks |= {"linestyle": "--" if sign else "-"}
                looks["linewidth"] = 0.6 + 2 * abs(weight) / top
            ax.plot([x0, x1], [y0, y1], gid="edge", zorder=1, **looks)
            if numbered and matrix is not None:
                at = (x0 + way * (x1 - x0), y0 + way * (y1 - y0))
                _write(ax, at, _number(float(matrix[j, i]), digits), "weight", size=11, box=True)


def _draw_layer(
    ax: Axes,
    layout: Layout,
    layer: int,
    numbers: tuple[list[str] | None, Tensor | None, Tensor | None, Tensor | None],
    shade: Any,
    digits: int,
) -> None:
    """Draw the circles of a layer with what stands in and around them."""
    from matplotlib.patches import Circle

    texts, values, biases, deltas = numbers
    radius = layout.radius
    for k, (x, y) in layout.units[layer].items():
        face = "white" if values is None else shade(float(values[k]))
        looks: dict[str, Any] = {"facecolor": face, "edgecolor": "black", "linewidth": 1.5}
        ax.add_patch(Circle((x, y), radius, gid="unit", zorder=3, **looks))
        if values is not None:
            color = readable(face)
            size = min(11.0, 11 * 1.8 * radius / width_of(_number(float(values[k]), digits), 11))
            _write(ax, (x, y), _number(float(values[k]), digits), "value", color=color, size=size)
        above = y + radius + 0.03
        if biases is not None:
            text = f"b = {_number(float(biases[k]), digits)}"
            _write(ax, (x, above), text, "bias", va="bottom", size=11, box=True)
            above += 0.19
        if texts is not None:
            _draw_label(ax, layout, layer, (x, y), above, texts[k], values is None)
        if deltas is not None:
            looks = {"color": COLORS["vermillion"], "fontweight": "bold", "va": "top"}
            text = f"δ = {_number(float(deltas[k]), digits)}"
            _write(ax, (x, y - radius - 0.03), text, "delta", size=11, box=True, **looks)
    gap = layout.gaps[layer]
    if gap is not None:
        ax.text(gap[0], gap[1], "⋮", gid="dots", ha="center", va="center", fontsize=20)


def _draw_label(
    ax: Axes,
    layout: Layout,
    layer: int,
    at: tuple[float, float],
    above: float,
    text: str,
    free: bool,
) -> None:
    x, y = at
    aside = layout.radius + 0.07
    if layer == 0:
        _write(ax, (x - aside, y), text, "label", ha="right")
    elif layer == len(layout.units) - 1:
        _write(ax, (x + aside, y), text, "label", ha="left")
    elif free and width_of(text, 12) < 1.8 * layout.radius:
        _write(ax, (x, y), text, "label")
    else:
        _write(ax, (x, above), text, "label", va="bottom", box=True)


def _draw_brackets(ax: Axes, layout: Layout, counts: list[int]) -> None:
    last = len(counts) - 1
    names = [("input layer", 0, 0), ("output layer", last, last)]
    if last > 1:
        names.insert(1, ("hidden layer" + "s" * (last > 2), 1, last - 1))
    for name, first, final in names:
        x = [layout.columns[first] - layout.radius, layout.columns[final] + layout.radius]
        y = layout.floor
        looks: dict[str, Any] = {"color": "black", "linewidth": 1.2, "linestyle": "-"}
        ax.plot([x[0], x[0], x[1], x[1]], [y + 0.08, y, y, y + 0.08], gid="bracket", **looks)
        widths = counts[first : final + 1]
        units = "unit" if widths == [1] else "units"
        text = f"{name}\n{' + '.join(map(str, widths))} {units}"
        _write(ax, ((x[0] + x[1]) / 2, y - 0.05), text, "bracket", va="top", size=11)


def _write(ax: Axes, at: tuple[float, float], text: str, gid: str, **looks: Any) -> None:
    style: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 4, "linespacing": 1.1}
    if looks.pop("box", False):
        # Edges run behind the text, not through it.
        style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9}
        style["zorder"] = 2.5
    style["fontsize"] = looks.pop("size", 12)
    ax.text(*at, text, gid=gid, **(style | looks))


def _number(value: float, digits: int) -> str:
    # Zero has no sign.
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def _shading(values: list[Tensor | None]) -> Any:
    """Return the colour of a value: from dark at 0, or the least, to pale at 1, or the largest."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    known = [value for given in values if given is not None for value in given.tolist()]
    finite = [value for value in known if abs(value) < float("inf")]
    scale = Normalize(min([0.0, *finite]), max([1.0, *finite]))
    return lambda value: colormaps["cividis"](float(scale(value)))


def _check_sizes(sizes: Any) -> list[int]:
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or len(sizes) < 2:
        raise ValueError(f"sizes must be a list of at least two layers, got {sizes!r}")
    return [check_count(size, "sizes") for size in sizes]


def _check_labels(labels: Any, counts: list[int]) -> list[list[str] | None]:
    if labels is None:
        return [None] * len(counts)
    if isinstance(labels, str) or len(labels) != len(counts):
        raise ValueError(f"labels must have an entry for each of {len(counts)} layers")
    for given, count in zip(labels, counts, strict=True):
        if given is not None and (isinstance(given, str) or len(given) != count):
            raise ValueError(f"labels must have {count} texts for a layer of {count}: {given!r}")
    return [None if given is None else [str(text) for text in given] for given in labels]


def _check_arrays(
    arrays: Any, name: str, shapes: Sequence[tuple[int, ...]], *, optional: bool = False
) -> list[Tensor | None]:
    if arrays is None:
        return [None] * len(shapes)
    if len(arrays) != len(shapes):
        raise ValueError(f"{name} must have {len(shapes)} entries, got {len(arrays)}")
    found: list[Tensor | None] = []
    for given, shape in zip(arrays, shapes, strict=True):
        array = None if given is None and optional else as_numbers(given, name)
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} must have shapes {list(shapes)}, got {tuple(array.shape)}")
        found.append(array)
    return found
