"""Proofs of ``companion.linalg``: singular values and eigenvalues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import scipy.linalg
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from tests.registry._row import Arg, Bad, Call, Row, call, close

Generator = torch.Generator


def randn(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=g, dtype=dtype)


def orthogonal(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    """A random orthogonal matrix Tensor[..., n, n]."""
    return torch.linalg.qr(randn(g, dtype, *shape, shape[-1])).Q


def with_spectrum(Q: Tensor, values: Tensor) -> Tensor:
    """The symmetric matrix Q diag(values) Qᵀ."""
    A = (Q * values) @ Q.mT
    return (A + A.mT) / 2


def symmetric(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    """A random symmetric matrix Tensor[..., n, n] with eigenvalues of both signs, 0.7 apart."""
    n = shape[-1]
    values = 0.7 * torch.arange(n, dtype=dtype) - 0.3 * n
    return with_spectrum(orthogonal(g, dtype, *shape), values)


# Comparisons


def orthonormal_columns(Q: Tensor, tol: float) -> None:
    identity = torch.eye(Q.shape[-1], dtype=Q.dtype).expand(*Q.shape[:-2], -1, -1)
    torch.testing.assert_close(Q.mT @ Q, identity, rtol=0.0, atol=tol)


def rebuilt(factors: Any) -> Tensor:
    """U diag(S) Vh of a full or reduced decomposition."""
    U, S, Vh = factors
    k = S.shape[-1]
    return (U[..., :k] * S[..., None, :]) @ Vh[..., :k, :]


def same_svd(ours: Any, expected: Any, tol: float) -> None:
    """Same shapes, dtypes, values and product; orthonormal factors (they are not unique)."""
    assert ours._fields == ("U", "S", "Vh")
    for mine, theirs in zip(ours, expected, strict=True):
        assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    close(ours.S, expected.S, tol)
    close(rebuilt(ours), rebuilt(expected), tol)
    orthonormal_columns(ours.U, tol)
    orthonormal_columns(ours.Vh.mT, tol)


def up_to_sign(ours: Tensor, expected: Tensor, tol: float) -> None:
    """Columns equal up to the sign of each."""
    sign = (ours * expected).sum(dim=-2, keepdim=True)
    close(ours * sign.sign(), expected, tol)


def same_eigenpairs(ours: Any, expected: Any, tol: float) -> None:
    assert ours._fields == ("eigenvalues", "eigenvectors")
    close(ours[0], expected[0], tol)
    up_to_sign(ours[1], expected[1], tol)


def same_set(ours: Tensor, expected: Tensor, tol: float) -> None:
    """Complex numbers equal after the best pairing, for each matrix of the batch."""
    assert (ours.shape, ours.dtype) == (expected.shape, expected.dtype)
    n = ours.shape[-1]
    if ours.numel() == 0:
        return
    for mine, theirs in zip(ours.reshape(-1, n), expected.reshape(-1, n), strict=True):
        distance = (mine[:, None] - theirs).abs()
        _, partner = linear_sum_assignment(distance.numpy())
        close(mine, theirs[partner], tol)


def same_dominant_pair(ours: Any, expected: tuple[Tensor, Tensor], tol: float) -> None:
    assert ours._fields == ("value", "vector", "history")
    close(ours.value, expected[0], tol)
    up_to_sign(ours.vector[:, None], expected[1][:, None], tol)
    assert ours.history.ndim == 1
    assert torch.equal(ours.history[-1], ours.value)


# Inputs and expectations


def any_matrices(g: Generator, dtype: torch.dtype) -> Iterable[Tensor]:
    shapes = [(1, 1), (1, 4), (4, 1), (2, 2), (5, 3), (3, 5), (20, 12), (12, 20), (9, 9)]
    for shape in [*shapes, (4, 6, 3), (2, 3, 3, 5), (0, 3), (3, 0), (0, 0), (0, 3, 2), (2, 0, 3)]:
        yield randn(g, dtype, *shape)
    yield torch.zeros(4, 3, dtype=dtype)
    yield torch.ones(3, 5, dtype=dtype)
    yield randn(g, dtype, 8, 2) @ randn(g, dtype, 2, 6)
    yield torch.stack([torch.eye(3, dtype=dtype), torch.zeros(3, 3, dtype=dtype)])
    yield randn(g, dtype, 4, 5).mT  # not contiguous


def svd_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for A in any_matrices(g, dtype):
        yield call(A, label=f"{tuple(A.shape)}")
        yield call(A, full_matrices=False, label=f"{tuple(A.shape)} reduced")


def svdvals_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    return (call(A, label=f"{tuple(A.shape)}") for A in any_matrices(g, dtype))


def polar_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((1, 1), (3, 3), (5, 3), (3, 5), (2, 4, 3), (3, 1, 2, 2)):
        a = randn(g, dtype, *shape)
        yield call(a, label=f"{shape}")
        yield call(a, side="left", label=f"{shape} left")
    yield call(torch.tensor([[1.0, 0.5], [0.0, 1.0]], dtype=dtype), "right", label="shear")


def scipy_polar(a: Tensor, side: str = "right") -> tuple[Tensor, Tensor]:
    """The library takes one matrix at a time."""
    found = [scipy.linalg.polar(x.numpy(), side) for x in a.reshape(-1, *a.shape[-2:])]
    u, p = (torch.stack([torch.from_numpy(pair[i]) for pair in found]) for i in (0, 1))
    return u.reshape(a.shape), p.reshape(*a.shape[:-2], *p.shape[-2:])


def symmetric_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((1,), (2,), (3,), (8,), (11,), (4, 5), (2, 3, 4), (0,), (0, 3), (2, 0)):
        yield call(symmetric(g, dtype, *shape), label=f"{shape}")
    yield call(torch.tensor([[1.5, 0.5], [0.5, 1.0]], dtype=dtype), label="page")
    yield call(torch.diag(torch.arange(4, dtype=dtype).flip(0)), label="diagonal")


def eigh_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((1,), (2,), (3,), (8,), (3, 4), (3, 1, 2)):
        n = shape[-1]
        mass = with_spectrum(orthogonal(g, dtype, *shape), torch.linspace(1, 3, n, dtype=dtype))
        L = torch.linalg.cholesky(mass)
        stiffness = L @ symmetric(g, dtype, *shape) @ L.mT
        yield call((stiffness + stiffness.mT) / 2, mass, label=f"{shape} with b")
    yield from symmetric_inputs(g, dtype)


def library_eigh(a: Tensor, b: Tensor | None = None) -> tuple[Tensor, Tensor]:
    if b is None:
        return torch.linalg.eigh(a)
    n = a.shape[-1]
    both = zip(a.reshape(-1, n, n).numpy(), b.reshape(-1, n, n).numpy(), strict=True)
    found = [scipy.linalg.eigh(x, y) for x, y in both]
    w, v = (torch.stack([torch.from_numpy(pair[i]) for pair in found]) for i in (0, 1))
    return w.reshape(a.shape[:-1]), v.reshape(a.shape)


def eigvals_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((1, 1), (2, 2), (3, 3), (8, 8), (20, 20), (3, 5, 5), (2, 2, 4, 4)):
        yield call(randn(g, dtype, *shape), label=f"{shape}")
    for shape in ((0, 0), (0, 3, 3), (2, 0, 0)):
        yield call(randn(g, dtype, *shape), label=f"{shape}")
    eye = torch.eye(5, dtype=dtype)
    yield call(eye.roll(1, 0), label="cyclic permutation")
    yield call(eye.roll(-1, 0), label="cyclic permutation, other way")
    yield call(torch.zeros(4, 4, dtype=dtype), label="zero")
    yield call(torch.ones(4, 4, dtype=dtype), label="ones")
    yield call(symmetric(g, dtype, 6), label="symmetric")
    yield call(randn(g, dtype, 6, 6).triu(), label="triangular")
    yield call(torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=dtype), label="rotation")


def power_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    tol = 1e-10 if dtype == torch.float64 else 1e-6
    for values in ([2.0], [-3.0, 1.0], [1.0, 0.5, -0.6, 0.1], [0.1, -5e3, 2.0, 2.0, -4e3]):
        Q = orthogonal(g, dtype, len(values))
        A = with_spectrum(Q, torch.tensor(values, dtype=dtype))
        yield call(A, Q.sum(dim=1), tol=tol, label=f"{values}")


def dominant_pair(A: Tensor, x0: Tensor, tol: float) -> tuple[Tensor, Tensor]:
    w, v = torch.linalg.eigh(A)
    largest = int(w.abs().argmax())
    return w[largest], v[:, largest]


def f64(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


EYE = torch.eye(2, dtype=torch.float64)
ONES = torch.ones(2, dtype=torch.float64)

ROWS = [
    Row(
        name="linalg.svd",
        proof="library",
        inputs=svd_inputs,
        expected=torch.linalg.svd,
        compare=same_svd,
        mirrors="torch.linalg.svd",
        tensors=(Arg("A"),),
        deviation="Values below 1e-138 (float32: 1e-12) of the largest become zero.",
    ),
    Row(
        name="linalg.svdvals",
        proof="library",
        inputs=svdvals_inputs,
        expected=torch.linalg.svdvals,
        mirrors="torch.linalg.svdvals",
        tensors=(Arg("A"),),
    ),
    Row(
        name="linalg.polar",
        proof="library",
        inputs=polar_inputs,
        expected=scipy_polar,
        mirrors="scipy.linalg.polar",
        tensors=(Arg("a"),),
        bad=(Bad("side", lambda f: f(EYE, side="top"), ValueError, "side .*'top'"),),
    ),
    Row(
        name="linalg.eigh",
        proof="library",
        inputs=eigh_inputs,
        expected=library_eigh,
        compare=same_eigenpairs,
        mirrors="scipy.linalg.eigh",
        tensors=(Arg("a", square=True), Arg("b", 1, square=True)),
        bad=(
            Bad("not symmetric", lambda f: f(f64([1, 2], [3, 4])), ValueError, "^a .*symmetric"),
            Bad("b unsymmetric", lambda f: f(EYE, f64([1, 2], [3, 4])), ValueError, "^b .*symm"),
            Bad("b of other size", lambda f: f(EYE, f64([1])), ValueError, "^b .*shape"),
            Bad("b of other dtype", lambda f: f(EYE, EYE.float()), TypeError, "^b .*float32"),
            Bad("b indefinite", lambda f: f(EYE, -EYE), torch.linalg.LinAlgError, "b must be pos"),
        ),
        deviation="Input that is not symmetric raises ValueError: libraries read one triangle.",
    ),
    Row(
        name="linalg.eigvalsh",
        proof="library",
        inputs=symmetric_inputs,
        expected=torch.linalg.eigvalsh,
        mirrors="scipy.linalg.eigvalsh",
        tensors=(Arg("a", square=True),),
        bad=(Bad("not symmetric", lambda f: f(f64([1, 2], [3, 4])), ValueError, "^a .*symm"),),
        deviation="Input that is not symmetric raises ValueError: libraries read one triangle.",
    ),
    Row(
        name="linalg.eigvals",
        proof="library",
        inputs=eigvals_inputs,
        expected=torch.linalg.eigvals,
        compare=same_set,
        tol={torch.float64: 1e-8, torch.float32: 2e-4},
        mirrors="torch.linalg.eigvals",
        tensors=(Arg("A", square=True),),
        bad=(Bad("too large", lambda f: f(torch.eye(21)), ValueError, r"^A .*20 x 20.*21, 21"),),
        deviation="At most 20 x 20; the order of the values is not the library's.",
    ),
    Row(
        name="linalg.power_iteration",
        proof="library",
        inputs=power_inputs,
        expected=dominant_pair,
        compare=same_dominant_pair,
        tol={torch.float64: 1e-8, torch.float32: 2e-4},
        tensors=(Arg("A", square=True), Arg("x0", 1, ndim=1)),
        bad=(
            Bad("zero start", lambda f: f(EYE, 0 * ONES), ValueError, "^x0 .*zero"),
            Bad("batch", lambda f: f(EYE[None], ONES), ValueError, "^A .*single"),
            Bad("x0 is a matrix", lambda f: f(EYE, EYE), ValueError, r"^x0 .*\(2,\)"),
            Bad("x0 too long", lambda f: f(EYE, torch.ones(3).double()), ValueError, "^x0 .*3"),
            Bad("other dtype", lambda f: f(EYE, ONES.float()), TypeError, "^x0 .*float32"),
            Bad("no step", lambda f: f(EYE, ONES, maxiter=0), ValueError, "^maxiter .*0"),
        ),
    ),
]
