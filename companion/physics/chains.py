"""Chains of masses and springs."""

from __future__ import annotations

import torch
from torch import Tensor

from companion.physics._check import check_count, check_dtype, check_positive


def spring_chain(
    n: int,
    k: float = 1.0,
    m: float = 1.0,
    ends: tuple[str, str] = ("fixed", "free"),
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Return stiffness and mass matrix of n equal masses in a row, joined by equal springs.

    :math:`M\ddot q+Kq=0`; a fixed end has one more spring, to the wall. With
    :math:`\omega_0=\sqrt{k/m}` the frequencies are :math:`2\omega_0\sin\frac{j\pi}{2(n+1)}`
    (fixed-fixed), :math:`2\omega_0\sin\frac{(2j-1)\pi}{2(2n+1)}` (fixed-free) and
    :math:`2\omega_0\sin\frac{(j-1)\pi}{2n}` (free-free), j = 1, ..., n, in rad/s.

    Parameters
    ----------
    n : number of masses.
    k : stiffness of each spring in N/m; m : each mass in kg.
    ends : left and right end, ``"fixed"`` or ``"free"``.
    dtype, device : of the result; the default ones of torch if not given.

    Returns
    -------
    K : Tensor[n, n] in N/m; M : Tensor[n, n] in kg (diagonal).

    Raises
    ------
    TypeError
        If ``n`` is no int, ``k`` or ``m`` no number, or ``dtype`` not floating point.
    ValueError
        If n < 1, k <= 0, m <= 0, or an end is unknown.

    Proven equal to the tridiagonal closed form (``tests/test_registry.py``), the Hessian of the
    springs' energy and the closed-form frequencies (``tests/physics/test_chains.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    check_count(n, "n")
    left, right = _check_ends(ends)
    # Row b of G is the elongation of spring b: wall - q0, q0 - q1, ..., q(n-1) - wall.
    identity = torch.eye(n, dtype=check_dtype(dtype), device=device)
    wall = identity.new_zeros(1, n)
    G = torch.cat([identity, wall]) - torch.cat([wall, identity])
    G = G[0 if left == "fixed" else 1 : n + 1 if right == "fixed" else n]
    return check_positive(k, "k") * (G.mT @ G), check_positive(m, "m") * identity


def _check_ends(ends: tuple[str, str]) -> tuple[str, str]:
    known = ("fixed", "free")
    if not isinstance(ends, tuple | list) or len(ends) != 2 or any(e not in known for e in ends):
        raise ValueError(f"ends must be two of 'fixed' and 'free', got {ends!r}")
    left, right = ends
    return left, right
