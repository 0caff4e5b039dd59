"""Symmetric eigenproblems beyond parity: repeated values, extremes, mechanics in closed form."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import eigh, eigvalsh, symmetric

F64 = torch.float64
EPS = torch.finfo(F64).eps


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def with_values(seed: int, values: list[float]) -> Tensor:
    """A symmetric matrix with these eigenvalues and random axes."""
    Q = torch.linalg.qr(random(seed, len(values), len(values))).Q
    A = (Q * torch.tensor(values, dtype=F64)) @ Q.mT
    return (A + A.mT) / 2


def assert_eigenpairs(a: Tensor) -> None:
    """Product and orthogonality hold to 100 n eps |a|, and the values ascend."""
    w, V = eigh(a)
    n = a.shape[-1]
    allowed = 100 * n * EPS
    assert float(((V * w) @ V.mT - a).abs().max()) <= allowed * n * float(a.abs().max())
    assert float((V.mT @ V - torch.eye(n, dtype=F64)).abs().max()) <= allowed
    assert bool((w.diff() >= 0).all())
    assert torch.equal(eigvalsh(a), w)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=7),
    st.integers(0, 10**6),
    st.sampled_from([-900, 1, 900]),
)
def test_repeated_and_zero_values(values: list[int], seed: int, power: int) -> None:
    a = with_values(seed, [float(v) for v in values])
    assert_eigenpairs(a)
    expected = torch.tensor(sorted(values), dtype=F64)
    torch.testing.assert_close(eigvalsh(a), expected, rtol=0, atol=1e-13)
    scaled = eigvalsh(a * 2.0**power) / 2.0**power
    torch.testing.assert_close(scaled, expected, rtol=0, atol=1e-13)


def test_projectors_of_repeated_values() -> None:
    """The vectors of an eigenspace are arbitrary, the projector on it is not."""
    values = [-1.0, -1.0, 2.0, 2.0, 2.0, 5.0]
    Q = torch.linalg.qr(random(4, 6, 6)).Q
    a = (Q * torch.tensor(values, dtype=F64)) @ Q.mT
    w, V = eigh((a + a.mT) / 2)
    for space in (slice(0, 2), slice(2, 5), slice(5, 6)):
        ours, theirs = V[:, space] @ V[:, space].mT, Q[:, space] @ Q[:, space].mT
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-13)
    torch.testing.assert_close(w, torch.tensor(values, dtype=F64))


@pytest.mark.parametrize("n", [1, 4, 5])
def test_identity_and_zero_keep_their_axes(n: int) -> None:
    eye = torch.eye(n, dtype=F64)
    for a in (eye, 0 * eye):
        w, V = eigh(a)
        assert torch.equal(V, eye)
        assert torch.equal(w, a.diagonal())


@pytest.mark.parametrize("n", [2, 5, 12])
def test_exchange_matrix(n: int) -> None:
    """Ones on the other diagonal: all diagonal entries agree, so every angle is 45 degrees."""
    a = torch.eye(n, dtype=F64).flip(0)
    assert_eigenpairs(a)
    expected = torch.tensor([-1.0] * (n // 2) + [1.0] * ((n + 1) // 2), dtype=F64)
    torch.testing.assert_close(eigvalsh(a), expected, rtol=0, atol=1e-14)


def test_hilbert() -> None:
    i = torch.arange(8, dtype=F64)
    H = 1 / (i[:, None] + i + 1)
    assert_eigenpairs(H)
    allowed = 100 * 8 * EPS * 1.7
    torch.testing.assert_close(eigvalsh(H), torch.linalg.eigvalsh(H), rtol=0, atol=allowed)


def test_closed_form_of_the_page() -> None:
    w, V = eigh(torch.tensor([[1.5, 0.5], [0.5, 1.0]], dtype=F64))
    expected = torch.tensor([(5 - 5**0.5) / 4, (5 + 5**0.5) / 4], dtype=F64)
    torch.testing.assert_close(w, expected, rtol=0, atol=1e-15)
    golden = (1 + 5**0.5) / 2
    assert abs(abs(float(V[0, 1] / V[1, 1])) - golden) < 1e-14


def test_spring_chain_frequencies() -> None:
    """Fixed-free chain: ω_j = 2 sin((2 j - 1) π / (2 (2 n + 1)))."""
    n = 9
    K = 2 * torch.eye(n, dtype=F64)
    K[-1, -1] = 1
    K -= torch.diag(torch.ones(n - 1, dtype=F64), 1) + torch.diag(torch.ones(n - 1, dtype=F64), -1)
    j = torch.arange(1, n + 1, dtype=F64)
    expected = 2 * torch.sin((2 * j - 1) * math.pi / (2 * (2 * n + 1)))
    torch.testing.assert_close(eigvalsh(K).sqrt(), expected, rtol=0, atol=1e-13)


def test_two_storey_frame() -> None:
    """K φ = ω² M φ with unequal masses: ω² = 0.5 and 2, modes M-orthonormal."""
    K = torch.tensor([[3.0, -1.0], [-1.0, 1.0]], dtype=F64)
    M = torch.diag(torch.tensor([2.0, 1.0], dtype=F64))
    w, V = eigh(K, M)
    torch.testing.assert_close(w, torch.tensor([0.5, 2.0], dtype=F64), rtol=0, atol=1e-14)
    torch.testing.assert_close(V.mT @ M @ V, torch.eye(2, dtype=F64), rtol=0, atol=1e-14)
    torch.testing.assert_close(K @ V, M @ V * w, rtol=0, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10**6))
def test_generalised_problem(n: int, seed: int) -> None:
    a = with_values(seed, [float(v % 3) for v in range(n)])
    b = with_values(seed + 1, [1.0 + v for v in range(n)])
    w, V = eigh(a, b)
    torch.testing.assert_close(a @ V, b @ V * w, rtol=0, atol=1e-12)
    torch.testing.assert_close(V.mT @ b @ V, torch.eye(n, dtype=F64), rtol=0, atol=1e-12)
    assert bool((w.diff() >= 0).all())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10**6))
def test_invariants(n: int, seed: int) -> None:
    """Trace, determinant and the Frobenius norm in terms of eigenvalues."""
    a = random(seed, n, n)
    a = a + a.mT
    w = eigvalsh(a)
    size = float(a.abs().max()) + 1
    assert abs(float(w.sum() - a.trace())) <= 1e-12 * size
    assert abs(float(w.prod() - torch.linalg.det(a))) <= 1e-11 * (2 * size) ** n
    assert abs(float((w * w).sum() - (a * a).sum())) <= 1e-12 * size**2 * n


@pytest.mark.parametrize("largest", [1.7e308, 1e-307, 5e-324])
def test_extreme_entries(largest: float) -> None:
    """[[0, x], [x, 0]] has the eigenvalues -x, x; sums or squares of x overflow or vanish."""
    a = torch.tensor([[0.0, largest], [largest, 0.0]], dtype=F64)
    w, V = eigh(a)
    torch.testing.assert_close(w / largest, torch.tensor([-1.0, 1.0], dtype=F64))
    torch.testing.assert_close(V.abs(), torch.full((2, 2), 0.5**0.5, dtype=F64))


@pytest.mark.parametrize(("n", "size"), [(2, 1.0), (10, 1.0), (10, 1e-9), (10, 1e12)])
def test_how_unsymmetric_is_too_much(n: int, size: float) -> None:
    """100 n eps of the largest entry is round-off; ten times that is another matrix."""
    a = torch.full((n, n), size, dtype=F64)
    limit = 100 * n * EPS * size
    for factor, accepted in ((0.4, True), (3.0, False)):
        b = a.clone()
        b[0, 1] -= factor * limit
        if accepted:
            # The mean of both triangles is used, so the largest value feels half the difference.
            assert abs(float(eigvalsh(b)[-1]) - n * size) <= limit
            continue
        for f in (eigh, eigvalsh):
            with pytest.raises(ValueError, match="a must be symmetric"):
                f(b)


def test_both_triangles_count() -> None:
    """An admissible difference is shared: a and its transpose have the same eigenvalues."""
    a = torch.ones(4, 4, dtype=F64)
    a[0, 1] += 100 * EPS
    assert torch.equal(eigvalsh(a), eigvalsh(a.mT))


def test_batch_members_do_not_touch_each_other() -> None:
    batch = torch.stack([with_values(0, [1.0, 2, 4]), 1e200 * with_values(1, [-1.0, 0, 3])])
    w, V = eigh(batch)
    for i, a in enumerate(batch):
        alone = eigh(a)
        torch.testing.assert_close(w[i] / a.abs().max(), alone[0] / a.abs().max())
        torch.testing.assert_close(V[i], alone[1], rtol=0, atol=1e-14)


def test_no_convergence_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symmetric, "MAX_SWEEPS", 2)
    a = random(0, 10, 10)
    with pytest.raises(torch.linalg.LinAlgError, match="eigh: no convergence after 2 sweeps"):
        eigh(a + a.mT)


def test_sweeps_needed_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quadratic convergence: 12 sweeps are enough for 60 x 60, and for repeated values."""
    monkeypatch.setattr(symmetric, "MAX_SWEEPS", 12)
    a = random(1, 60, 60)
    eigvalsh(a + a.mT)
    eigvalsh(torch.ones(30, 30, dtype=F64))
    eigvalsh(torch.stack([with_values(s, [1.0, 1, -1, -1, 2, 2, 2, 0]) for s in range(300)]))
