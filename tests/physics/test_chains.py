"""Chains of masses: closed-form frequencies, the energy of the springs, rigid motion."""

from __future__ import annotations

import itertools
import math

import pytest
import scipy.linalg
import torch
from torch import Tensor

from companion.physics import spring_chain

F64 = torch.float64
ANGLES = {
    ("fixed", "fixed"): lambda j, n: j * math.pi / (2 * (n + 1)),
    ("fixed", "free"): lambda j, n: (2 * j - 1) * math.pi / (2 * (2 * n + 1)),
    ("free", "fixed"): lambda j, n: (2 * j - 1) * math.pi / (2 * (2 * n + 1)),
    ("free", "free"): lambda j, n: (j - 1) * math.pi / (2 * n),
}


def squared_frequencies(K: Tensor, M: Tensor) -> Tensor:
    return torch.from_numpy(scipy.linalg.eigh(K.numpy(), M.numpy(), eigvals_only=True))


@pytest.mark.parametrize("ends", ANGLES)
@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_frequencies_have_the_closed_form(n: int, ends: tuple[str, str]) -> None:
    k, m = 3.0, 0.7
    K, M = spring_chain(n, k, m, ends, dtype=F64)
    omega = [2 * math.sqrt(k / m) * math.sin(ANGLES[ends](j, n)) for j in range(1, n + 1)]
    expected = torch.tensor(omega, dtype=F64) ** 2
    torch.testing.assert_close(squared_frequencies(K, M), expected, rtol=0, atol=2e-13 * k / m)


@pytest.mark.parametrize(
    ("right", "page"),
    [("fixed", [0.765367, 1.414214, 1.847759]), ("free", [0.445042, 1.246980, 1.801938])],
)
def test_three_masses_of_the_page(right: str, page: list[float]) -> None:
    omega = squared_frequencies(*spring_chain(3, ends=("fixed", right), dtype=F64)).sqrt()
    torch.testing.assert_close(omega, torch.tensor(page, dtype=F64), rtol=0, atol=5e-7)


@pytest.mark.parametrize("ends", ANGLES)
def test_stiffness_is_the_hessian_of_the_springs_energy(ends: tuple[str, str]) -> None:
    """The energy is quadratic, so second differences of any step are exact to round-off."""

    def energy(q: Tensor) -> float:
        with_walls = torch.cat([q.new_zeros(1), q, q.new_zeros(1)]).tolist()
        stretch = [b - a for a, b in itertools.pairwise(with_walls)]
        stretch = stretch[ends[0] == "free" : len(stretch) - (ends[1] == "free")]
        return 0.5 * 2.5 * sum(s * s for s in stretch)

    unit = torch.eye(4, dtype=F64)
    H = [[energy(a + b) - energy(a) - energy(b) for b in unit] for a in unit]
    K, _ = spring_chain(4, k=2.5, ends=ends, dtype=F64)
    torch.testing.assert_close(K, torch.tensor(H, dtype=F64), rtol=0, atol=1e-14)


def test_free_chain_moves_as_a_whole() -> None:
    K, M = spring_chain(6, m=2.0, ends=("free", "free"), dtype=F64)
    assert not (K @ torch.ones(6, dtype=F64)).any()
    assert float(M.sum()) == 12.0
    alone, _ = spring_chain(1, ends=("free", "free"))
    assert torch.equal(alone, torch.zeros(1, 1))


def test_mode_j_of_a_fixed_free_chain_changes_sign_j_minus_1_times() -> None:
    K, _ = spring_chain(5, dtype=F64)
    signs = torch.linalg.eigh(K).eigenvectors.sign()
    changes = (signs[1:] != signs[:-1]).sum(dim=0)
    assert changes.tolist() == [0, 1, 2, 3, 4]


def test_mirrored_ends_mirror_the_matrix() -> None:
    one, _ = spring_chain(4, ends=("fixed", "free"))
    other, _ = spring_chain(4, ends=("free", "fixed"))
    assert torch.equal(one.flip(0, 1), other)
    assert not torch.equal(one, other)


def test_dtype_and_device_are_the_ones_asked_for() -> None:
    for matrix in spring_chain(2, dtype=torch.float32, device="meta"):
        assert (matrix.dtype, matrix.device.type) == (torch.float32, "meta")
    assert all(x.dtype == torch.get_default_dtype() for x in spring_chain(2))
