"""Point charges: their potential and their field, equally those of point sources of heat."""

from __future__ import annotations

from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import check_not_negative


def point_charge_potential(
    x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0
) -> Tensor:
    r"""Return the potential of point charges, with the constant of Coulomb's law set to one.

    :math:`\phi(x)=\sum_iq_i/\sqrt{|x-x_i|^2+\epsilon^2}`: the distance is regularised by
    :math:`\epsilon`. With :math:`\epsilon=0` the potential is infinite at a charge.

    Parameters
    ----------
    x : Tensor[..., d], the points where the potential is wanted.
    positions : Tensor[m, d] of the charges, in the unit of length of ``x``.
    charges : Tensor[m], positive or negative.
    eps : length that keeps the distance from vanishing.

    Returns
    -------
    Tensor[...] in unit of charge per unit of length.

    Raises
    ------
    TypeError
        If an array is no floating-point tensor, the dtypes differ, or ``eps`` is no number.
    ValueError
        If the sizes do not fit, or ``eps`` is negative.

    Proven equal to the sum, one charge at a time (``tests/test_registry.py``), and to the values of
    the page (``tests/physics/test_charges.py``).
    Book: chapters/03-optimization/gradients
    """
    _, distances = _separations(x, positions, charges, eps)
    return (charges / distances).sum(dim=-1)


def point_charge_field(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Tensor:
    r"""Return the field of point charges: it points away from positive ones.

    :math:`E=-\nabla\phi=\sum_iq_i(x-x_i)/(|x-x_i|^2+\epsilon^2)^{3/2}` with the potential
    :math:`\phi` of :func:`point_charge_potential`. With :math:`\epsilon=0` it is NaN at a charge,
    where the field has no direction; with :math:`\epsilon>0` a charge exerts nothing on its own
    place.

    Parameters
    ----------
    x : Tensor[..., d], the points where the field is wanted.
    positions : Tensor[m, d] of the charges, in the unit of length of ``x``.
    charges : Tensor[m], positive or negative.
    eps : length that keeps the distance from vanishing.

    Returns
    -------
    Tensor[..., d] in unit of charge per square of the unit of length.

    Raises
    ------
    TypeError
        If an array is no floating-point tensor, the dtypes differ, or ``eps`` is no number.
    ValueError
        If the sizes do not fit, or ``eps`` is negative.

    Proven equal to minus the gradient of the potential, by automatic differentiation
    (``tests/test_registry.py``) and by central differences (``tests/physics/test_charges.py``).
    Book: chapters/03-optimization/gradients
    """
    offsets, distances = _separations(x, positions, charges, eps)
    return ((charges / distances**3)[..., None] * offsets).sum(dim=-2)


def _separations(
    x: Tensor, positions: Tensor, charges: Tensor, eps: float
) -> tuple[Tensor, Tensor]:
    """Return x - x_i as Tensor[..., m, d] and its regularised length as Tensor[..., m]."""
    check_tensor(x, "x", 1, finite=False)
    for array, name, ndim in ((positions, "positions", 2), (charges, "charges", 1)):
        check_tensor(array, name, ndim, finite=False)
        if array.dtype != x.dtype:
            raise TypeError(f"{name} must have the dtype of x, {x.dtype}, got {array.dtype}")
    d = x.shape[-1]
    if positions.ndim != 2 or positions.shape[1] != d:
        raise ValueError(f"positions must have shape (m, {d}), got {tuple(positions.shape)}")
    if charges.shape != positions.shape[:1]:
        m = len(positions)
        raise ValueError(f"charges must have shape ({m},), got {tuple(charges.shape)}")
    offsets = x[..., None, :] - positions
    squares = (offsets**2).sum(dim=-1) + check_not_negative(eps, "eps") ** 2
    return offsets, squares.sqrt()
