"""Singular values beyond parity: structure, extremes, best approximation, polar decomposition."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import _jacobi, polar, singular, svd, svdvals

F64 = torch.float64
EPS = torch.finfo(F64).eps
GOLDEN = (1 + math.sqrt(5)) / 2


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def assert_decomposes(A: Tensor, full_matrices: bool = True) -> None:
    """Product and orthogonality hold to 100 n eps |A|, and values descend from |A| to >= 0."""
    m, n = A.shape[-2:]
    U, S, Vh = svd(A, full_matrices=full_matrices)
    size = float(A.abs().max()) * max(m, n)
    allowed = 100 * max(m, n) * EPS
    k = min(m, n)
    rebuilt = (U[..., :k] * S[..., None, :]) @ Vh[..., :k, :]
    assert float((rebuilt - A).abs().max()) <= allowed * size
    for Q in (U, Vh.mT):
        assert float((Q.mT @ Q - torch.eye(Q.shape[-1], dtype=F64)).abs().max()) <= allowed
    assert bool((S >= 0).all())
    assert bool((S.diff(dim=-1) <= 0).all())


@settings(max_examples=60, deadline=None)
@given(
    m=st.integers(1, 7),
    n=st.integers(1, 7),
    rank=st.integers(0, 7),
    seed=st.integers(0, 10**6),
    power=st.sampled_from([-900, -60, 1, 60, 900]),
    full=st.booleans(),
)
def test_any_rank_and_size(m: int, n: int, rank: int, seed: int, power: int, full: bool) -> None:
    A = random(seed, m, rank) @ random(seed + 1, rank, n)
    A = A / A.abs().max().clamp_min(1e-300)
    assert_decomposes(A, full)
    S = svdvals(A)
    assert int((S / S[0] > 1e-9).sum()) <= min(m, n, rank)
    torch.testing.assert_close(svdvals(A * 2.0**power), S * 2.0**power, rtol=0, atol=1e-300)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 6))
def test_invariants(seed: int, m: int, n: int) -> None:
    """Orthogonal factors, transposition and the Frobenius norm say what they should."""
    A = random(seed, m, n)
    Q = torch.linalg.qr(random(seed + 1, m, m)).Q
    S = svdvals(A)
    torch.testing.assert_close(svdvals(Q @ A), S, rtol=0, atol=1e-12)
    torch.testing.assert_close(svdvals(A.mT), S, rtol=0, atol=1e-12)
    torch.testing.assert_close((S * S).sum(), (A * A).sum())


def test_closed_forms() -> None:
    shear = torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=F64)
    expected = torch.tensor([GOLDEN, 1 / GOLDEN], dtype=F64)
    torch.testing.assert_close(svdvals(shear), expected, rtol=0, atol=1e-15)
    symmetric = torch.tensor([[1.0, 2.0], [2.0, -1.0]], dtype=F64)
    torch.testing.assert_close(svdvals(symmetric), torch.full((2,), 5**0.5, dtype=F64))
    indefinite = torch.diag(torch.tensor([2.0, -3.0], dtype=F64))
    assert svdvals(indefinite).tolist() == [3.0, 2.0]


@pytest.mark.parametrize("shape", [(5, 4), (4, 5), (6, 6), (1, 3), (3, 1)])
def test_zero_matrix(shape: tuple[int, int]) -> None:
    A = torch.zeros(shape, dtype=F64)
    assert_decomposes(A)
    assert_decomposes(A, full_matrices=False)
    assert svdvals(A).tolist() == [0.0] * min(shape)


@pytest.mark.parametrize("n", [2, 3, 20])
def test_equal_columns(n: int) -> None:
    """The ones matrix: the columns that vanish must not keep the sweeps busy for ever."""
    A = torch.ones(n, n, dtype=F64)
    assert_decomposes(A)
    S = svdvals(A)
    assert abs(float(S[0]) - n) <= 1e-13 * n
    assert float(S[1:].max()) <= 1e-13


def test_repeated_values_of_an_orthogonal_matrix() -> None:
    Q = torch.linalg.qr(random(3, 9, 9)).Q
    assert_decomposes(3 * Q)
    torch.testing.assert_close(svdvals(3 * Q), torch.full((9,), 3.0, dtype=F64))


def test_hilbert() -> None:
    """Condition 1.5e10: values to 100 n eps |A|, and det from an exact product of integers."""
    i = torch.arange(8, dtype=F64)
    H = 1 / (i[:, None] + i + 1)
    assert_decomposes(H)
    S = svdvals(H)
    allowed = 100 * 8 * EPS * float(S[0])
    torch.testing.assert_close(S, torch.linalg.svdvals(H), rtol=0, atol=allowed)
    factorial = [math.factorial(k) for k in range(16)]
    inverse_det = math.prod(factorial[1:16]) / math.prod(factorial[1:8]) ** 4
    assert abs(float(S.prod()) * inverse_det - 1) < 1e-5


def test_columns_of_very_different_length_keep_relative_accuracy() -> None:
    """A = Q D with lengths down to 1e-100: the values are the lengths, to a few eps each."""
    lengths = 10.0 ** -torch.arange(0, 101, 20, dtype=F64)
    Q = torch.linalg.qr(random(5, 8, 6)).Q
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    S = svdvals((Q * lengths)[:, order])
    torch.testing.assert_close(S, lengths, rtol=1e-13, atol=0)
    U, S, Vh = svd((Q * lengths)[:, order], full_matrices=False)
    torch.testing.assert_close(S, lengths, rtol=1e-13, atol=0)
    torch.testing.assert_close((U.mT @ Q).abs(), torch.eye(6, dtype=F64), rtol=0, atol=1e-13)
    torch.testing.assert_close(Vh.abs()[:, order.argsort()], torch.eye(6, dtype=F64))


@pytest.mark.parametrize(
    ("dtype", "kept", "lost"), [(F64, 1e-137, 1e-140), (torch.float32, 1e-11, 1e-13)]
)
def test_values_whose_squares_underflow_become_zero(
    dtype: torch.dtype, kept: float, lost: float
) -> None:
    """Such columns cannot be made orthogonal; the vectors come from the completion instead."""
    for small, expected in ((kept, 2), (lost, 1)):
        A = torch.tensor([[1.0, 0, 0], [0, small, small], [0, 0, 0]], dtype=dtype)
        U, S, _ = svd(A)
        assert int((S > 0).sum()) == expected
        torch.testing.assert_close(U.mT @ U, torch.eye(3, dtype=dtype))
        if expected == 2:
            assert abs(float(S[1]) / (small * 2**0.5) - 1) < 1e-6


@pytest.mark.parametrize("largest", [1.7e308, 1e-307, 5e-324])
def test_extreme_entries(largest: float) -> None:
    """Powers of two scale exactly; 5e-324 is the smallest number there is."""
    A = torch.tensor([[largest, 0.0], [0.0, 0.0], [0.0, largest]], dtype=F64)
    U, S, Vh = svd(A)
    assert S.tolist() == [largest, largest]
    assert U.abs().sum() == 3
    assert Vh.abs().sum() == 2


def test_scaling_is_a_power_of_two_for_each_matrix() -> None:
    A = torch.stack([torch.full((2, 2), x, dtype=F64) for x in (0.0, 1.0, 3.0, 1e300, 5e-324)])
    scale = _jacobi.unit_scale(A)
    assert scale.shape == (5, 1, 1)
    assert scale.flatten().tolist() == [1.0, 1.0, 2.0, 2.0 ** math.floor(math.log2(1e300)), 5e-324]


def test_batch_members_do_not_touch_each_other() -> None:
    A = torch.stack([random(0, 5, 3), 1e200 * random(1, 5, 3), torch.zeros(5, 3, dtype=F64)])
    together = svd(A)
    for i, alone in enumerate(A):
        for x, y in zip(together, svd(alone), strict=True):
            torch.testing.assert_close(x[i], y, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [1, 4, 5])
def test_identity_and_zero_keep_their_axes(n: int) -> None:
    eye = torch.eye(n, dtype=F64)
    for A in (eye, 0 * eye):
        U, S, Vh = svd(A)
        assert torch.equal(U, eye)
        assert torch.equal(Vh, eye)
        assert torch.equal(S, A.diagonal())


def test_full_basis_contains_the_reduced_one() -> None:
    A = random(7, 7, 3)
    full, reduced = svd(A), svd(A, full_matrices=False)
    assert torch.equal(full.U[:, :3], reduced.U)
    assert torch.equal(full.Vh, reduced.Vh)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 9])
def test_every_pair_meets_once_per_sweep(n: int) -> None:
    """Follow the players through the rounds: each of the n (n - 1) / 2 pairs meets exactly once."""
    players = torch.arange(n, dtype=F64)[:, None]
    met = []
    for number in range(n):
        block = _jacobi.pairs(players, number % 2)
        met += [tuple(sorted(pair)) for pair in block[..., 0].tolist()]
        block.copy_(block.flip(-2))
    assert len(met) == n * (n - 1) // 2
    assert len(set(met)) == len(met)


@settings(max_examples=50, deadline=None)
@given(*[st.floats(-10, 10) for _ in range(3)])
def test_rotation_diagonalises_and_exchanges(alpha: float, beta: float, gamma: float) -> None:
    entries = [torch.tensor(x, dtype=F64) for x in (alpha, beta, gamma)]
    G = torch.stack([entries[0], entries[2], entries[2], entries[1]]).view(2, 2)
    R = _jacobi.exchange_rotation(*entries, entries[2] != 0)
    torch.testing.assert_close(R @ R.mT, torch.eye(2, dtype=F64))
    assert abs(float((R @ G @ R.mT)[0, 1])) < 1e-14
    assert abs(float(R[0, 1])) >= abs(float(R[0, 0])) - 1e-15  # at most 45 degrees, then swap
    idle = _jacobi.exchange_rotation(*entries, torch.tensor(False))
    assert idle.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_no_convergence_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(singular, "MAX_SWEEPS", 2)
    with pytest.raises(torch.linalg.LinAlgError, match="svd: no convergence after 2 sweeps"):
        svd(random(0, 10, 10))
    assert svdvals(torch.eye(3, dtype=F64)).tolist() == [1.0, 1.0, 1.0]


def test_sweeps_needed_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quadratic convergence: 12 sweeps are enough for 60 x 60, with equal columns too."""
    monkeypatch.setattr(singular, "MAX_SWEEPS", 12)
    for A in (
        random(1, 60, 60),
        torch.ones(30, 30, dtype=F64),
        random(2, 40, 3) @ random(3, 3, 30),
    ):
        svdvals(A)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_no_random_matrix_beats_the_truncation(k: int) -> None:
    """Eckart-Young: error of the truncation is the tail; 500 rank-k matrices are all worse."""
    A = random(11, 8, 6)
    U, S, Vh = svd(A, full_matrices=False)
    best = A - (U[:, :k] * S[:k]) @ Vh[:k]
    torch.testing.assert_close((best**2).sum(), (S[k:] ** 2).sum())
    torch.testing.assert_close(svdvals(best)[0], S[k])
    # The fairest rivals: a random column space with the best coefficients for it.
    B = torch.linalg.qr(random(12, 500, 8, k)).Q
    rivals = A - B @ (B.mT @ A)
    assert bool((rivals.pow(2).sum(dim=(-2, -1)) > best.pow(2).sum()).all())
    assert bool((svdvals(rivals)[:, 0] > S[k] * (1 - 1e-12)).all())


def test_beam_snapshots_have_closed_form_values() -> None:
    """Sines on a grid are orthogonal: values a_n √40 √50 for 80 times and 99 nodes."""
    x, t = torch.arange(1, 100, dtype=F64) / 100, torch.arange(80, dtype=F64) / 40
    X = sum(
        a * torch.outer(torch.cos(n * n * torch.pi * t), torch.sin(n * torch.pi * x))
        for n, a in ((1, 1.0), (2, 0.3), (3, 0.05))
    )
    S = svdvals(X)
    expected = torch.tensor([1.0, 0.3, 0.05], dtype=F64) * 2000**0.5
    torch.testing.assert_close(S[:3], expected, rtol=1e-12, atol=0)
    assert float(S[3:].max()) < 1e-12


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (5, 3, 3)])
def test_polar_properties(side: str, shape: tuple[int, ...]) -> None:
    a = random(2, *shape)
    u, p = polar(a, side)
    torch.testing.assert_close(u @ p if side == "right" else p @ u, a)
    torch.testing.assert_close(p, p.mT)
    assert float(torch.linalg.eigvalsh(p).min()) > -1e-12
    narrow = u if shape[-2] >= shape[-1] else u.mT
    gram = narrow.mT @ narrow
    torch.testing.assert_close(gram, torch.eye(gram.shape[-1], dtype=F64).expand_as(gram))


def test_polar_of_simple_shear() -> None:
    """Rotation by -arctan(γ / 2) for a shear γ."""
    u, _ = polar(torch.tensor([[1.0, 0.5], [0.0, 1.0]], dtype=F64))
    angle = math.degrees(math.atan2(float(u[1, 0]), float(u[0, 0])))
    assert abs(angle + math.degrees(math.atan(0.25))) < 1e-12
