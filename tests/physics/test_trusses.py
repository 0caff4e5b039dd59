"""Trusses: zero modes, energy, equilibrium, and the numbers of the page on linear systems."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from companion.physics import rigid_body_modes, truss_stiffness

F64 = torch.float64


def points(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=F64)


TRIANGLE = points([0, 0], [1, 0], [0.5, 1])
SQUARE = points([0, 0], [1, 0], [1, 1], [0, 1])
TETRAHEDRON = points([0, 0, 0], [1, 0, 0], [0.3, 0.9, 0], [0.4, 0.3, 0.8])
FRAME = [(0, 1), (1, 2), (2, 3), (3, 0)]
STRUCTURES = {
    "triangle": (TRIANGLE, [(0, 1), (1, 2), (2, 0)], 3),
    "square": (SQUARE, FRAME, 4),
    "square with diagonal": (SQUARE, [*FRAME, (0, 2)], 3),
    "tetrahedron": (TETRAHEDRON, list(itertools.combinations(range(4), 2)), 6),
}
each_structure = pytest.mark.parametrize(
    ("nodes", "bars", "count"), STRUCTURES.values(), ids=STRUCTURES
)


def zero_modes(K: Tensor) -> int:
    values = torch.linalg.eigvalsh(K)
    return int((values.abs() < 1e-12 * values.max()).sum())


def energy(nodes: Tensor, bars: list[tuple[int, int]], u: Tensor) -> float:
    """Half EA/L times the squared change of length, from the true lengths (EA = 1)."""
    total = 0.0
    for i, j in bars:
        before = float(torch.dist(nodes[i], nodes[j]))
        now = nodes + u.reshape(nodes.shape)
        total += 0.5 / before * (float(torch.dist(now[i], now[j])) - before) ** 2
    return total


@each_structure
def test_zero_modes(nodes: Tensor, bars: list[tuple[int, int]], count: int) -> None:
    """Each independent bar removes one motion: d n - bars are left in these structures."""
    K = truss_stiffness(nodes, bars)
    assert nodes.numel() - len(bars) == count
    assert zero_modes(K) == count


@each_structure
def test_rigid_modes_cost_nothing(nodes: Tensor, bars: list[tuple[int, int]], count: int) -> None:
    K, modes = truss_stiffness(nodes, bars), rigid_body_modes(nodes)
    assert modes.shape == (nodes.numel(), 3 if nodes.shape[1] == 2 else 6)
    assert float((K @ modes).abs().max()) < 1e-12 * float(K.abs().max())
    assert int(torch.linalg.matrix_rank(modes)) == modes.shape[1]


@each_structure
def test_stiffness_is_the_hessian_of_the_bar_energy(
    nodes: Tensor, bars: list[tuple[int, int]], count: int
) -> None:
    """Central differences of the exact energy; the geometry is only linearised at zero."""
    n, h = nodes.numel(), 1e-4
    steps = h * torch.eye(n, dtype=F64)
    H = torch.zeros(n, n, dtype=F64)
    for i in range(n):
        for j in range(n):
            for a, b in itertools.product((1, -1), repeat=2):
                H[i, j] += a * b * energy(nodes, bars, a * steps[i] + b * steps[j])
    torch.testing.assert_close(truss_stiffness(nodes, bars), H / (4 * h * h), rtol=0, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("d", [2, 3])
def test_rigid_modes_of_random_trusses(seed: int, d: int) -> None:
    g = torch.Generator().manual_seed(seed)
    nodes = 4 * torch.rand(7, d, generator=g, dtype=F64) + 10
    K = truss_stiffness(nodes, torch.combinations(torch.arange(7)))
    modes = rigid_body_modes(nodes)
    assert float((K @ modes).abs().max()) < 1e-12 * float(K.abs().max() * modes.abs().max())
    assert zero_modes(K) == modes.shape[1]


def test_rotations_leave_the_centroid_and_turn_by_the_right_hand() -> None:
    """Columns 2 (plane) and 3 to 5 (space): no translation; e_k turns e_(k+1) towards e_(k+2)."""
    spin = rigid_body_modes(TRIANGLE)[:, 2].reshape(3, 2)
    assert float(spin.sum(0).abs().max()) < 1e-15
    assert spin[1, 1] > spin[0, 1]  # the right corner goes up relative to the left one
    cross = torch.cat([torch.eye(3, dtype=F64), -torch.eye(3, dtype=F64)])  # centroid at zero
    modes = rigid_body_modes(cross).reshape(6, 3, 6)
    for k in range(3):
        moved = modes[:3, :, 3 + k]
        assert torch.equal(moved[(k + 1) % 3], cross[(k + 2) % 3])
        assert torch.equal(moved[(k + 2) % 3], -cross[(k + 1) % 3])
        assert not moved[k].any()


def test_triangle_eigenvalues_of_the_page() -> None:
    """Mirror symmetry leaves 2 + 1 deformations; their closed forms come from the Gram matrix.

    K = Gᵀ diag(1/L) G has the positive eigenvalues of diag(1/L)^½ G Gᵀ diag(1/L)^½, whose entries
    are cosines between bars that meet: at the base 1/√5, at the apex 3/5 (law of cosines).
    """
    base, side = 1.0, 1.25**0.5
    at_base, at_apex = 0.5 / side, (2 * side**2 - base**2) / (2 * side**2)
    gram = points([2, at_base, at_base], [at_base, 2, at_apex], [at_base, at_apex, 2])
    root = points([base, side, side])[0].rsqrt()
    expected = torch.linalg.eigvalsh(root[:, None] * gram * root)
    K = truss_stiffness(*STRUCTURES["triangle"][:2])
    found = torch.linalg.eigvalsh(K)[3:]
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-13)
    page = torch.tensor([1.252198, 1.542868, 2.782643], dtype=F64)
    torch.testing.assert_close(found, page, rtol=0, atol=5e-7)


def test_supported_triangle_carries_half_the_load_at_each_support() -> None:
    """Unit-load theorem: the side bars carry -√5/4, the base 1/4, whatever the stiffness."""
    K = truss_stiffness(*STRUCTURES["triangle"][:2])
    free = [2, 4, 5]
    load = torch.tensor([0.0, 0.0, -1.0], dtype=F64)
    u = torch.zeros(6, dtype=F64)
    u[free] = torch.linalg.solve(K[free][:, free], load)
    side = 1.25**0.5
    # Apex: force² L / EA summed over the bars, for a load of one.
    sinks = 2 * (5**0.5 / 4) ** 2 * side + 0.25**2
    expected = torch.tensor([0.25, 0.125, -sinks], dtype=F64)
    torch.testing.assert_close(u[free], expected, rtol=0, atol=1e-12)
    assert sinks == pytest.approx(0.761271, abs=5e-7)
    reactions = (K @ u)[[0, 1, 3]]
    torch.testing.assert_close(
        reactions, torch.tensor([0.0, 0.5, 0.5], dtype=F64), rtol=0, atol=1e-12
    )


def test_mechanism_of_the_square_is_the_rhombus() -> None:
    """Shearing the square changes no bar length to first order, and the diagonal stops it."""
    rhombus = torch.tensor([0.0, 0, 0, 0, 1, 0, 1, 0], dtype=F64)
    without = truss_stiffness(*STRUCTURES["square"][:2])
    braced = truss_stiffness(*STRUCTURES["square with diagonal"][:2])
    assert float((without @ rhombus).abs().max()) < 1e-15
    # The diagonal grows by 1/√2: energy ½ (1/√2)² / √2.
    assert float(rhombus @ braced @ rhombus) / 2 == pytest.approx(0.25 / 2**0.5, abs=1e-14)


def test_32_of_56_support_triples_hold_the_braced_square() -> None:
    K = truss_stiffness(*STRUCTURES["square with diagonal"][:2])
    held = 0
    for fixed in itertools.combinations(range(8), 3):
        free = [i for i in range(8) if i not in fixed]
        held += bool(torch.linalg.eigvalsh(K[free][:, free])[0] > 1e-9)
    assert held == 32


def test_stiffness_follows_units_order_and_direction_of_bars() -> None:
    nodes, bars, _ = STRUCTURES["triangle"]
    K = truss_stiffness(nodes, bars)
    turned = [(j, i) for i, j in reversed(bars)]
    torch.testing.assert_close(truss_stiffness(nodes, turned), K, rtol=0, atol=1e-15)
    torch.testing.assert_close(truss_stiffness(2 * nodes, bars), K / 2, rtol=0, atol=1e-15)
    torch.testing.assert_close(truss_stiffness(nodes, bars, 3), 3 * K, rtol=0, atol=1e-15)
    EA = torch.tensor([1.0, 2.0, 4.0], dtype=F64)
    parts = sum(truss_stiffness(nodes, [bar], float(e)) for bar, e in zip(bars, EA, strict=True))
    torch.testing.assert_close(truss_stiffness(nodes, bars, EA), parts, rtol=0, atol=1e-15)


def test_gradient_with_respect_to_positions_and_stiffness() -> None:
    nodes = TRIANGLE.clone().requires_grad_()
    EA = torch.tensor([1.0, 2.0, 3.0], dtype=F64, requires_grad=True)
    bars = STRUCTURES["triangle"][1]
    assert torch.autograd.gradcheck(lambda x, e: truss_stiffness(x, bars, e), (nodes, EA))


@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_result_has_the_dtype_of_the_nodes(dtype: torch.dtype) -> None:
    nodes = TRIANGLE.to(dtype)
    EA = torch.ones(3, dtype=F64)
    assert truss_stiffness(nodes, torch.tensor([[0, 1]] * 3), EA).dtype == dtype
    assert rigid_body_modes(nodes).dtype == dtype
