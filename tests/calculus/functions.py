"""Functions with derivatives worked out by hand: what the differences are compared with."""

from __future__ import annotations

import torch
from torch import Tensor


def wave(x: Tensor) -> Tensor:
    return x * torch.sin(x)


def wave_slope(x: Tensor) -> Tensor:
    return torch.sin(x) + x * torch.cos(x)


def cubic(x: Tensor) -> Tensor:
    return x**3 - 2 * x


def cubic_slope(x: Tensor) -> Tensor:
    return 3 * x**2 - 2


def product(x: Tensor) -> Tensor:
    """x y² z³, a number."""
    return x[0] * x[1] ** 2 * x[2] ** 3


def product_gradient(v: Tensor) -> Tensor:
    x, y, z = v
    return torch.stack([y**2 * z**3, 2 * x * y * z**3, 3 * x * y**2 * z**2])


def polar(q: Tensor) -> Tensor:
    """Cartesian coordinates and the square of the radius: three numbers of two."""
    r, phi = q
    return torch.stack([r * torch.cos(phi), r * torch.sin(phi), r * r])


def polar_jacobian(q: Tensor) -> Tensor:
    r, phi = q
    rows = [torch.cos(phi), -r * torch.sin(phi), torch.sin(phi), r * torch.cos(phi), 2 * r, 0 * r]
    return torch.stack(rows).reshape(3, 2)


def cubes(X: Tensor) -> Tensor:
    """Sum of x³ over a tensor of any shape."""
    return (X**3).sum()


def cubes_gradient(X: Tensor) -> Tensor:
    return 3 * X**2


def mixed(s: Tensor, v: Tensor) -> Tensor:
    """Broadcast a number against a vector in every operation."""
    return s / v - v / s + (2 * s) ** v + 3**v * (1 - s) - (-v) / 4


def matrices(A: Tensor, x: Tensor) -> Tensor:
    """Products of matrices and vectors, and what puts their entries together."""
    product = torch.mm(A, A) @ x
    parts = [product.sum(), torch.dot(x, x), torch.mv(A, x)[0], torch.mean(A), torch.sum(A, 0)[1]]
    return torch.stack([*parts, torch.reshape(A, (-1,))[2]])


def everything(x: Tensor) -> Tensor:
    """Every elementwise function that a dual number knows."""
    waves = torch.sin(x) * torch.cos(x) + torch.tanh(x)
    return waves / torch.exp(x) - torch.log(x) ** 2 + torch.sqrt(x) ** x
