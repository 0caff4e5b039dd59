"""Beams: modes of the snapshots and what noise does to them; the influence function."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from companion.physics import beam_influence, beam_snapshots

F64 = torch.float64
AMPLITUDES = (1, 0.3, 0.05)


def closed_form(n_x: int, n_t: int, amplitudes: tuple[float, ...]) -> Tensor:
    values = [abs(a) * math.sqrt(n_t / 2) * math.sqrt((n_x + 1) / 2) for a in amplitudes]
    return torch.tensor(sorted(values, reverse=True), dtype=F64)


@pytest.mark.parametrize(
    ("n_x", "n_t", "amplitudes"),
    [(99, 80, AMPLITUDES), (40, 60, (1.0, -2.0)), (9, 21, (0.2, 0.1, 0.4)), (7, 50, (1, 2, 3, 4))],
)
def test_singular_values(n_x: int, n_t: int, amplitudes: tuple[float, ...]) -> None:
    expected = closed_form(n_x, n_t, amplitudes)
    found = torch.linalg.svdvals(beam_snapshots(n_x, n_t, amplitudes, dtype=F64))
    r = len(amplitudes)
    torch.testing.assert_close(found[:r], expected, rtol=1e-10, atol=0)
    assert float(found[r:].max()) < 1e-12 * float(found[0])


def test_page_values_and_energies() -> None:
    values = torch.linalg.svdvals(beam_snapshots(dtype=F64))[:3]
    page = torch.tensor([44.72136, 13.41641, 2.236068], dtype=F64)
    torch.testing.assert_close(values, page, rtol=2e-7, atol=0)
    share = values**2 / (values**2).sum()
    squares = torch.tensor(AMPLITUDES, dtype=F64) ** 2
    torch.testing.assert_close(share, squares / squares.sum(), rtol=1e-10, atol=0)
    page = torch.tensor([0.915332, 0.082380, 0.002288], dtype=F64)
    torch.testing.assert_close(share, page, rtol=0, atol=5e-7)


def test_modes_are_sines() -> None:
    Vh = torch.linalg.svd(beam_snapshots(dtype=F64)).Vh[:3]
    x = torch.arange(1, 100, dtype=F64) / 100
    sines = torch.stack([torch.sin(n * math.pi * x) for n in (1, 2, 3)])
    correlation = (Vh * sines).sum(1) / sines.norm(dim=1)
    torch.testing.assert_close(correlation.abs(), torch.ones(3, dtype=F64), rtol=0, atol=1e-12)


def test_beam_starts_at_rest_with_all_modes_in_phase() -> None:
    """Row 0 is the sum of the sines; mode 1 is upside down after half of the n_t rows."""
    w = beam_snapshots(9, 8, (2.0,), dtype=F64)
    sine = 2 * torch.sin(math.pi * torch.arange(1, 10, dtype=F64) / 10)
    torch.testing.assert_close(w[0], sine, rtol=0, atol=1e-15)
    torch.testing.assert_close(w[4], -sine, rtol=0, atol=1e-15)
    torch.testing.assert_close(w[1:4], w[5:].flip(0), rtol=0, atol=1e-14)


def relative_error(X: Tensor, truth: Tensor) -> float:
    return float((X - truth).norm() / truth.norm())


def test_noise_on_the_page_over_ten_random_states() -> None:
    """σ4 stays near 0.02 (√80 + √99) and keeping three modes is the best choice, always."""
    truth = beam_snapshots(dtype=F64)
    for random_state in range(10):
        noisy = beam_snapshots(noise=0.02, random_state=random_state, dtype=F64)
        U, S, Vh = torch.linalg.svd(noisy, full_matrices=False)
        errors = [relative_error((U[:, :k] * S[:k]) @ Vh[:k], truth) for k in range(1, 7)]
        assert 0.35 <= float(S[3]) <= 0.38
        assert 0.0365 < relative_error(noisy, truth) < 0.0395
        assert min(errors) == errors[2]
        assert 0.0085 < errors[2] < 0.0115
        assert 0.0475 < errors[1] < 0.0495


def test_noise_is_standard_normal_times_its_size() -> None:
    """Mean, spread and correlation of neighbours within five standard errors."""
    clean = beam_snapshots(200, 200, dtype=F64)
    noise = (beam_snapshots(200, 200, noise=0.5, random_state=1, dtype=F64) - clean) / 0.5
    count = noise.numel()
    assert abs(float(noise.mean())) < 5 / math.sqrt(count)
    assert abs(float(noise.std()) - 1) < 5 / math.sqrt(2 * count)
    for dim in (0, 1):
        assert abs(float((noise * noise.roll(1, dim)).mean())) < 5 / math.sqrt(count)


def test_random_state_decides_the_noise() -> None:
    def draw(state: int | torch.Generator | None, dtype: torch.dtype = F64) -> Tensor:
        return beam_snapshots(6, 5, noise=0.1, random_state=state, dtype=dtype)

    assert torch.equal(draw(3), draw(3))
    assert torch.equal(draw(3), draw(torch.Generator().manual_seed(3)))
    assert torch.equal(draw(3).float(), draw(3, torch.float32))
    generator = torch.Generator().manual_seed(3)
    for one, other in itertools.combinations([draw(generator), draw(generator), draw(4)], 2):
        assert not torch.equal(one, other)
    torch.manual_seed(5)
    first = draw(None)
    assert not torch.equal(first, draw(None))
    torch.manual_seed(5)
    assert torch.equal(first, draw(None))


def test_a_seed_leaves_torchs_own_generator_alone() -> None:
    before = torch.get_rng_state()
    beam_snapshots(noise=0.1, random_state=0)
    assert torch.equal(before, torch.get_rng_state())


def test_dtype_and_device_are_the_ones_asked_for() -> None:
    assert beam_snapshots().dtype == torch.get_default_dtype()
    far = beam_snapshots(dtype=torch.float32, device="meta")
    assert (far.dtype, far.device.type, far.shape) == (torch.float32, "meta", (80, 99))


# The influence function


def test_influence_is_one_at_mid_span_and_symmetric() -> None:
    assert float(beam_influence(torch.tensor(0.5), 0.5)) == 1
    stated = float(beam_influence(torch.tensor(0.2, dtype=F64), 0.7))
    assert stated == pytest.approx(0.4176, abs=1e-15)
    x = torch.linspace(0, 1, 41, dtype=F64)
    w = beam_influence(x[:, None], x)
    assert torch.equal(w, w.mT)
    torch.testing.assert_close(w, w.flip(0, 1), rtol=0, atol=1e-15)
    assert bool((w[[0, -1]].abs() < 1e-15).all())
    assert float(w.max()) == 1


@pytest.mark.parametrize("a", [0.15, 0.5, 0.8])
def test_influence_obeys_the_equation_of_the_beam(a: float) -> None:
    """No load beside a: w'''' = 0; no moment at the ends; w''' jumps by 48 at the load."""

    def derivatives(x: float) -> list[float]:
        found, f = [], lambda s: beam_influence(s, a)
        for _ in range(4):
            f = torch.func.grad(f)
            found.append(float(f(torch.tensor(x, dtype=F64))))
        return found

    for x in (a / 3, a / 2, (1 + a) / 2):
        assert derivatives(x)[3] == pytest.approx(0, abs=1e-10)
    for end in (1e-12, 1 - 1e-12):
        assert derivatives(end)[1] == pytest.approx(0, abs=1e-9)
    before, after = derivatives(a - 1e-9), derivatives(a + 1e-9)
    assert before[:2] == pytest.approx(after[:2], abs=1e-6)
    assert after[2] - before[2] == pytest.approx(48, rel=1e-9)
