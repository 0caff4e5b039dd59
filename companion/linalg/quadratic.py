"""Quadratic forms."""

from __future__ import annotations

import torch
from torch import Tensor

from companion.linalg._check import check_square
from companion.linalg.symmetric import eigvalsh


def definiteness(A: Tensor, tol: float = 1e-10) -> str:
    """Classify the quadratic form xᵀAx by the eigenvalues of its symmetric part (A + Aᵀ) / 2.

    An eigenvalue of size up to ``tol`` times the largest size counts as zero; at least 10 n eps,
    the round-off of the eigenvalues, is used for ``tol``.

    Parameters
    ----------
    A : Tensor[n, n]

    Returns
    -------
    "pd" : all eigenvalues positive; "nd" : all negative; "psd" : none negative; "nsd" : none
        positive; "indefinite" : both signs. The zero matrix is both "psd" and "nsd" and called
        "psd"; the matrix without entries is "pd".

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not one finite square matrix.

    Proven equal to the signs of ``torch.linalg.eigvalsh`` (``tests/test_registry.py``) and of
    sampled values xᵀAx.
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    check_square(A)
    if A.ndim != 2:
        raise ValueError(f"A must be one matrix, got shape {tuple(A.shape)}")
    values = eigvalsh(A / 2 + A.mT / 2)
    if not values.numel():
        return "pd"
    zero = max(tol, 10 * len(A) * torch.finfo(A.dtype).eps) * values.abs().amax()
    if bool((values > zero).all()):
        return "pd"
    if bool((values < -zero).all()):
        return "nd"
    if bool((values >= -zero).all()):
        return "psd"
    return "nsd" if bool((values <= zero).all()) else "indefinite"
