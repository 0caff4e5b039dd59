"""Pin-jointed trusses: their stiffness, and the motions that cost no energy."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import check_bars, check_positive


def truss_stiffness(
    nodes: Tensor, bars: Tensor | Sequence[Sequence[int]], EA: float | Tensor = 1.0
) -> Tensor:
    r"""Assemble the stiffness matrix of a plane or space truss.

    :math:`K=\sum_b \frac{EA_b}{L_b}\,g_bg_b^T`, where :math:`g_b` holds the direction of bar
    b at its end and minus the direction at its start: the elongation is :math:`g_b\cdot u`.

    Parameters
    ----------
    nodes : Tensor[n, d], d = 2 or 3, positions in m.
    bars : integer Tensor[b, 2] or pairs of node numbers.
    EA : axial stiffness in N, one number or Tensor[b].

    Returns
    -------
    Tensor[d n, d n] in N/m. Displacements are ordered node by node: (u0x, u0y, u1x, ...).

    Raises
    ------
    TypeError
        If ``nodes`` is no floating-point tensor or ``bars`` holds no integers.
    ValueError
        If a shape is wrong, a node number does not exist, a bar has no length or EA <= 0.

    Proven equal to the sum of the closed forms of single bars (``tests/test_registry.py``) and
    to the finite-difference Hessian of the bar energy (``tests/physics/test_trusses.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    pairs = check_bars(bars, len(_check_nodes(nodes)), nodes.device)
    elongation, length = _elongation(nodes, pairs)
    stiffness = _check_axial(EA, nodes, len(pairs)) / length
    return elongation.mT @ (stiffness[:, None] * elongation)


def rigid_body_modes(nodes: Tensor) -> Tensor:
    r"""Return the translations and the infinitesimal rotations about the centroid.

    Columns: the d unit translations, then :math:`u(x)=e_k\times(x-\bar x)` for each axis of
    rotation (in 2-D the axis out of the plane, counter-clockwise). They span the null space of
    every unsupported structure without a mechanism.

    Parameters
    ----------
    nodes : Tensor[n, d], d = 2 or 3, positions in m.

    Returns
    -------
    Tensor[d n, 3] in 2-D, Tensor[d n, 6] in 3-D, ordered node by node; translations without
    unit, rotations in m per radian.

    Raises
    ------
    TypeError
        If ``nodes`` is no floating-point tensor.
    ValueError
        If its shape is wrong or the nodes coincide (in 3-D: lie on a line), when a rotation
        moves nothing.

    Proven equal to the derivative of a rotated truss by finite differences
    (``tests/test_registry.py``), and K times a mode is zero (``tests/physics/test_trusses.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    n, d = _check_nodes(nodes).shape
    centred = nodes - nodes.mean(dim=0)
    if int(torch.linalg.matrix_rank(centred)) < d - 1:
        raise ValueError("nodes must not coincide, nor lie on one line in 3-D")
    axes = torch.eye(d, dtype=nodes.dtype, device=nodes.device)
    if d == 2:
        rotations = torch.stack([-centred[:, 1], centred[:, 0]], dim=-1)[None]
    else:
        rotations = torch.linalg.cross(axes[:, None, :], centred[None])
    translations = axes[:, None, :].expand(d, n, d)
    return torch.cat([translations, rotations]).flatten(1).mT


def _elongation(nodes: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
    """Return the matrix [b, d n] that turns displacements into elongations, and the lengths."""
    (n, d), b = nodes.shape, len(pairs)
    vectors = nodes[pairs[:, 1]] - nodes[pairs[:, 0]]
    length = torch.linalg.vector_norm(vectors, dim=-1)
    if bool((length == 0).any()):
        first = int((length == 0).nonzero()[0])
        raise ValueError(f"bars must have a length: bar {first} joins two equal points")
    matrix = nodes.new_zeros(b, n, d)
    rows = torch.arange(b, device=nodes.device)
    matrix[rows, pairs[:, 0]] = -vectors / length[:, None]
    matrix[rows, pairs[:, 1]] = vectors / length[:, None]
    return matrix.flatten(1), length


def _check_nodes(nodes: Tensor) -> Tensor:
    check_tensor(nodes, "nodes")
    if nodes.ndim != 2 or nodes.shape[1] not in (2, 3) or nodes.shape[0] == 0:
        raise ValueError(f"nodes must have shape (n, 2) or (n, 3), got {tuple(nodes.shape)}")
    return nodes


def _check_axial(EA: float | Tensor, nodes: Tensor, count: int) -> Tensor:
    """Return EA as Tensor[b] with the dtype and device of the nodes."""
    if not isinstance(EA, Tensor):
        return nodes.new_full((count,), check_positive(EA, "EA"))
    if EA.shape not in [(), (count,)]:
        raise ValueError(f"EA must be one number or have shape ({count},), got {tuple(EA.shape)}")
    if not bool((EA.isfinite() & (EA > 0)).all()):
        raise ValueError("EA must be positive and finite")
    return EA.to(dtype=nodes.dtype, device=nodes.device).expand(count)
