"""The determinant, by elimination."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import check_square
from companion.linalg.elimination import eliminate


class SlogDet(NamedTuple):
    """Sign and logarithm of a determinant: det A = sign exp(logabsdet)."""

    sign: Tensor
    logabsdet: Tensor


def _sign(exchanges: Tensor) -> Tensor:
    """Return the sign of a permutation matrix: -1 for an odd number of pairs out of order."""
    numbers = torch.arange(exchanges.shape[-1], dtype=exchanges.dtype, device=exchanges.device)
    order = exchanges @ numbers
    inversions = (order[..., :, None] > order[..., None, :]).triu().sum(dim=(-2, -1))
    return (1 - 2 * (inversions % 2)).to(exchanges.dtype)


def det(A: Tensor) -> Tensor:
    """Return the determinant: the product of the pivots times the sign of the row order.

    A : Tensor[..., n, n] -> Tensor[...]; the signed volume spanned by the columns.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not square or not finite.

    Mirrors ``torch.linalg.det``.
    Proven equal to ``torch.linalg.det`` (``tests/test_registry.py``) and det A det B = det AB.
    Book: chapters/02-linear-algebra/trace-determinant
    """
    packed, exchanges = eliminate(check_square(A))
    return _sign(exchanges) * packed.diagonal(dim1=-2, dim2=-1).prod(dim=-1)


def slogdet(A: Tensor) -> SlogDet:
    """Return sign and logarithm of the determinant, which itself may over- or underflow.

    A : Tensor[..., n, n]; det A = sign exp(logabsdet); a singular A gives (0, -inf).

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not square or not finite.

    Mirrors ``torch.linalg.slogdet``.
    Proven equal to ``torch.linalg.slogdet`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/trace-determinant
    """
    packed, exchanges = eliminate(check_square(A))
    pivots = packed.diagonal(dim1=-2, dim2=-1)
    return SlogDet(_sign(exchanges) * pivots.sign().prod(dim=-1), pivots.abs().log().sum(dim=-1))
