"""Contour lines with gradients, and the paths of iterates between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.physics._check import check_count, check_number
from companion.plotting._convergence import MARKERS, as_numbers
from companion.plotting._linalg import _equal_axes
from companion.plotting._style import COLORS, LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from scipy.optimize import OptimizeResult


def contour_gradient(
    f: Callable[[Tensor], Any],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    levels: int | Sequence[float] = 12,
    arrows: int = 0,
    n: int = 60,
    ax: Axes | None = None,
) -> Axes:
    """Draw contour lines of a function of the plane, and its gradient as arrows.

    The lines are numbered, and those of negative values are dashed. The arrows point uphill; their
    lengths are proportional to the gradient's, the longest reaches as far as the next arrow.

    Parameters
    ----------
    f : takes Tensor[2] and returns one number; differentiable or not.
    xlim, ylim : the window; the axes keep it.
    levels : about how many lines, or the values of the lines.
    arrows : arrows along each side of the window, 0 for none; from central differences.
    n : points along each side where ``f`` is evaluated.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: a contour set with gid ``"contours"``, then a ``Quiver`` with gid ``"gradient"``;
    equal scales, without which gradients would not be perpendicular to contours.

    Raises
    ------
    TypeError
        If ``f`` is no function, or a number is none.
    ValueError
        If ``f`` returns more than one number, or is finite nowhere, a limit is not above the
        other, or a count is too small.

    Proven equal to its description in ``tests/plotting/test_optimization.py``.
    Book: chapters/03-optimization/gradients
    """
    import numpy as np

    if not callable(f):
        raise TypeError(f"f must be a function, got {type(f).__name__}")
    check_count(n, "n", 2)
    check_count(arrows, "arrows", 0)
    x, y = _ticks(xlim, n, "xlim"), _ticks(ylim, n, "ylim")
    z = _values(f, torch.cartesian_prod(x, y)).reshape(n, n).mT
    if not bool(z.isfinite().any()):
        raise ValueError("f must be finite somewhere in the window")
    ax = _equal_axes(ax)
    heights = np.ma.masked_invalid(z.numpy())
    lines = ax.contour(x.numpy(), y.numpy(), heights, levels, colors=COLORS["grey"], linewidths=1)
    lines.set_gid("contours")
    ax.clabel(lines, fontsize=8)
    if arrows:
        _gradient_arrows(ax, f, xlim, ylim, arrows)
    ax.set(xlim=xlim, ylim=ylim)
    return ax


def trajectory(
    f: Callable[[Tensor], Any] | None,
    result: OptimizeResult | Tensor,
    *,
    label: str | None = None,
    numbers: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the path of a method in the plane: circle at the start, star at the end.

    Each further path on the same axes has another colour, dash and marker. The path ends before
    the first iterate that is not finite.

    Parameters
    ----------
    f : function whose contour lines are drawn first, around the path; ``None`` adds the path to
        what the axes show.
    result : Tensor[k, 2], start first, or a result of ``optimize.minimize``, which has this as its
        ``trajectory``.
    label : of the path in a legend.
    numbers : write the number of the step beside each iterate that has room for it.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: lines with gid ``"path"``, ``"start"`` and ``"end"``, and the numbers.

    Raises
    ------
    TypeError
        If ``result`` neither holds numbers nor has a ``trajectory``, or ``f`` is no function.
    ValueError
        If the path has not the shape (k, 2), or its start is not finite.

    Proven equal to its description in ``tests/plotting/test_optimization.py``.
    Book: chapters/03-optimization/gradient-descent
    """
    points = _check_path(getattr(result, "trajectory", result))
    if f is not None:
        ax = contour_gradient(f, *_window(points), ax=ax)
    elif ax is None:
        ax = _equal_axes(None)
    drawn = sum(line.get_gid() == "path" for line in ax.lines)
    name, dash = LINES[1:][drawn % (len(LINES) - 1)]
    x, y = points.mT.tolist()
    looks: dict[str, Any] = {"color": COLORS[name], "linestyle": dash, "linewidth": 1.5}
    marker = MARKERS[drawn % len(MARKERS)]
    ax.plot(x, y, gid="path", label=label, marker=marker, markersize=4, zorder=3, **looks)
    ends: dict[str, Any] = {"color": COLORS[name], "linestyle": "none", "zorder": 4}
    ax.plot(x[:1], y[:1], gid="start", marker="o", markersize=9, markerfacecolor="white", **ends)
    ax.plot(x[-1:], y[-1:], gid="end", marker="*", markersize=13, **ends)
    if numbers:
        _number_steps(ax, points, COLORS[name])
    return ax


def _values(f: Callable[[Tensor], Any], points: Tensor) -> Tensor:
    """Return f at the points [k, 2], all at once if ``torch.func.vmap`` can, else one by one."""
    try:
        found = torch.func.vmap(f)(points)
    except (RuntimeError, TypeError, ValueError):  # it branches on values, or uses NumPy
        double: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
        found = torch.stack([torch.as_tensor(f(point), **double) for point in points])
    if not isinstance(found, Tensor) or found.numel() != len(points):
        raise ValueError("f must return one number for each point Tensor[2]")
    return found.detach().to(device="cpu", dtype=torch.float64).reshape(len(points))


def _gradient_arrows(
    ax: Axes,
    f: Callable[[Tensor], Any],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    count: int,
) -> None:
    """Draw the gradient in the middle of count x count cells of the window."""
    width, height = xlim[1] - xlim[0], ylim[1] - ylim[0]
    middle = (torch.arange(count, dtype=torch.float64, device="cpu") + 0.5) / count
    at = torch.cartesian_prod(xlim[0] + width * middle, ylim[0] + height * middle)
    steps = 1e-5 * torch.diag(at.new_tensor([width, height]))
    shifted = torch.cat([at + sign * step for step in steps for sign in (1, -1)])
    ahead_x, back_x, ahead_y, back_y = _values(f, shifted).reshape(4, -1)
    slopes = torch.stack([(ahead_x - back_x) / width, (ahead_y - back_y) / height], -1) / 2e-5
    longest = float(torch.linalg.vector_norm(slopes, dim=-1).nan_to_num(0, 0, 0).max())
    scale = (longest or 1.0) * count / min(width, height)
    (x, y), (u, v) = at.mT.numpy(), slopes.mT.numpy()
    looks: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": scale, "width": 0.005}
    ax.quiver(x, y, u, v, gid="gradient", color=COLORS["blue"], zorder=2.5, **looks)


def _number_steps(ax: Axes, points: Tensor, color: str) -> None:
    """Write the step beside the iterates, but not where it would cover the last written one."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    size, written = points.new_tensor([right - left, high - low]), points[:0]
    for step, point in enumerate(points):
        gaps = torch.linalg.vector_norm((written - point) / size, dim=-1)
        if bool((gaps < 0.04).any()):
            continue
        written = torch.cat([written, point[None]])
        looks: dict[str, Any] = {"textcoords": "offset points", "fontsize": 9, "color": color}
        ax.annotate(str(step), (float(point[0]), float(point[1])), (5, 5), **looks)


def _window(points: Tensor) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return limits with the points inside, no side shorter than a third of the other."""
    low, high = points.amin(dim=0), points.amax(dim=0)
    size = high - low
    half = torch.maximum(size, size.max() / 3) * 0.65
    half = torch.where(half > 0, half, 1.0)
    middle = (low + high) / 2
    (left, down), (right, up) = (middle - half).tolist(), (middle + half).tolist()
    return (left, right), (down, up)


def _ticks(limits: tuple[float, float], n: int, name: str) -> Tensor:
    if not isinstance(limits, Sequence) or len(limits) != 2:
        raise ValueError(f"{name} must be two numbers, got {limits!r}")
    low, high = (check_number(limit, name) for limit in limits)
    if low >= high:
        raise ValueError(f"{name} must rise, got {limits!r}")
    return torch.linspace(low, high, n, dtype=torch.float64, device="cpu")


def _check_path(path: Any) -> Tensor:
    points = as_numbers(path, "result")
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"result must have a path of shape (k, 2), got {tuple(points.shape)}")
    gone = (~points.isfinite().all(dim=1)).nonzero()
    points = points[: int(gone[0])] if len(gone) else points
    if not len(points):
        raise ValueError("result must start at a finite point")
    return points
