"""Proofs of the physics that the chapter on neural networks uses."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call

U = torch.tensor([0.1, 0.5], dtype=torch.float64)


def truss_inputs(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    """Steep and shallow, beyond the snap and in tension."""
    for h, b in ((1.0, 2.0), (0.3, 4), (2, 0.5)):
        for shape in ((), (6,), (2, 0), (3, 2)):
            u = h * (4 * torch.rand(shape, generator=g, dtype=dtype) - 1)
            yield call(u, 5.0, h, b, label=f"{shape}, {h} to {b}")
    yield call(torch.tensor([0.0, 0.5, 1, 1.5, 2], dtype=dtype), 1, 1, 2, label="page")
    yield call(torch.tensor([1e-4, 1e-2], dtype=dtype), 1e6, 1.0, 2.0, label="small")


def energy_of_bars(u: Tensor, k: float, h: float, b: float) -> Tensor:
    """Sum over the bars, from the coordinates of their ends, in Python's numbers."""
    energies = []
    for down in u.reshape(-1).tolist():
        joint = (0.0, h - down)
        bars = [math.dist(joint, foot) - math.dist((0.0, h), foot) for foot in ((-b, 0), (b, 0))]
        energies.append(sum(k * elongation**2 / 2 for elongation in bars))
    return u.new_tensor(energies).reshape(u.shape)


ROWS = [
    Row(
        name="physics.two_bar_truss",
        proof="closed form",
        inputs=truss_inputs,
        expected=energy_of_bars,
        bad=(
            Bad("list", lambda f: f([0.5], 1.0, 1.0, 1.0), TypeError, "^u .*list"),
            Bad("text", lambda f: f("0", 1.0, 1.0, 1.0), TypeError, "^u .*str"),
            Bad("bool", lambda f: f(True, 1.0, 1.0, 1.0), TypeError, "^u .*bool"),
            Bad("integers", lambda f: f(torch.tensor([1]), 1.0, 1.0, 1.0), TypeError, "^u .*int64"),
            Bad("k", lambda f: f(U, 0.0, 1.0, 1.0), ValueError, "^k must be positive, got 0"),
            Bad("h", lambda f: f(U, 1.0, -1.0, 1.0), ValueError, "^h must be positive, got -1"),
            Bad("b", lambda f: f(U, 1.0, 1.0, 0), ValueError, "^b must be positive, got 0"),
            Bad("nan", lambda f: f(U, 1.0, math.nan, 1.0), ValueError, "^h must be finite"),
            Bad("number", lambda f: f(U, "1", 1.0, 1.0), TypeError, "^k must be a number.*str"),
            Bad("tensor", lambda f: f(U, 1.0, 1.0, U), TypeError, "^b must be a number.*Tensor"),
        ),
    ),
]
