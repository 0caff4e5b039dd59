"""Proofs of the physics that the chapter on optimization uses."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from tests.registry._row import Arg, Bad, Call, Row, call

Generator = torch.Generator
F64 = torch.float64


def rand(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=g, dtype=dtype)


# Point charges


def charge_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    """Points in the unit cube, charges one length away from it: no distance is near zero."""
    for shape, m, eps in (((2,), 3, 0), ((5, 3), 4, 0.0), ((2, 4, 1), 2, 0.3), ((3, 2), 1, 1)):
        positions = 2 + rand(g, dtype, m, shape[-1])
        charges = 2 * rand(g, dtype, m) - 1
        yield call(rand(g, dtype, *shape), positions, charges, eps, label=f"{shape}, eps {eps}")
    none = torch.zeros(0, 2, dtype=dtype)
    yield call(rand(g, dtype, 3, 2), none, none[:, 0], label="no charge")
    yield call(none, rand(g, dtype, 2, 2), rand(g, dtype, 2), label="no point")
    x = rand(g, dtype, 1, 2)
    yield call(x, x.clone(), rand(g, dtype, 1), 0.5, label="at the charge")


def one_charge_at_a_time(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0) -> Tensor:
    """Lengths by ``math.hypot``, sums by ``math.fsum``."""
    sums = [
        math.fsum(
            q / math.hypot(*(a - b for a, b in zip(point, place, strict=True)), eps)
            for place, q in zip(positions.tolist(), charges.tolist(), strict=True)
        )
        for point in x.reshape(-1, x.shape[-1]).tolist()
    ]
    return x.new_tensor(sums).reshape(x.shape[:-1])


def minus_gradient(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0) -> Tensor:
    """Differentiate the sum of q / r automatically; every point feels only its own terms."""
    point = x.clone().requires_grad_()
    total = point.sum() * 0
    for place, q in zip(positions, charges, strict=True):
        total = total + (q / ((point - place).square().sum(dim=-1) + eps**2).sqrt()).sum()
    return -torch.autograd.grad(total, point)[0]


PLACES = torch.tensor([[2.0, 2], [7, 7], [4, 6]], dtype=F64)
CHARGES = torch.tensor([-1.0, 1, -1], dtype=F64)
AT = torch.tensor([5.0, 4], dtype=F64)
CHARGE_ERRORS = (
    Bad("3-D", lambda f: f(AT.new_zeros(3), PLACES, CHARGES), ValueError, r"^positions .*\(3, 2\)"),
    Bad("batch", lambda f: f(AT, PLACES[None], CHARGES), ValueError, r"^positions .*\(1, 3, 2\)"),
    Bad("missing", lambda f: f(AT, PLACES, CHARGES[:2]), ValueError, r"^charges .*\(2,\)"),
    Bad("column", lambda f: f(AT, PLACES, CHARGES[:, None]), ValueError, r"^charges .*\(3, 1\)"),
    Bad("mixed", lambda f: f(AT, PLACES.float(), CHARGES), TypeError, "^positions .*float32"),
    Bad("mixed q", lambda f: f(AT, PLACES, CHARGES.float()), TypeError, "^charges .*float32"),
    Bad("eps", lambda f: f(AT, PLACES, CHARGES, -0.1), ValueError, "^eps .*-0.1"),
    Bad("eps nan", lambda f: f(AT, PLACES, CHARGES, math.nan), ValueError, "^eps .*finite"),
    Bad("eps text", lambda f: f(AT, PLACES, CHARGES, "0"), TypeError, "^eps .*str"),
)
CHARGE_TENSORS = (
    Arg("x", 0, finite=False),
    Arg("positions", 1, finite=False),
    Arg("charges", 2, finite=False),
)

ROWS = [
    Row(
        name="physics.point_charge_potential",
        proof="closed form",
        inputs=charge_inputs,
        expected=one_charge_at_a_time,
        tensors=CHARGE_TENSORS,
        bad=CHARGE_ERRORS,
    ),
    Row(
        name="physics.point_charge_field",
        proof="closed form",
        inputs=charge_inputs,
        expected=minus_gradient,
        tensors=CHARGE_TENSORS,
        bad=CHARGE_ERRORS,
    ),
]
