"""Many Jacobi rotations at once: the round-robin ordering shared by ``svd`` and ``eigh``.

A sweep over ``n`` rows makes every pair meet once, in ``n`` rounds of disjoint neighbours: rounds
with even number pair rows (0, 1), (2, 3), ..., odd ones (1, 2), (3, 4), ... . Each pair trades
places after its rotation, so the neighbours of the next round are new, as in a tournament. The
pairs of a round do not touch each other, so one batched product rotates them all.
"""

from __future__ import annotations

import torch
from torch import Tensor

MAX_SWEEPS = 40  # random matrices need 6 to 10; the number grows like log n


def unit_scale(A: Tensor) -> Tensor:
    """Return a power of two near max |A| (1 for A = 0): squares neither over- nor underflow.

    Dividing by a power of two makes no rounding error. A : Tensor[..., m, n] -> Tensor[..., 1, 1].
    """
    if A.numel() == 0:
        return A.new_ones((*A.shape[:-2], 1, 1))
    largest = A.abs().amax(dim=(-2, -1), keepdim=True)
    mantissa = torch.frexp(largest).mantissa
    return torch.where(largest > 0, largest / (2 * mantissa), 1.0)


def pairs(W: Tensor, first: int) -> Tensor:
    """View rows ``first, first + 1, ...`` as pairs: Tensor[..., n, L] -> Tensor[..., h, 2, L]."""
    count = (W.shape[-2] - first) // 2
    return torch.unflatten(W.narrow(-2, first, 2 * count), -2, (count, 2))


def exchange_rotation(alpha: Tensor, beta: Tensor, gamma: Tensor, active: Tensor) -> Tensor:
    """Return R : Tensor[..., 2, 2] that diagonalises [[alpha, gamma], [gamma, beta]] and swaps.

    R = [[s, c], [c, -s]], where t = s / c is the smaller root of t² gamma + t (beta - alpha) =
    gamma; |t| <= 1 keeps the angle below 45 degrees, which makes the sweeps converge. Pairs that
    are not ``active`` only trade places.
    """
    delta = beta - alpha
    root = torch.hypot(delta, 2 * gamma).copysign(delta)
    t = torch.where(active, 2 * gamma / (delta + root), 0.0)
    c = torch.rsqrt(1 + t * t)
    s = c * t
    return torch.unflatten(torch.stack([s, c, c, -s], dim=-1), -1, (2, 2))
