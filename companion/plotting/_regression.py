"""Bullseyes, loss surfaces and predictive bands: the pictures of regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.physics._check import check_count, check_number, check_positive
from companion.plotting._convergence import as_numbers
from companion.plotting._linalg import _equal_axes
from companion.plotting._optimization import _ticks, _values
from companion.plotting._style import COLORS, LINES

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

HATCHES = (None, "//", "\\\\", "..")


def bullseye(
    shots: Tensor | np.ndarray | Sequence[Sequence[float]],
    *,
    center: tuple[float, float] = (0.5, 0.5),
    radii: Sequence[float] = (0.35, 0.25, 0.15, 0.03),
    ax: Axes | None = None,
) -> Axes:
    """Draw shots on a target: their scatter is the variance, the way to their mean the bias.

    Parameters
    ----------
    shots : Array[n, 2], n at least 1.
    center : of the target.
    radii : of its rings, in any order; the smallest is filled.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: circles with gid ``"ring"``, largest first, then lines with gid ``"bias"`` (dashed,
    from the centre to the mean), ``"shots"`` (crosses) and ``"mean"`` (a diamond), with labels
    for a legend; equal scales, no ticks.

    Raises
    ------
    TypeError
        If ``shots`` holds no real numbers, or another number is none.
    ValueError
        If ``shots`` has not the shape (n, 2) or is not finite, ``center`` is no pair, or a radius
        is not positive.

    Proven equal to its description in ``tests/plotting/test_regression.py``.
    Book: chapters/05-regression/bias-variance
    """
    points = as_numbers(shots, "shots")
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"shots must have shape (n, 2), got {tuple(points.shape)}")
    _check_finite(points, "shots")
    if not isinstance(center, Sequence) or len(center) != 2:
        raise ValueError(f"center must be two numbers, got {center!r}")
    x0, y0 = (check_number(c, "center") for c in center)
    if not isinstance(radii, Sequence) or not radii:
        raise ValueError(f"radii must be a list of numbers, got {radii!r}")
    rings = sorted((check_positive(r, "radii") for r in radii), reverse=True)
    ax = _equal_axes(ax)
    _draw_rings(ax, (x0, y0), rings)
    _draw_shots(ax, (x0, y0), points)
    reach = 1.08 * max(rings[0], float((points - points.new_tensor([x0, y0])).abs().max()))
    ax.set(xlim=(x0 - reach, x0 + reach), ylim=(y0 - reach, y0 + reach), xticks=[], yticks=[])
    return ax


def loss_surface(
    f: Callable[[Tensor], Any],
    xlim: tuple[float, float] = (-2.0, 2.0),
    ylim: tuple[float, float] = (-2.0, 2.0),
    *,
    point: Tensor | np.ndarray | Sequence[float] | None = None,
    levels: int | Sequence[float] = 12,
    n: int = 100,
    ax: Axes | None = None,
) -> Axes:
    """Draw the loss over two weights: filled contours, or a surface if the axes have depth.

    The contour lines are numbered, so that no value is known by its colour alone.

    Parameters
    ----------
    f : takes Tensor[2], the weights, and returns one number.
    xlim, ylim : the window of the weights.
    point : Array[2], the current weights, drawn as a star; none if not given.
    levels : about how many contours, or their values; a surface does not use them.
    n : points along each side where ``f`` is evaluated.
    ax : the axes to draw on, with ``projection="3d"`` for a surface; new flat ones if not given.

    Returns
    -------
    The axes: contour sets with gid ``"filled"`` and ``"lines"``, or a collection with gid
    ``"surface"``; then a line with gid ``"point"``. The axes are named after the weights.

    Raises
    ------
    TypeError
        If ``f`` is no function, or a number is none.
    ValueError
        If ``f`` returns more than one number or is finite nowhere, a limit is not above the
        other, ``n`` is too small, or ``point`` has not the shape (2,) or is not finite.

    Proven equal to its description in ``tests/plotting/test_regression.py``.
    Book: chapters/05-regression/least-squares
    """
    if not callable(f):
        raise TypeError(f"f must be a function, got {type(f).__name__}")
    check_count(n, "n", 2)
    x, y = _ticks(xlim, n, "xlim"), _ticks(ylim, n, "ylim")
    at = None if point is None else _check_point(point)
    z = _values(f, torch.cartesian_prod(x, y)).reshape(n, n).mT
    if not bool(z.isfinite().any()):
        raise ValueError("f must be finite somewhere in the window")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    deep = ax.name == "3d"
    (_draw_surface if deep else _draw_contours)(ax, x, y, z, levels)
    if at is not None:
        height = [float(_values(f, at[None]))] if deep else []
        looks: dict[str, Any] = {"color": COLORS["vermillion"], "markeredgecolor": "white"}
        place = [[float(c)] for c in (*at, *height)]
        ax.plot(*place, "*", gid="point", markersize=16, zorder=5, label="current weights", **looks)
    ax.set(xlim=xlim, ylim=ylim, xlabel="$w_0$", ylabel="$w_1$")
    return ax


def predictive_band(
    x: Tensor | np.ndarray | Sequence[float],
    mean: Tensor | np.ndarray | Sequence[float],
    std: Tensor | np.ndarray | Sequence[float] | float,
    *,
    n_std: float = 1.0,
    label: str | None = "prediction",
    ax: Axes | None = None,
) -> Axes:
    """Draw a predicted mean as a dashed line in a band of so many standard deviations.

    The legend's text says how many: one covers 68 % of normal readings, 1.96 cover 95 %. Each
    further band on the same axes has another colour, dash and hatch.

    Parameters
    ----------
    x : Array[n], in any order.
    mean : Array[n].
    std : Array[n], or one number for all.
    n_std : half width of the band in standard deviations.
    label : of the line in a legend, and with the width that of the band; ``None`` for neither.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: an area with gid ``"band"`` and a line with gid ``"mean"``.

    Raises
    ------
    TypeError
        If an array holds no real numbers, or ``n_std`` is no number.
    ValueError
        If the shapes do not fit, a number is not finite, ``std`` is negative, or ``n_std`` is not
        positive.

    Proven equal to its description in ``tests/plotting/test_regression.py``.
    Book: chapters/05-regression/bayesian-regression
    """
    at, middle, spread = _check_band(x, mean, std)
    half = check_positive(n_std, "n_std") * spread
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    drawn = sum(line.get_gid() == "mean" for line in ax.lines)
    name, dash = LINES[1:][drawn % (len(LINES) - 1)]
    color = COLORS[name]
    looks: dict[str, Any] = {"facecolor": f"{color}33", "edgecolor": color, "linewidth": 0.8}
    looks |= {"hatch": HATCHES[drawn % len(HATCHES)], "gid": "band"}
    text = None if label is None else f"{label} ± {n_std:g} std"
    low, high = (middle - half).tolist(), (middle + half).tolist()
    ax.fill_between(at.tolist(), low, high, label=text, **looks)
    ax.plot(at.tolist(), middle.tolist(), color=color, linestyle=dash, gid="mean", label=label)
    return ax


def _draw_rings(ax: Axes, center: tuple[float, float], rings: Sequence[float]) -> None:
    from matplotlib.patches import Circle

    for i, radius in enumerate(rings):
        last = i == len(rings) - 1
        face = f"{COLORS['vermillion']}80" if last else "#F2F2F2" if i % 2 == 0 else "white"
        ring = Circle(center, radius, facecolor=face, edgecolor=COLORS["grey"], gid="ring")
        ax.add_patch(ring)


def _draw_shots(ax: Axes, center: tuple[float, float], points: Tensor) -> None:
    (x, y), (x_mean, y_mean) = points.mT.tolist(), points.mean(dim=0).tolist()
    way: dict[str, Any] = {"gid": "bias", "label": "bias", "color": COLORS["black"], "zorder": 3}
    ax.plot([center[0], x_mean], [center[1], y_mean], linestyle="--", linewidth=1.5, **way)
    looks: dict[str, Any] = {"linestyle": "none", "zorder": 4}
    ax.plot(x, y, marker="x", color=COLORS["blue"], gid="shots", label="shots", **looks)
    diamond: dict[str, Any] = {"marker": "D", "markersize": 7, "markeredgecolor": "white"}
    ax.plot([x_mean], [y_mean], color=COLORS["black"], gid="mean", label="mean", **diamond, **looks)


def _draw_contours(ax: Axes, x: Tensor, y: Tensor, z: Tensor, levels: Any) -> None:
    import numpy as np
    from matplotlib.patheffects import withStroke

    heights = np.ma.masked_invalid(z.numpy())
    filled = ax.contourf(x.numpy(), y.numpy(), heights, levels, cmap="cividis")
    filled.set_gid("filled")
    looks: dict[str, Any] = {"colors": "white", "linewidths": 0.8}
    lines = ax.contour(x.numpy(), y.numpy(), heights, filled.levels, **looks)
    lines.set_gid("lines")
    for text in ax.clabel(lines, fontsize=9, colors="black"):
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _draw_surface(ax: Any, x: Tensor, y: Tensor, z: Tensor, levels: Any) -> None:
    """``levels`` has no meaning here; ``Any``, since flat axes have no ``plot_surface``."""
    across, up = torch.meshgrid(x, y, indexing="xy")
    surface = ax.plot_surface(across.numpy(), up.numpy(), z.numpy(), cmap="cividis", alpha=0.9)
    surface.set_gid("surface")
    ax.set_zlabel("$J$")


def _check_point(point: Any) -> Tensor:
    at = as_numbers(point, "point")
    if at.shape != (2,):
        raise ValueError(f"point must have shape (2,), got {tuple(at.shape)}")
    return _check_finite(at, "point")


def _check_band(x: Any, mean: Any, std: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Return the three in the order of rising x."""
    at, middle, spread = as_numbers(x, "x"), as_numbers(mean, "mean"), as_numbers(std, "std")
    if at.ndim != 1 or not len(at):
        raise ValueError(f"x must have shape (n,), got {tuple(at.shape)}")
    spread = spread.expand(at.shape) if spread.ndim == 0 else spread
    for name, array in (("mean", middle), ("std", spread)):
        if array.shape != at.shape:
            raise ValueError(f"{name} must have shape {tuple(at.shape)}, got {tuple(array.shape)}")
    for name, array in (("x", at), ("mean", middle), ("std", spread)):
        _check_finite(array, name)
    if bool((spread < 0).any()):
        raise ValueError(f"std must not be negative, got {float(spread.min())}")
    order = at.argsort(stable=True)
    return at[order], middle[order], spread[order]


def _check_finite(array: Tensor, name: str) -> Tensor:
    if not bool(array.isfinite().all()):
        raise ValueError(f"{name} must be finite")
    return array
