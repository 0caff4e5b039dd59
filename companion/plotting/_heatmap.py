"""Annotated heat maps: a number in each cell, for grids of settings and tables of counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from companion.physics._check import check_count
from companion.plotting._convergence import as_numbers
from companion.plotting._optimization import _ticks
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes


def heatmap(
    values: Tensor | np.ndarray | Sequence[Sequence[float]],
    rows: Sequence[str | float],
    columns: Sequence[str | float],
    *,
    percent: bool = False,
    digits: int | None = None,
    best: str | tuple[int, int] | None = "max",
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a table as coloured cells with their numbers, the best one outlined.

    A cell that is not finite is hatched and says so. Text is black or white, whichever stands out
    more from its cell.

    Parameters
    ----------
    values : Array[r, c]; row 0 is on top.
    rows, columns : the names of the rows and columns: texts, or numbers (a power of ten is written
        as such).
    percent : write each value times 100 with a percent sign.
    digits : decimals of the numbers; 0 for percentages and 2 for others if not given.
    best : outline the largest value (``"max"``) or the smallest (``"min"``), with all that equal
        it; or the cell of this row and column; or none.
    limits : the values of the first and the last colour; those of the table if not given. Give
        them to compare several tables.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: an image with gid ``"cells"``, patches with gid ``"nan"`` and ``"best"``, and a text
    with gid ``"cell"`` in each cell, row by row.

    Raises
    ------
    TypeError
        If ``values`` holds no real numbers, or another argument is of the wrong kind.
    ValueError
        If ``values`` is no table, the names do not fit, ``best`` is no word or cell of it, or
        ``limits`` do not rise.

    Proven equal to its description in ``tests/plotting/test_maps.py``.
    Book: chapters/07-neural-networks/grid-search
    """
    table = as_numbers(values, "values")
    if table.ndim != 2 or not table.numel():
        raise ValueError(f"values must have shape (r, c), got {tuple(table.shape)}")
    left = _names(rows, "rows", table.shape[0])
    bottom = _names(columns, "columns", table.shape[1])
    decimals = (0 if percent else 2) if digits is None else check_count(digits, "digits", 0)
    chosen = _best_cells(table, best)
    low, high = _range(table, limits)
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    image = ax.imshow(table.numpy(), cmap="cividis", vmin=low, vmax=high, aspect="auto")
    image.set_gid("cells")
    ax.set_xticks(range(len(bottom)), bottom)
    ax.set_yticks(range(len(left)), left)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    for i, row in enumerate(table.tolist()):
        for j, value in enumerate(row):
            text = _number(value, percent, decimals)
            color = image.to_rgba(value) if math.isfinite(value) else None
            _cell(ax, (i, j), text, color, (i, j) in chosen)
    return ax


def readable(color: Any) -> str:
    """Return black or white, whichever has the higher contrast with the colour (WCAG 2)."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    # The contrasts with white, 1.05 / (l + 0.05), and black, (l + 0.05) / 0.05, are equal here.
    return "white" if luminance < math.sqrt(1.05 * 0.05) - 0.05 else "black"


def _cell(ax: Axes, at: tuple[int, int], text: str, color: Any, best: bool) -> None:
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    i, j = at
    if color is None:
        looks: dict[str, Any] = {"facecolor": "white", "edgecolor": "#999999", "linewidth": 0}
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, hatch="///", gid="nan", **looks))
    if best:
        looks = {"fill": False, "edgecolor": COLORS["vermillion"], "linewidth": 3, "zorder": 3}
        frame = Rectangle((j - 0.44, i - 0.44), 0.88, 0.88, gid="best", **looks)
        frame.set_path_effects([withStroke(linewidth=6, foreground="white")])
        ax.add_patch(frame)
    looks = {"color": "black" if color is None else readable(color), "ha": "center", "va": "center"}
    if color is None:
        looks["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    ax.text(j, i, text, gid="cell", fontweight="bold" if best else "normal", zorder=4, **looks)


def _number(value: float, percent: bool, decimals: int) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value}".replace("-", "−")
    text = f"{100 * value:.{decimals}f} %" if percent else f"{value:.{decimals}f}"
    return text.replace("-", "−")


def _names(given: Sequence[str | float], name: str, count: int) -> list[str]:
    """Return the texts of an axis; a power of ten is written as such."""
    listed = isinstance(given, Sequence | Tensor) or _is_array(given)
    if isinstance(given, str) or not listed:
        raise TypeError(f"{name} must be a list of names, got {type(given).__name__}")
    if len(given) != count:
        raise ValueError(f"{name} must have {count} names, got {len(given)}")
    return [_name(entry) for entry in given]


def _is_array(given: Any) -> bool:
    import numpy as np

    return isinstance(given, np.ndarray)


def _name(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    value = float(entry)
    # Tensors of single precision hold powers of ten to 7 digits.
    text = f"{value:.6g}"
    exponent = round(math.log10(value)) if value > 0 and math.isfinite(value) else 0
    if exponent not in (0, 1) and text == f"{10.0**exponent:.6g}":
        return f"$10^{{{exponent}}}$"
    return text.replace("-", "−")


def _best_cells(table: Tensor, best: Any) -> set[tuple[int, int]]:
    if best is None:
        return set()
    if isinstance(best, str) and best in ("max", "min"):
        finite = table[table.isfinite()]
        if not len(finite):
            return set()
        top = finite.max() if best == "max" else finite.min()
        return {(int(i), int(j)) for i, j in (table == top).nonzero()}
    if not isinstance(best, Sequence) or isinstance(best, str) or len(best) != 2:
        raise ValueError(f"best must be 'max', 'min', a row and a column, or None, got {best!r}")
    cell = (check_count(best[0], "best", 0), check_count(best[1], "best", 0))
    if cell[0] >= table.shape[0] or cell[1] >= table.shape[1]:
        raise ValueError(f"best must be a cell of {tuple(table.shape)}, got {cell}")
    return {cell}


def _range(table: Tensor, limits: Any) -> tuple[float, float]:
    if limits is not None:
        low, high = _ticks(limits, 2, "limits").tolist()
        return low, high
    finite = table[table.isfinite()]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
