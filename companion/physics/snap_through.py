"""The shallow truss of von Mises: two bars that snap through under a load on their joint."""

from __future__ import annotations

from torch import Tensor

from companion.linalg._check import check_tensor


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
