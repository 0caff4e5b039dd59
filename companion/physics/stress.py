"""Stress states: principal stresses and the equivalent stress of von Mises."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from companion.linalg._check import check_square


def principal_stresses(sigma: Tensor) -> tuple[Tensor, Tensor]:
    r"""Return the principal stresses, largest first, and their directions.

    :math:`\sigma=\sum_i\sigma_i\,n_in_i^T`; the directions are the columns of a rotation
    (determinant +1). Each direction is unique up to its sign, and only for distinct stresses.

    Parameters
    ----------
    sigma : Tensor[..., d, d], d = 2 or 3, symmetric, any unit of stress.

    Returns
    -------
    values : Tensor[..., d], descending, in the unit of sigma.
    directions : Tensor[..., d, d], columns.

    Raises
    ------
    TypeError
        If ``sigma`` is no floating-point tensor.
    ValueError
        If it is not d x d, not symmetric or not finite.

    Proven equal to ``numpy.linalg.eigvalsh`` and the sum above (``tests/test_registry.py``), and
    to the invariants (``tests/physics/test_stress.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    values, vectors = torch.linalg.eigh(_check_stress(sigma))
    values, directions = values.flip(-1), vectors.flip(-1)
    # A left-handed basis becomes right-handed when its last vector is turned round.
    handed = torch.linalg.det(directions).sign()[..., None, None]
    return values, torch.cat([directions[..., :-1], directions[..., -1:] * handed], dim=-1)


def von_mises(sigma: Tensor) -> Tensor:
    r"""Return the equivalent stress of von Mises.

    :math:`\sigma_v=\sqrt{\tfrac32\,s:s}` with the deviator
    :math:`s=\sigma-\tfrac13\operatorname{tr}(\sigma)I`.

    Parameters
    ----------
    sigma : Tensor[..., 3, 3], or Tensor[..., 2, 2] for plane stress; symmetric.

    Returns
    -------
    Tensor[...] in the unit of sigma.

    Raises
    ------
    TypeError
        If ``sigma`` is no floating-point tensor.
    ValueError
        If it is not 2 x 2 or 3 x 3, not symmetric or not finite.

    Proven equal to the closed form in the principal stresses (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    missing = 3 - _check_stress(sigma).shape[-1]
    full = torch.nn.functional.pad(sigma, (0, missing, 0, missing))
    mean = full.diagonal(dim1=-2, dim2=-1).mean(dim=-1)
    identity = torch.eye(3, dtype=sigma.dtype, device=sigma.device)
    deviator = full - mean[..., None, None] * identity
    size: Tensor = torch.linalg.vector_norm(deviator, dim=(-2, -1))
    return math.sqrt(1.5) * size


def _check_stress(sigma: Tensor) -> Tensor:
    check_square(sigma, "sigma")
    if sigma.shape[-1] not in (2, 3):
        raise ValueError(f"sigma must be 2 x 2 or 3 x 3, got shape {tuple(sigma.shape)}")
    # A stress that was rotated by Q sigma Q^T is symmetric up to round-off only.
    allowed = 300 * torch.finfo(sigma.dtype).eps * sigma.abs().amax(dim=(-2, -1))
    gap = (sigma - sigma.mT).abs().amax(dim=(-2, -1))
    if bool((gap > allowed).any()):
        raise ValueError("sigma must be symmetric (balance of moments)")
    return sigma
