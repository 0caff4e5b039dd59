"""Maps of the plane: what a classifier says where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.physics._check import check_count
from companion.plotting._convergence import MARKERS, as_numbers
from companion.plotting._optimization import _ticks
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

HATCHES = (None, "//", "..", "\\\\", "++", "oo")
COLOR_NAMES = ("blue", "vermillion", "green", "black", "grey", "purple")


def decision_map(
    predict: Callable[[Any], Any],
    X: Tensor | np.ndarray | Sequence[Sequence[float]],
    y: Tensor | np.ndarray | Sequence[Any],
    *,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    n: int = 150,
    ax: Axes | None = None,
) -> Axes:
    """Colour the plane by what a classifier predicts, and draw the points of the classes.

    Classes get a colour and a hatch each. Probabilities of class 1 get filled contours, numbered
    lines at 0.1, 0.25, 0.75 and 0.9, and a thick one at 0.5.

    Parameters
    ----------
    predict : takes an array of the kind and dtype of ``X``, of shape (k, 2), and returns classes
        (integers, booleans or texts) of shape (k,), probabilities of class 1 (floats from 0 to 1)
        of shape (k,) or (k, 1), or of all classes in their order, of shape (k, classes).
    X : Array[m, 2], the points.
    y : Array[m], their classes.
    xlim, ylim : the window; around the points if not given.
    n : points along each side where ``predict`` is evaluated, all in one call.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: contour sets with gid ``"region"`` (one for each class that is predicted, or one of
    probabilities) and ``"boundary"``, then a line with gid ``"points"`` for each class, with a
    label for a legend.

    Raises
    ------
    TypeError
        If ``predict`` is no function, or ``X`` holds no real numbers.
    ValueError
        If ``X`` has not the shape (m, 2), ``y`` does not fit, ``predict`` returns something else,
        a limit is not above the other, or ``n`` is too small.

    Proven equal to its description in ``tests/plotting/test_maps.py``.
    Book: chapters/07-neural-networks/hidden-layers
    """
    import numpy as np

    if not callable(predict):
        raise TypeError(f"predict must be a function, got {type(predict).__name__}")
    points, classes, indices = check_data(X, y)
    check_count(n, "n", 2)
    window = window_around(points)
    x, y_ticks = _ticks(xlim or window[0], n, "xlim"), _ticks(ylim or window[1], n, "ylim")
    found = ask(predict, X, torch.cartesian_prod(x, y_ticks))
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    plane = (x.numpy(), y_ticks.numpy())
    found = _one_column(found, classes)
    if found.dtype.kind == "f" and not np.isin(found, classes).all():
        _draw_probabilities(ax, plane, found.reshape(n, n).T)
    else:
        known = np.unique(np.concatenate([classes, np.unique(found)]))
        _draw_regions(ax, plane, np.searchsorted(known, found).reshape(n, n).T, len(known))
        indices = np.searchsorted(known, classes)[indices]
        classes = known
    draw_points(ax, points, classes, indices)
    window = [(float(ticks[0]), float(ticks[-1])) for ticks in (x, y_ticks)]
    ax.set(xlim=window[0], ylim=window[1], xlabel="$x_1$", ylabel="$x_2$")
    return ax


def ask(function: Callable[[Any], Any], X: Any, at: Tensor, name: str = "predict") -> np.ndarray:
    """Return what the function says at the points, given in the kind, dtype and device of X."""
    import numpy as np

    floating = isinstance(X, Tensor) and X.is_floating_point()
    given = at.numpy() if isinstance(X, np.ndarray) else at.to(X) if floating else at
    with torch.no_grad():
        found = function(given)
    array = found.detach().cpu().numpy() if isinstance(found, Tensor) else np.asarray(found)
    if array.ndim < 1 or len(array) != len(at):
        raise ValueError(f"{name} must return {len(at)} rows, got shape {array.shape}")
    return array


def _one_column(found: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return classes, or probabilities of class 1, of shape (k,)."""
    import numpy as np

    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.dtype.kind == "f" and found.ndim == 1 and np.isin(found, classes).all():
        return found.astype(classes.dtype)
    if found.dtype.kind == "f" and not (found.min() >= 0 and found.max() <= 1):
        raise ValueError("predict must return classes, or probabilities from 0 to 1")
    if found.ndim == 2 and found.dtype.kind == "f" and found.shape[1] == len(classes):
        probability: np.ndarray = found[:, 1]
        return probability if len(classes) == 2 else classes[found.argmax(axis=1)]
    if found.ndim != 1:
        raise ValueError(f"predict must return one column, got shape {found.shape}")
    return found


def _draw_regions(ax: Axes, plane: Any, indices: np.ndarray, count: int) -> None:
    for k in range(count):
        here = (indices == k).astype(float)
        if not here.any():
            continue
        tint = f"{COLORS[COLOR_NAMES[k % len(COLOR_NAMES)]]}2E"
        looks: dict[str, Any] = {"colors": [tint], "hatches": [HATCHES[k % len(HATCHES)]]}
        filled = ax.contourf(*plane, here, [0.5, 1.5], **looks)
        # The hatch is faint, so that points stand out.
        filled.set(gid="region", edgecolor="#00000030", linewidth=0)
        if not here.all():
            line = ax.contour(*plane, here, [0.5], colors="black", linewidths=1.5)
            line.set_gid("boundary")


def _draw_probabilities(ax: Axes, plane: Any, probability: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    tints = LinearSegmentedColormap.from_list("classes", ["#8FBFDD", "#FFFFFF", "#EFB48A"])
    levels = [k / 10 for k in range(11)]
    ax.contourf(*plane, probability, levels, cmap=tints, vmin=0, vmax=1).set_gid("region")
    looks: dict[str, Any] = {"colors": COLORS["grey"], "linewidths": 0.8}
    inside = [v for v in (0.1, 0.25, 0.75, 0.9) if probability.min() < v < probability.max()]
    if inside:
        lines = ax.contour(*plane, probability, inside, **looks)
        lines.set_gid("lines")
        _number_lines(ax, lines)
    if probability.min() < 0.5 < probability.max():
        line = ax.contour(*plane, probability, [0.5], colors="black", linewidths=2)
        line.set_gid("boundary")


def _number_lines(ax: Axes, lines: Any) -> None:
    from matplotlib.patheffects import withStroke

    for text in ax.clabel(lines, fontsize=10, colors="black"):
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])


def draw_points(ax: Axes, points: Tensor, classes: np.ndarray, indices: np.ndarray) -> None:
    for k, name in enumerate(classes):
        here = points[torch.from_numpy(indices == k)]
        if not len(here):
            continue
        looks: dict[str, Any] = {"marker": MARKERS[k % len(MARKERS)], "linestyle": "none"}
        looks |= {"color": COLORS[COLOR_NAMES[k % len(COLOR_NAMES)]], "markeredgecolor": "white"}
        many = len(points) > 30
        x, y = here.mT.tolist()
        looks |= {"markersize": 6 if many else 10, "zorder": 4, "label": f"class {name}"}
        ax.plot(x, y, gid="points", **looks)


def window_around(points: Tensor) -> list[tuple[float, float]]:
    """Return limits for x and y, a fifth of the points' extent beyond them."""
    low, high = points.amin(dim=0), points.amax(dim=0)
    edge = torch.where(high > low, 0.2 * (high - low), 0.5)
    return list(zip((low - edge).tolist(), (high + edge).tolist(), strict=True))


def check_data(X: Any, y: Any) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """Return the points [m, 2], the classes in order, and the index of each point's class."""
    import numpy as np

    points = as_numbers(X, "X")
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"X must have shape (m, 2), got {tuple(points.shape)}")
    if not bool(points.isfinite().all()):
        raise ValueError("X must be finite")
    given = y.detach().cpu().numpy() if isinstance(y, Tensor) else np.asarray(y)
    if given.shape != (len(points),):
        raise ValueError(f"y must have shape ({len(points)},), got {given.shape}")
    classes, indices = np.unique(given, return_inverse=True)
    # 1.0 and 1 are one class, and it is called 1.
    if classes.dtype.kind == "f" and (classes == classes.round()).all():
        classes = classes.astype(int)
    return points, classes, indices
