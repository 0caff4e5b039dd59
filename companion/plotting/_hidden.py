"""The plane of the inputs and that of two hidden units: what the first layer does to points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.physics._check import check_count, check_number
from companion.plotting._maps import ask, check_data, draw_points, window_around
from companion.plotting._optimization import _ticks
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes


def hidden_plane(
    hidden: Callable[[Any], Any],
    output: Callable[[Any], Any],
    X: Tensor | np.ndarray | Sequence[Sequence[float]],
    y: Tensor | np.ndarray | Sequence[Any],
    *,
    labels: Sequence[str] | None = None,
    level: float = 0.0,
    n: int = 150,
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw points before and after a hidden layer of two units, and what separates the classes.

    The left plane is that of the inputs, the right one that of the hidden units. In both, the side
    on which the output exceeds ``level`` is hatched, and the line where it equals ``level`` is
    drawn as a contour, so that it may be vertical, curved, or consist of several pieces.

    Parameters
    ----------
    hidden : the layer with its activation: takes an array of the kind and dtype of ``X``, of shape
        (k, 2), and returns one of shape (k, 2).
    output : takes what ``hidden`` returns, and returns k numbers.
    X : Array[m, 2], the points.
    y : Array[m], their classes.
    labels : one text for each point; points at the same place share a line. None if not given.
    level : of the separating contour, 0 for weighted sums and 0.5 for probabilities.
    n : points along each side where the output is evaluated.
    axes : the two axes to draw on; new ones side by side if not given.

    Returns
    -------
    The two axes, each with contour sets with gid ``"region"`` and ``"boundary"`` (where the output
    crosses the level), a line with gid ``"points"`` for each class, and texts with gid
    ``"label"``.

    Raises
    ------
    TypeError
        If ``hidden`` or ``output`` is no function, or an array holds no real numbers.
    ValueError
        If an array has the wrong shape, the labels do not fit, or ``n`` is too small.

    Proven equal to its description in ``tests/plotting/test_maps.py``.
    Book: chapters/07-neural-networks/hidden-layers
    """
    for name, function in (("hidden", hidden), ("output", output)):
        if not callable(function):
            raise TypeError(f"{name} must be a function, got {type(function).__name__}")
    points, classes, indices = check_data(X, y)
    texts = _check_labels(labels, len(points))
    check_count(n, "n", 2)
    check_number(level, "level")
    moved = torch.from_numpy(ask(hidden, X, points, "hidden").astype(float))
    if moved.shape != points.shape or not bool(moved.isfinite().all()):
        raise ValueError(f"hidden must return finite {tuple(points.shape)}, got {moved.shape}")
    left, right = _pair(axes)
    for ax, here, score, letter in (
        (left, points, lambda at: output(hidden(at)), "x"),
        (right, moved, output, "h"),
    ):
        window = window_around(here)
        x, y_ticks = _ticks(window[0], n, "xlim"), _ticks(window[1], n, "ylim")
        found = ask(score, X, torch.cartesian_prod(x, y_ticks), "output")
        if found.size != n * n:
            raise ValueError(f"output must return one number a point, got shape {found.shape}")
        heights = found.astype(float).reshape(n, n).T - level
        _draw_side(ax, (x.numpy(), y_ticks.numpy()), heights)
        draw_points(ax, here, classes, indices)
        _write_labels(ax, here, texts)
        names = {"xlabel": f"${letter}_1$", "ylabel": f"${letter}_2$"}
        ax.set(xlim=window[0], ylim=window[1], **names)
    left.set_title("inputs")
    right.set_title("hidden units")
    return left, right


def _draw_side(ax: Axes, plane: Any, heights: np.ndarray) -> None:
    """Tint and hatch where the output is above the level, and draw its contour."""
    import numpy as np

    if heights.max() > 0:
        looks: dict[str, Any] = {"colors": [f"{COLORS['vermillion']}2E"], "hatches": ["//"]}
        filled = ax.contourf(*plane, heights, [0, np.inf], **looks)
        filled.set(gid="region", edgecolor="#00000030", linewidth=0)
    if heights.min() < 0 < heights.max():
        ax.contour(*plane, heights, [0], colors="black", linewidths=2).set_gid("boundary")


def _pair(axes: Any) -> tuple[Axes, Axes]:
    if axes is None:
        import matplotlib.pyplot as plt

        left, right = plt.subplots(1, 2, figsize=(5.4, 3.0))[1]
        return left, right
    try:
        left, right = axes
    except (TypeError, ValueError) as error:
        raise ValueError(f"axes must be two axes, got {axes!r}") from error
    return left, right


def _check_labels(labels: Any, count: int) -> list[str]:
    if labels is None:
        return []
    if isinstance(labels, str) or len(labels) != count:
        raise ValueError(f"labels must have {count} entries, got {labels!r}")
    return [str(label) for label in labels]


def _write_labels(ax: Axes, points: Tensor, texts: list[str]) -> None:
    """Write each text above its point; points at the same place share one text."""
    from matplotlib.patheffects import withStroke

    places: dict[tuple[float, ...], list[str]] = {}
    span = float((points.amax(dim=0) - points.amin(dim=0)).max()) or 1.0
    for point, text in zip(points, texts, strict=bool(texts)):
        key = tuple((point / span).mul(100).round().tolist())
        places.setdefault(key, []).append(text)
    for key, shared in places.items():
        x, y = (span * k / 100 for k in key)
        looks: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "zorder": 5}
        looks |= {"path_effects": [withStroke(linewidth=3, foreground="white")]}
        ax.annotate(", ".join(shared), (x, y), (0, 8), gid="label", fontsize=11, **looks)
