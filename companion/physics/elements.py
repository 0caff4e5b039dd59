"""Finite elements of the plane."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import (
    check_count,
    check_dtype,
    check_number,
    check_positive,
)

UNIT_SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
# The corners of the reference square, counter-clockwise.
CORNERS = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


def quad4_stiffness(
    E: float,
    nu: float,
    thickness: float = 1.0,
    nodes: Tensor | None = None,
    n_gauss: int = 2,
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    r"""Return the stiffness matrix of the bilinear four-node element in plane stress.

    :math:`K=t\int B^TDB\,dA` by Gauss points: 2 x 2 points integrate it fully; with 1 point two
    hourglass patterns cost no energy.

    Parameters
    ----------
    E : Young's modulus in Pa; nu : Poisson's ratio, above -1 and at most 0.5.
    thickness : in m.
    nodes : Tensor[4, 2] in m, counter-clockwise; the unit square if not given.
    n_gauss : number of Gauss points in each direction.
    dtype, device : of the result; only without ``nodes``, which decide otherwise.

    Returns
    -------
    Tensor[8, 8] in N/m, ordered node by node: (u0x, u0y, u1x, ...).

    Raises
    ------
    TypeError
        If an argument has the wrong type, or ``dtype``/``device`` come together with ``nodes``.
    ValueError
        If a value is out of range, or the nodes are clockwise or not strictly convex.

    Proven equal to a second quadrature, in monomials (``tests/test_registry.py``), to the
    symbolic integral and to the closed form of locking (``tests/physics/test_elements.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    corners = _check_corners(nodes, dtype, device)
    D = _plane_stress(check_positive(E, "E"), _check_nu(nu), corners)
    K = corners.new_zeros(8, 8)
    for weight, slopes in _gauss_points(check_count(n_gauss, "n_gauss"), corners):
        jacobian = slopes @ corners
        area = torch.linalg.det(jacobian)
        B = _strain_matrix(torch.linalg.solve(jacobian, slopes))
        K = K + weight * area * (B.mT @ D @ B)
    return check_positive(thickness, "thickness") * K


def _gauss_points(n: int, like: Tensor) -> Iterator[tuple[float, Tensor]]:
    """Yield the weight and the slopes dN/d(xi, eta) [2, 4] of each Gauss point."""
    points, weights = np.polynomial.legendre.leggauss(n)
    corners = like.new_tensor(CORNERS)
    for xi, w_xi in zip(points.tolist(), weights.tolist(), strict=True):
        for eta, w_eta in zip(points.tolist(), weights.tolist(), strict=True):
            slopes = torch.stack(
                [
                    corners[:, 0] * (1 + corners[:, 1] * eta) / 4,
                    corners[:, 1] * (1 + corners[:, 0] * xi) / 4,
                ]
            )
            yield w_xi * w_eta, slopes


def _strain_matrix(gradients: Tensor) -> Tensor:
    """Return B [3, 8]: displacements to (eps_x, eps_y, gamma_xy), from dN/d(x, y) [2, 4]."""
    B = gradients.new_zeros(3, 8)
    B[0, 0::2] = gradients[0]
    B[1, 1::2] = gradients[1]
    B[2, 0::2] = gradients[1]
    B[2, 1::2] = gradients[0]
    return B


def _plane_stress(E: float, nu: float, like: Tensor) -> Tensor:
    factor = E / (1 - nu**2)
    rows = [[1.0, nu, 0.0], [nu, 1.0, 0.0], [0.0, 0.0, (1 - nu) / 2]]
    return factor * like.new_tensor(rows)


def _check_nu(nu: float) -> float:
    if not -1 < check_number(nu, "nu") <= 0.5:
        raise ValueError(f"nu must be above -1 and at most 0.5, got {nu}")
    return float(nu)


def _check_corners(
    nodes: Tensor | None, dtype: torch.dtype | None, device: torch.device | str | None
) -> Tensor:
    if nodes is None:
        return torch.tensor(UNIT_SQUARE, dtype=check_dtype(dtype), device=device)
    if dtype is not None or device is not None:
        raise TypeError("nodes decide dtype and device: do not give both")
    if check_tensor(nodes, "nodes").shape != (4, 2):
        raise ValueError(f"nodes must have shape (4, 2), got {tuple(nodes.shape)}")
    # The area ratio is linear in xi and eta: positive everywhere if positive at each corner.
    ahead, back = nodes.roll(-1, 0) - nodes, nodes.roll(1, 0) - nodes
    if not bool((ahead[:, 0] * back[:, 1] > ahead[:, 1] * back[:, 0]).all()):
        raise ValueError("nodes must be in counter-clockwise order and convex")
    return nodes
