"""The truss of von Mises: two bars that snap through under a load on their joint."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import check_positive


def von_mises_truss(u: Tensor) -> tuple[Tensor, Tensor]:
    r"""Return the load of the von Mises truss at a displacement of its joint, and the tangent.

    Two equal bars of axial stiffness EA and length :math:`L_0` meet at the height h above their
    supports, and the joint moves down by w. With the strain of Green and Lagrange,
    :math:`u=w/h` and :math:`p=PL_0^3/(EA\,h^3)`, exactly

    .. math:: p=u(1-u)(2-u),\qquad K_T=\frac{dp}{du}=2-6u+3u^2.

    The tangent vanishes at :math:`u=1\mp1/\sqrt3`, the limit points with
    :math:`p=\pm2/(3\sqrt3)`; at u = 1 the bars are flat, at u = 2 the truss is snapped through.

    Parameters
    ----------
    u : Tensor[...], displacement divided by the height.

    Returns
    -------
    p : Tensor[...], load, positive downwards.
    tangent : Tensor[...], stiffness dp/du; both without unit.

    Raises
    ------
    TypeError
        If ``u`` is no floating-point tensor.

    Proven equal to the central difference of the energy of two bars
    (``tests/test_registry.py``), and to the closed forms of the limit points
    (``tests/physics/test_snap_through.py``).
    Book: chapters/03-optimization/newton
    """
    check_tensor(u, "u", 0, finite=False)
    return u * (1 - u) * (2 - u), 2 - 6 * u + 3 * u**2


def von_mises_truss_energy(u: Tensor) -> Tensor:
    r"""Return the strain energy of the von Mises truss at a displacement of its joint.

    :math:`\pi=\tfrac14u^2(2-u)^2`, the energy :math:`\Pi=\sum\tfrac12EA\,L_0\,\varepsilon^2` of
    both bars times :math:`L_0^3/(EA\,h^4)`. Its derivative is the load of
    :func:`von_mises_truss`; an equilibrium under the load p is a stationary point of
    :math:`\pi-pu`.

    Parameters
    ----------
    u : Tensor[...], displacement divided by the height.

    Returns
    -------
    Tensor[...] without unit.

    Raises
    ------
    TypeError
        If ``u`` is no floating-point tensor.

    Proven equal to the energy of two bars (``tests/test_registry.py``).
    Book: chapters/03-optimization/newton
    """
    check_tensor(u, "u", 0, finite=False)
    return (u * (2 - u)) ** 2 / 4


def two_bar_truss(u: Any, k: float, h: float, b: float) -> Any:
    r"""Return the internal energy of the two-bar truss with its exact geometry.

    Two bars of stiffness k lean against each other; their feet are 2b apart, their joint is at
    the height h and moves down by u. Both have the length
    :math:`\ell(u)=\sqrt{b^2+(h-u)^2}`, at first :math:`\ell_0=\ell(0)`, and store

    .. math:: \Pi=2\cdot\tfrac12k(\ell-\ell_0)^2,\qquad
        \ell-\ell_0=\frac{u(u-2h)}{\ell+\ell_0},

    where the second form does not cancel for small u. The force of the truss is
    :math:`\Pi'(u)`, its stiffness :math:`\Pi''(u)`. The formula holds only plain arithmetic, so
    that any scalar that can be differentiated may be given. For :math:`h\ll b` it is the shallow
    law of :func:`von_mises_truss_energy` times :math:`kh^4/\ell_0^2`.

    Parameters
    ----------
    u : Tensor[...], number, or scalar with its own arithmetic (``+ - * / **``), displacement.
    k : stiffness of a bar, force per length.
    h, b : height of the joint and half the distance of the feet, in the unit of u.

    Returns
    -------
    Energy of both bars, of the kind and shape of ``u``; in J for N/m and m.

    Raises
    ------
    TypeError
        If ``u`` has no arithmetic, is a tensor of another dtype than floating point, or k, h or b
        is no number.
    ValueError
        If k, h or b is not positive.

    Proven equal to the energy of two bars (``tests/test_registry.py``); its derivatives to the
    closed forms that SymPy finds (``tests/physics/test_two_bar_truss.py``).
    Book: chapters/07-neural-networks/autograd-engine
    """
    if isinstance(u, Tensor):
        check_tensor(u, "u", 0, finite=False)
    elif isinstance(u, bool) or not hasattr(u, "__pow__"):
        raise TypeError(f"u must be a number or a tensor, got {type(u).__name__}")
    for name, value in (("k", k), ("h", h), ("b", b)):
        check_positive(value, name)
    length = ((u - h) ** 2 + b**2) ** 0.5
    elongation = u * (u - 2 * h) / (length + math.hypot(h, b))
    return k * elongation**2
