"""Trusses, undeformed and deformed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import check_bars, check_number
from companion.plotting._linalg import _equal_axes
from companion.plotting._style import COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def truss(
    nodes: Tensor,
    bars: Tensor | Sequence[Sequence[int]],
    u: Tensor | None = None,
    scale: float = 1.0,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a plane truss with node numbers, and over it the truss displaced by ``scale * u``.

    Parameters
    ----------
    nodes : Tensor[n, 2], positions in m.
    bars : integer Tensor[b, 2] or pairs of node numbers.
    u : Tensor[2 n] or Tensor[n, 2], displacements in m, ordered node by node.
    scale : factor on the displacements.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: one line with gid ``"bar"`` for each bar (dashed where ``u`` is given), one text
    for each node, and with ``u`` one solid line with gid ``"displaced"`` for each bar.

    Raises
    ------
    TypeError
        If ``nodes`` or ``u`` is no floating-point tensor, ``bars`` holds no integers or
        ``scale`` is no number.
    ValueError
        If a shape is wrong, a node number does not exist or ``scale`` is not finite.

    Proven equal to its description in ``tests/test_plotting.py``.
    Book: chapters/02-linear-algebra/linear-systems
    """
    points = _check_points(nodes)
    pairs = check_bars(bars, len(points), points.device).tolist()
    factor = check_number(scale, "scale")
    moved = None if u is None else points + factor * _check_displacement(u, points)
    ax = _equal_axes(ax)
    first = {"color": COLORS["black"], "linestyle": "-"}
    if moved is not None:
        first = {"color": COLORS["grey"], "linestyle": "--"}
    _bars(ax, points, pairs, gid="bar", marker="o", **first)
    if moved is not None:
        _bars(ax, moved, pairs, gid="displaced", marker="s", color=COLORS["blue"], linestyle="-")
    for number, (x, y) in enumerate(points.tolist()):
        ax.annotate(str(number), (x, y), (7, 7), textcoords="offset points")
    ax.set_xlabel("x [m]")
    ax.set_ylabel("y [m]")
    return ax


def _bars(ax: Axes, points: Tensor, pairs: list[list[int]], gid: str, **looks: str) -> None:
    for pair in pairs:
        x, y = points[pair].mT.tolist()
        ax.plot(x, y, gid=gid, markersize=6, **looks)  # type: ignore[arg-type]


def _check_points(nodes: Tensor) -> Tensor:
    check_tensor(nodes, "nodes")
    if nodes.ndim != 2 or nodes.shape[1] != 2:
        raise ValueError(f"nodes must have shape (n, 2), got {tuple(nodes.shape)}")
    return nodes.detach().to(device="cpu", dtype=torch.float64)


def _check_displacement(u: Tensor, points: Tensor) -> Tensor:
    check_tensor(u, "u", 1)
    if u.shape not in [points.shape, (points.numel(),)]:
        n = len(points)
        raise ValueError(f"u must have shape ({2 * n},) or ({n}, 2), got {tuple(u.shape)}")
    return u.detach().to(device="cpu", dtype=torch.float64).reshape(points.shape)
