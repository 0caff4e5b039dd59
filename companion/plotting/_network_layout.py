"""Where the units of a network stand: in inches on the page, so that texts find room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Place: TypeAlias = tuple[float, float]
MOST, FIRST, LAST = 8, 4, 3


@dataclass(frozen=True)
class Layout:
    """The places in inches: of the drawn units by their index, of the dots, of the brackets."""

    width: float
    height: float
    radius: float
    floor: float
    columns: list[float]
    units: list[dict[int, Place]]
    gaps: list[Place | None]

    def fraction(self, layer: int) -> float:
        """Return the fraction of the way to the next layer at which the numbers stand.

        At the fraction t, the edges of n units before and m after meet a vertical line at
        (1 - t) y_i + t y_j. Those of one unit before keep clear of those of the next if
        (1 - t) a = m t b, with the distances a before and b after; those of one unit after if
        t b = n (1 - t) a. The wider spacing wins.
        """
        before, after = self.units[layer], self.units[layer + 1]
        if len(before) == 1 or len(after) == 1:
            return 0.5
        a, b = _spacing(before), _spacing(after)
        near, far = a / (a + len(after) * b), len(before) * a / (len(before) * a + b)
        return near if near * b >= (1 - far) * a else far


def place(
    counts: list[int],
    labels: list[list[str] | None],
    brackets: bool,
    deltas: bool,
    biases: bool,
    ax: Axes,
) -> Layout:
    """Return the places of all units on the axes."""
    width, height = _inches(ax)
    slots = [min(count, MOST) for count in counts]
    below = 0.05 + 0.6 * brackets + 0.22 * deltas
    above = 0.05 + 0.22 * biases + 0.22 * _has_labels(labels[1:-1])
    # Text above and below a unit needs room between the units as well.
    room = (height - below - above) / max(slots)
    between = 0.22 * deltas + 0.22 * biases + 0.06
    radius = min(0.3, max(0.12, (room - between) / 2))
    sides = [_side(labels[k], radius, brackets) for k in (0, -1)]
    left, right = sides[0], width - sides[1]
    step = (right - left) / (len(counts) - 1)
    columns = [left + step * layer for layer in range(len(counts))]
    middle = below + (height - below - above) / 2
    units: list[dict[int, Place]] = []
    gaps: list[Place | None] = []
    for x, count, slot in zip(columns, counts, slots, strict=True):
        distance = min(room, 1.2) if slot == max(slots) else min(1.2, room * max(slots) / slot)
        rows = [middle + distance * ((slot - 1) / 2 - k) for k in range(slot)]
        if count <= MOST:
            units.append({k: (x, y) for k, y in enumerate(rows)})
            gaps.append(None)
        else:
            shown = [*range(FIRST), *range(count - LAST, count)]
            units.append(
                {k: (x, y) for k, y in zip(shown, rows[:FIRST] + rows[-LAST:], strict=True)}
            )
            gaps.append((x, rows[FIRST]))
    return Layout(width, height, radius, 0.52, columns, units, gaps)


def width_of(text: str, size: float) -> float:
    """Return the width of a text in inches, mathematics included."""
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), text, size=size).get_extents().width) / 72 if text else 0.01


def _inches(ax: Axes) -> Place:
    """Return the size that the axes have or, as their frame goes, will have."""
    from matplotlib.figure import Figure

    figure = ax.get_figure()
    if isinstance(figure, Figure) and len(figure.axes) == 1:
        width, height = figure.get_size_inches()
        return 0.97 * float(width), 0.97 * float(height)
    box = ax.get_window_extent()
    dots = float(ax.figure.dpi)
    return float(box.width) / dots, float(box.height) / dots


def _side(texts: list[str] | None, radius: float, brackets: bool) -> float:
    label = max((width_of(text, 12) for text in texts), default=0) + 0.12 if texts else 0.05
    return max(radius + label, 0.55 if brackets else 0.0)


def _has_labels(texts: list[list[str] | None]) -> bool:
    return any(entry is not None for entry in texts)


def _spacing(units: dict[int, Place]) -> float:
    heights = [y for _, y in units.values()]
    return heights[0] - heights[1]
