"""The Hessian from values of the objective only."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def second_differences(f: Callable[[Tensor], float], x: Tensor, middle: float) -> Tensor:
    """Return the Hessian at x [n, n] from 2 n² evaluations; ``middle`` is f(x).

    With the steps a and b along two axes::

        H_ii ≈ (f(x+a) - 2 f(x) + f(x-a)) / a²
        H_ij ≈ (f(x+a+b) - f(x+a-b) - f(x-a+b) + f(x-a-b)) / (4 a b)

    Truncation is of order h² and rounding of order ε / h²: they balance at h = ε^(1/4).
    """
    h = torch.finfo(x.dtype).eps ** 0.25 * x.abs().clamp(min=1)
    h = (x + h) - x  # the step that is really taken
    shifts = torch.diag(h)
    H = torch.zeros_like(shifts)
    for i, a in enumerate(shifts):
        H[i, i] = (f(x + a) - 2 * middle + f(x - a)) / float(h[i]) ** 2
        for j in range(i):
            b = shifts[j]
            corners = f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)
            H[i, j] = H[j, i] = corners / (4 * float(h[i] * h[j]))
    return H
