"""Proofs of the physics that the chapter on optimization uses."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from scipy.special import roots_legendre
from torch import Tensor

from tests.registry._row import Arg, Bad, Call, Row, call

Generator = torch.Generator
F64 = torch.float64


def rand(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.rand(shape, generator=g, dtype=dtype)


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


# Influence function of a beam


def load_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for one, other in (((), ()), ((7,), (7,)), ((5, 1), (4,)), ((3,), (2, 1)), ((0,), ())):
        yield call(rand(g, dtype, *one), rand(g, dtype, *other), label=f"{one} and {other}")
    yield call(torch.linspace(0, 1, 11, dtype=dtype), 0.3, label="a number")
    yield call(torch.linspace(0, 1, 11, dtype=dtype), 1, label="at the end")


def work_of_moments(x: Tensor, a: Tensor | float) -> Tensor:
    """48 times Mohr's integral of two triangles of moment; Gauss is exact on each of 3 pieces."""
    points, load = np.broadcast_arrays(x.double().numpy(), np.asarray(a, dtype=float))
    nodes, weights = roots_legendre(3)

    def moment(s: np.ndarray, where: float) -> np.ndarray:
        return np.where(s < where, s * (1 - where), where * (1 - s))

    w = np.zeros(points.shape)
    for i in np.ndindex(points.shape):
        cuts = np.array([0, *sorted((points[i], load[i])), 1])
        for start, length in zip(cuts[:-1], np.diff(cuts), strict=True):
            s = start + length * (1 + nodes) / 2
            w[i] += 24 * length * (weights * moment(s, points[i]) * moment(s, load[i])).sum()
    return torch.from_numpy(w).to(x.dtype)


# The truss of von Mises


def truss_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((), (6,), (2, 0), (3, 2)):
        yield call(3 * rand(g, dtype, *shape) - 0.5, label=f"{shape}")
    yield call(torch.tensor([0.0, 0.5, 1, 2], dtype=dtype), label="page")


def strain_energy(u: Tensor) -> Tensor:
    """Energy of two bars from their coordinates, with h = 2, half span 3, EA = 5 throughout."""
    h, half, EA = 2.0, 3.0, 5.0
    foot, joint = u.new_tensor([half, 0.0]), torch.stack([0 * u, h - h * u], dim=-1)
    L0 = math.hypot(half, h)
    energy = torch.zeros_like(u)
    for side in (-1, 1):
        square = (joint - side * foot).square().sum(dim=-1)
        strain = (square - L0**2) / (2 * L0**2)
        energy = energy + EA * L0 * strain**2 / 2
    return energy * L0**3 / (EA * h**4)


def differences_of_energy(u: Tensor) -> tuple[Tensor, Tensor]:
    """The energy is of degree 4: five points give its two derivatives up to rounding."""
    at, h = u.double(), 0.05
    back2, back, here, ahead, ahead2 = (strain_energy(at + k * h) for k in (-2, -1, 0, 1, 2))
    first = (8 * (ahead - back) - (ahead2 - back2)) / (12 * h)
    second = (16 * (ahead + back) - (ahead2 + back2) - 30 * here) / (12 * h**2)
    return first.to(u.dtype), second.to(u.dtype)


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
TRUSS_ERRORS = (
    Bad("number", lambda f: f(0.5), TypeError, "^u .*float"),
    Bad("integer", lambda f: f(torch.tensor([1])), TypeError, "^u .*int64"),
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
    Row(
        name="physics.beam_influence",
        proof="closed form",
        inputs=load_inputs,
        expected=work_of_moments,
        bad=(
            Bad("list", lambda f: f([0.5], 0.5), TypeError, "^x .*list"),
            Bad("integer", lambda f: f(torch.tensor(1), 0.5), TypeError, "^x .*int64"),
            Bad("outside", lambda f: f(AT, 0.5), ValueError, "^x .*between 0 and 1"),
            Bad("nan", lambda f: f(AT * math.nan, 0.5), ValueError, "^x .*finite"),
            Bad("a outside", lambda f: f(AT / 9, -0.1), ValueError, "^a .*between 0 and 1"),
            Bad("a tensor", lambda f: f(AT / 9, AT), ValueError, "^a .*between 0 and 1"),
            Bad("a nan", lambda f: f(AT / 9, math.nan), ValueError, "^a .*finite"),
            Bad("a text", lambda f: f(AT / 9, "0.5"), TypeError, "^a .*str"),
            Bad("a mixed", lambda f: f(AT / 9, AT.float() / 9), TypeError, "^a .*float32"),
            Bad("shapes", lambda f: f(AT / 9, CHARGES.abs()), ValueError, r"^a .*\(2,\).*\(3,\)"),
        ),
    ),
    Row(
        name="physics.von_mises_truss",
        proof="finite difference",
        inputs=truss_inputs,
        expected=differences_of_energy,
        bad=TRUSS_ERRORS,
    ),
    Row(
        name="physics.von_mises_truss_energy",
        proof="closed form",
        inputs=truss_inputs,
        expected=strain_energy,
        bad=TRUSS_ERRORS,
    ),
]
