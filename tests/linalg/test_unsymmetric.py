"""Eigenvalues of general matrices beyond parity: known spectra, hard cases, the steps inside."""

from __future__ import annotations

import cmath
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from companion.linalg import eigvals, unsymmetric

F64 = torch.float64


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def distance(found: Tensor, expected: list[complex]) -> float:
    """The largest distance after the best pairing."""
    gap = (found[:, None] - torch.tensor(expected, dtype=torch.complex128)).abs()
    rows, columns = linear_sum_assignment(gap.numpy())
    return float(gap[rows, columns].max())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-4, 4), max_size=5),
    st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), max_size=3),
    st.integers(0, 10**6),
)
def test_known_real_and_complex_pairs(
    real: list[int], pairs: list[tuple[int, int]], seed: int
) -> None:
    """Blocks [[a, b], [-b, a]] have a ± b i; an orthogonal change of basis hides them."""
    blocks = [torch.tensor([[float(x)]], dtype=F64) for x in real]
    blocks += [torch.tensor([[a, b], [-b, a]], dtype=F64) for a, b in pairs]
    if not blocks:
        return
    D = torch.block_diag(*blocks)
    Q = torch.linalg.qr(random(seed, *D.shape)).Q
    expected = [complex(x) for x in real]
    expected += [complex(a, s * b) for a, b in pairs for s in (1, -1)]
    assert distance(eigvals(Q @ D @ Q.mT), expected) < 1e-12
    assert distance(eigvals(D), expected) < 1e-13


@pytest.mark.parametrize("n", range(2, 21))
@pytest.mark.parametrize("shift", [1, -1])
def test_cyclic_permutations_have_the_roots_of_unity(n: int, shift: int) -> None:
    """An orthogonal Hessenberg matrix stands still under the usual shift."""
    roots = [cmath.exp(2j * math.pi * k / n) for k in range(n)]
    assert distance(eigvals(torch.eye(n, dtype=F64).roll(shift, 0)), roots) < 1e-12


@pytest.mark.parametrize("degrees", [30.0, 90.0, 180.0])
def test_rotations(degrees: float) -> None:
    t = math.radians(degrees)
    A = torch.tensor([[math.cos(t), -math.sin(t)], [math.sin(t), math.cos(t)]], dtype=F64)
    assert distance(eigvals(A), [cmath.exp(1j * t), cmath.exp(-1j * t)]) < 1e-15


def test_rotation_times_stretch() -> None:
    """±i √(1.9 · 1.4) for the combination of the page."""
    A = torch.tensor([[0.0, -1.4], [1.9, 0.0]], dtype=F64)
    root = (1.9 * 1.4) ** 0.5
    assert distance(eigvals(A), [1j * root, -1j * root]) < 1e-15


@pytest.mark.parametrize("n", [2, 3, 10, 20])
def test_nilpotent_matrices(n: int) -> None:
    """Jordan blocks of either orientation are triangular: exactly zero."""
    J = torch.diag(torch.ones(n - 1, dtype=F64), 1)
    assert distance(eigvals(J), [0j] * n) == 0
    assert distance(eigvals(J.mT), [0j] * n) == 0


def test_companion_matrix_of_integers() -> None:
    """The roots of (x - 1) ... (x - 6), by their coefficients."""
    roots = [1, 2, 3, 4, 5, 6]
    coefficients = [1]
    for r in roots:
        both = zip([*coefficients, 0], [0, *coefficients], strict=True)
        coefficients = [a - r * b for a, b in both]
    C = torch.diag(torch.ones(5, dtype=F64), -1)
    C[0] = -torch.tensor(coefficients[1:], dtype=F64)
    assert distance(eigvals(C), [complex(r) for r in roots]) < 1e-8


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 10), st.integers(0, 10**6), st.sampled_from([-1000, 1, 1000]))
def test_trace_determinant_conjugates_and_scale(n: int, seed: int, power: int) -> None:
    A = random(seed, n, n)
    w = eigvals(A)
    size = float(torch.linalg.matrix_norm(A))
    assert abs(complex(w.sum()) - float(A.trace())) <= 1e-12 * size
    assert abs(complex(w.prod()) - float(torch.linalg.det(A))) <= 1e-11 * max(1.0, size) ** n
    assert distance(w, w.conj().resolve_conj().tolist()) <= 1e-7 * size
    assert distance(eigvals(A * 2.0**power) / 2.0**power, w.tolist()) <= 1e-12 * size


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 8), st.integers(0, 10**6))
def test_hessenberg_form_is_similar(n: int, seed: int) -> None:
    """Qᵀ A Q: zero below the subdiagonal, with all the invariants an orthogonal Q leaves."""
    A = random(seed, n, n)
    H = unsymmetric._hessenberg(A)
    assert bool((H.tril(-2) == 0).all())
    for f in (lambda X: X.trace(), lambda X: (X @ X @ X).trace(), lambda X: (X * X).sum()):
        torch.testing.assert_close(f(H), f(A), rtol=1e-11, atol=1e-11)


def test_hessenberg_leaves_what_is_already_there() -> None:
    """Zero columns need no reflection, and must not divide by zero."""
    A = torch.diag(torch.arange(5, dtype=F64))
    assert torch.equal(unsymmetric._hessenberg(A), A)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_reflection_avoids_cancellation(sign: float) -> None:
    """x = ±(1, -1e-8): the difference of x_1 and |x| would lose all digits."""
    A = torch.tensor([[1.0, 2, 3], [sign, 4, 5], [-1e-8 * sign, 7, 9]], dtype=F64)
    H = unsymmetric._hessenberg(A)
    for power in (2, 3):
        both = [torch.linalg.matrix_power(X, power).trace() for X in (H, A)]
        torch.testing.assert_close(*both, rtol=1e-14, atol=0)


def test_qr_step_is_a_unitary_similarity() -> None:
    H = random(3, 6, 6).triu(-1).to(torch.complex128)
    before = H.clone()
    unsymmetric._qr_step(H, 0.3 + 0.2j)
    assert float(H.tril(-2).abs().max()) < 1e-14
    for power in (1, 2, 3):
        traces = [torch.linalg.matrix_power(X, power).trace() for X in (before, H)]
        torch.testing.assert_close(*traces)
    torch.testing.assert_close(H.abs().pow(2).sum(), before.abs().pow(2).sum())


@pytest.mark.parametrize("seed", range(5))
def test_shift_is_the_nearer_eigenvalue_of_the_last_block(seed: int) -> None:
    H = torch.complex(random(seed, 4, 4), random(seed + 10, 4, 4))
    both = torch.linalg.eigvals(H[-2:, -2:])
    nearer = both[(both - H[-1, -1]).abs().argmin()]
    assert abs(unsymmetric._shift(H, 0) - complex(nearer)) < 1e-13
    for step in (9, 19):
        assert abs(unsymmetric._shift(H, step) - complex(nearer)) > 0.05


def test_iterations_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two or three steps for each eigenvalue on average, and the limit raises."""
    steps = []
    original = unsymmetric._qr_step

    def counted(H: Tensor, shift: complex) -> None:
        steps.append(H.shape[-1])
        original(H, shift)

    monkeypatch.setattr(unsymmetric, "_qr_step", counted)
    A = random(0, 10, 20, 20)
    eigvals(A)
    assert len(steps) < 4 * 200
    monkeypatch.setattr(unsymmetric, "MAX_STEPS", 1)
    with pytest.raises(torch.linalg.LinAlgError, match="eigvals: no convergence after 1 steps"):
        eigvals(A)


def test_largest_size_is_allowed() -> None:
    assert distance(eigvals(torch.eye(20, dtype=F64)), [1 + 0j] * 20) == 0


def test_small_couplings_split_off() -> None:
    """An entry below eps of its neighbours counts as zero, one above 1e-14 does not."""
    A = torch.tensor([[1.0, 1.0], [1e-17, 1.0]], dtype=F64)
    assert torch.equal(eigvals(A), torch.ones(2, dtype=torch.complex128))
    A[1, 0] = 1e-14
    assert distance(eigvals(A), [1 + 1e-7, 1 - 1e-7]) < 1e-13


def test_small_blocks_are_measured_by_their_own_size() -> None:
    """1e-20 [[1, 1], [0.01, 1]] beside a 1: values 1e-20 (1 ± 0.1), the coupling is not small."""
    small = 1e-20 * torch.tensor([[1.0, 1.0], [0.01, 1.0]], dtype=F64)
    w = eigvals(torch.block_diag(torch.ones(1, 1, dtype=F64), small))
    assert distance(w[w.abs() < 0.5] * 1e20, [1.1, 0.9]) < 1e-13
