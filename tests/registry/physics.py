"""Proofs of ``companion.physics``: each expectation is computed by another route."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from scipy.special import roots_legendre
from torch import Tensor

from tests.registry._row import Arg, Bad, Call, Row, call, close

Generator = torch.Generator
F64 = torch.float64


def like(array: Any, tensor: Tensor) -> Tensor:
    return torch.as_tensor(np.asarray(array)).to(tensor.dtype)


def rand(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=g, dtype=dtype)


# Trusses


def truss_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    """Single bars in every direction, then whole trusses in the plane and in space."""
    for degrees in (0, 30, 45, 90, 137, 180, 270, 301):
        angle = torch.tensor(math.radians(degrees), dtype=dtype)
        end = 0.3 + 2.5 * torch.stack([angle.cos(), angle.sin()])
        yield call(torch.stack([torch.full_like(end, 0.3), end]), [(0, 1)], label=f"{degrees}°")
    yield call(rand(g, dtype, 2, 3), [(1, 0)], 7.5, label="bar in space")
    pairs = torch.combinations(torch.arange(6))
    for d in (2, 3):
        yield call(10 * rand(g, dtype, 6, d), pairs, 0.5 + rand(g, dtype, 15), label=f"{d}-D")
    yield call(rand(g, dtype, 3, 2), [(0, 1), (1, 2), (2, 0)], torch.tensor(3.0), label="one EA")
    yield call(rand(g, dtype, 3, 2), [(0, 1), (1, 0)], label="two bars between two nodes")
    yield call(rand(g, dtype, 3, 2), torch.zeros(0, 2, dtype=torch.int32), label="no bar")


def sum_of_bars(nodes: Tensor, bars: Any, EA: Any = 1.0) -> Tensor:
    """Add, entry by entry, EA/L times the products of the direction cosines of each bar."""
    points, d = nodes.double().numpy(), nodes.shape[1]
    pairs = np.asarray(bars).reshape(-1, 2)
    axial = np.broadcast_to(np.asarray(EA, dtype=float), len(pairs))
    K = np.zeros((points.size, points.size))
    for (i, j), stiffness in zip(pairs, axial, strict=True):
        L = math.dist(points[i], points[j])
        cosine = [(points[j][a] - points[i][a]) / L for a in range(d)]
        for a in range(d):
            for b in range(d):
                k = stiffness / L * cosine[a] * cosine[b]
                K[d * i + a, d * i + b] += k
                K[d * j + a, d * j + b] += k
                K[d * i + a, d * j + b] -= k
                K[d * j + a, d * i + b] -= k
    return like(K, nodes)


def node_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for n, d in ((3, 2), (2, 2), (8, 2), (4, 3), (3, 3), (9, 3)):
        yield call(5 * rand(g, dtype, n, d) - 1, label=f"{n} nodes in {d}-D")
    yield call(torch.tensor([[0.0, 0], [1, 0], [2, 0]], dtype=dtype), label="on a line in 2-D")


def turned_nodes(nodes: Tensor) -> Tensor:
    """Columns: unit translations; difference quotients of finite rotations about the centroid."""
    points, (n, d) = nodes.double().numpy(), nodes.shape
    flat = points - points.mean(axis=0)
    arms = np.pad(flat, ((0, 0), (0, 3 - d)))
    h = 1e-5
    columns = [np.tile(np.eye(d)[a], n) for a in range(d)]
    for axis in np.eye(3)[2:] if d == 2 else np.eye(3):
        ahead, back = (Rotation.from_rotvec(s * h * axis).apply(arms) for s in (1, -1))
        columns.append(((ahead - back) / (2 * h))[:, :d].ravel())
    return like(np.stack(columns, axis=1), nodes)


# The four-node element


def element_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    square = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1]], dtype=dtype)
    skew = square @ torch.tensor([[3.0, 0.4], [-0.7, 2.0]], dtype=dtype) + 5
    for shape in (square, skew, skew + 0.3 * rand(g, dtype, 4, 2)):
        for n_gauss in (1, 2, 3, 5):
            yield call(2.5, 0.3, 0.7, shape, n_gauss, label=f"{n_gauss} points")
    for nu in (-0.5, 0.0, 0.5):
        yield call(1.0, nu, dtype=dtype, label=f"unit square, nu {nu}")
    yield call(210e9, 0.3, 0.01, dtype=dtype, label="steel")


def element_by_monomials(
    E: float,
    nu: float,
    thickness: float = 1.0,
    nodes: Tensor | None = None,
    n_gauss: int = 2,
    dtype: torch.dtype = F64,
) -> Tensor:
    """Interpolate with 1, ξ, η, ξη; invert Hooke's law in its form strain from stress."""
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    if nodes is not None:
        corners, dtype = nodes.double().numpy(), nodes.dtype
    compliance = np.array([[1, -nu, 0], [-nu, 1, 0], [0, 0, 2 * (1 + nu)]]) / E
    xi, eta = np.array([-1, 1, 1, -1]), np.array([-1, -1, 1, 1])
    shape_of_corner = np.linalg.inv(np.stack([np.ones(4), xi, eta, xi * eta], axis=1))
    points, weights = roots_legendre(n_gauss)
    K = np.zeros((8, 8))
    for a, wa in zip(points, weights, strict=True):
        for b, wb in zip(points, weights, strict=True):
            slopes = np.array([[0, 1, 0, b], [0, 0, 1, a]]) @ shape_of_corner
            (xx, yx), (xy, yy) = slopes @ corners
            area = xx * yy - yx * xy
            dx, dy = np.array([[yy, -yx], [-xy, xx]]) @ slopes / area
            strain = np.zeros((3, 4, 2))
            strain[0, :, 0], strain[1, :, 1] = dx, dy
            strain[2, :, 0], strain[2, :, 1] = dy, dx
            strain = strain.reshape(3, 8)
            K += wa * wb * area * thickness * strain.T @ np.linalg.solve(compliance, strain)
    return torch.from_numpy(K).to(dtype)


# Chains, stresses, beams


def chain_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for n in (1, 2, 3, 7):
        for left in ("fixed", "free"):
            for right in ("fixed", "free"):
                yield call(n, 2.5, 0.4, (left, right), dtype=dtype, label=f"{n} {left} {right}")
    yield call(4, dtype=dtype, label="defaults")


def tridiagonal(
    n: int,
    k: float = 1.0,
    m: float = 1.0,
    ends: tuple[str, str] = ("fixed", "free"),
    dtype: torch.dtype = F64,
) -> tuple[Tensor, Tensor]:
    """2 on the diagonal and -1 beside it; a free end misses one spring."""
    K = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    K[0, 0] -= ends[0] == "free"
    K[-1, -1] -= ends[1] == "free"
    return torch.from_numpy(k * K).to(dtype), torch.from_numpy(m * np.eye(n)).to(dtype)


def stress_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    for shape in ((3, 3), (2, 2), (5, 3, 3), (2, 4, 2, 2), (0, 3, 3)):
        s = 200 * rand(g, dtype, *shape) - 100
        yield call(s + s.mT, label=f"{shape}")
    book = torch.tensor([[50.0, 30, 20], [30, -20, -10], [20, -10, 10]], dtype=dtype)
    yield call(book, label="page")
    yield call(torch.diag(torch.tensor([3.0, 9, -4], dtype=dtype)), label="diagonal")
    yield call(torch.zeros(3, 3, dtype=dtype), label="no stress")
    turn = torch.linalg.qr(rand(g, dtype, 3, 3)).Q
    yield call(turn @ book @ turn.mT, label="symmetric up to round-off")


def descending(sigma: Tensor) -> tuple[Tensor, Tensor]:
    """The eigenvalues from NumPy, and the stress that they and the directions must rebuild."""
    return like(np.linalg.eigvalsh(sigma.numpy())[..., ::-1].copy(), sigma), sigma


def same_principal(ours: Any, expected: tuple[Tensor, Tensor], tol: float) -> None:
    values, directions = ours
    close(values, expected[0], tol)
    close((directions * values[..., None, :]) @ directions.mT, expected[1], tol)
    identity = torch.eye(directions.shape[-1], dtype=directions.dtype)
    close(directions.mT @ directions, identity.expand_as(directions), tol)
    handed = torch.linalg.det(directions)
    close(handed, torch.ones_like(handed), tol)


def from_principal_values(sigma: Tensor) -> Tensor:
    """The root of half the squared differences; in plane stress the third value is zero."""
    s = np.linalg.eigvalsh(sigma.double().numpy())
    if s.shape[-1] == 2:
        s = np.concatenate([s, 0 * s[..., :1]], axis=-1)
    return like(np.sqrt(((s - np.roll(s, 1, axis=-1)) ** 2).sum(axis=-1) / 2), sigma)


def beam_inputs(g: Generator, dtype: torch.dtype) -> Iterable[Call]:
    yield call(dtype=dtype, label="defaults")
    for n_x, n_t, amplitudes in ((1, 1, (2.0,)), (5, 3, (1, -0.5)), (4, 30, [0.0, 0.1, 2, 3])):
        yield call(n_x, n_t, amplitudes, dtype=dtype, label=f"{n_x}, {n_t}")


def sum_of_modes(
    n_x: int = 99, n_t: int = 80, amplitudes: Any = (1, 0.3, 0.05), dtype: torch.dtype = F64
) -> Tensor:
    """One entry at a time, from the formula."""
    w = [[0.0] * n_x for _ in range(n_t)]
    for j in range(n_t):
        for i in range(n_x):
            x, t = (i + 1) / (n_x + 1), 2 * j / n_t
            modes = enumerate(amplitudes, start=1)
            w[j][i] = sum(
                a * math.sin(n * math.pi * x) * math.cos(n * n * math.pi * t) for n, a in modes
            )
    return torch.tensor(w, dtype=dtype)


TWO = torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=F64)
LINE = torch.tensor([[0.0, 0, 0], [1, 1, 1], [2, 2, 2]], dtype=F64)
SQUARE = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1]], dtype=F64)
# The third corner lies inside the triangle of the others; one Gauss point would not notice.
DART = torch.tensor([[0.0, 0], [1, 0], [0.3, 0.3], [0, 1]], dtype=F64)
STRESS_ERRORS = (
    Bad("not symmetric", lambda f: f(TWO), ValueError, "^sigma .*symmetric"),
    Bad("wrong size", lambda f: f(torch.eye(4)), ValueError, r"^sigma .*\(4, 4\)"),
)

ROWS = [
    Row(
        name="physics.truss_stiffness",
        proof="closed form",
        inputs=truss_inputs,
        expected=sum_of_bars,
        tensors=(Arg("nodes"),),
        bad=(
            Bad("1-D nodes", lambda f: f(TWO[:, :1], [(0, 1)]), ValueError, r"^nodes .*\(2, 1\)"),
            Bad("no nodes", lambda f: f(TWO[:0], []), ValueError, r"^nodes .*\(0, 2\)"),
            Bad("no such node", lambda f: f(TWO, [(0, 2)]), ValueError, "^bars .*0 to 1"),
            Bad("node -1", lambda f: f(TWO, [(0, -1)]), ValueError, "^bars .*0 to 1"),
            Bad("triple", lambda f: f(TWO, [(0, 1, 1)]), ValueError, r"^bars .*\(1, 3\)"),
            Bad("ragged", lambda f: f(TWO, [(0, 1), (1,)]), ValueError, "^bars must be pairs"),
            Bad("fractions", lambda f: f(TWO, [(0.0, 1.0)]), TypeError, "^bars must hold int"),
            Bad("booleans", lambda f: f(TWO, [(False, True)]), TypeError, "^bars must hold int"),
            Bad("bars None", lambda f: f(TWO, None), TypeError, "^bars must be pairs"),
            Bad("no length", lambda f: f(TWO, [(0, 1), (1, 1)]), ValueError, "^bars .*bar 1"),
            Bad("EA zero", lambda f: f(TWO, [(0, 1)], 0), ValueError, "^EA .*positive"),
            Bad("EA negative", lambda f: f(TWO, [(0, 1)], -TWO[1, :1]), ValueError, "^EA .*posi"),
            Bad("EA nan", lambda f: f(TWO, [(0, 1)], math.nan), ValueError, "^EA .*finite"),
            Bad(
                "EA inf",
                lambda f: f(TWO, [(0, 1)], TWO.new_full((1,), math.inf)),
                ValueError,
                "^EA",
            ),
            Bad(
                "EA shape", lambda f: f(TWO, [(0, 1)], TWO[1]), ValueError, r"^EA .*\(1,\).*\(2,\)"
            ),
            Bad("EA text", lambda f: f(TWO, [(0, 1)], "1"), TypeError, "^EA .*str"),
        ),
    ),
    Row(
        name="physics.rigid_body_modes",
        proof="finite difference",
        inputs=node_inputs,
        expected=turned_nodes,
        tol={F64: 1e-9, torch.float32: 2e-4},
        tensors=(Arg("nodes"),),
        bad=(
            Bad("4-D", lambda f: f(torch.eye(4)), ValueError, r"^nodes .*\(4, 4\)"),
            Bad("one point", lambda f: f(TWO[[1, 1]]), ValueError, "^nodes .*coincide"),
            Bad("line in space", lambda f: f(LINE), ValueError, "^nodes .*one line"),
        ),
    ),
    Row(
        name="physics.quad4_stiffness",
        proof="closed form",
        inputs=element_inputs,
        expected=element_by_monomials,
        tensors=(Arg("nodes", 3),),
        bad=(
            Bad("E", lambda f: f(0, 0.3), ValueError, "^E .*positive"),
            Bad("E text", lambda f: f("1", 0.3), TypeError, "^E .*str"),
            Bad("nu", lambda f: f(1, 0.51), ValueError, "^nu .*0.51"),
            Bad("nu low", lambda f: f(1, -1), ValueError, "^nu .*-1"),
            Bad("nu nan", lambda f: f(1, math.nan), ValueError, "^nu .*finite"),
            Bad("thickness", lambda f: f(1, 0.3, -2), ValueError, "^thickness .*-2"),
            Bad(
                "clockwise", lambda f: f(1, 0.3, 1, SQUARE.flip(0)), ValueError, "^nodes .*counter"
            ),
            Bad("dart", lambda f: f(1, 0.3, 1, DART, 1), ValueError, "^nodes .*convex"),
            Bad("triangle", lambda f: f(1, 0.3, 1, SQUARE[:3]), ValueError, r"^nodes .*\(3, 2\)"),
            Bad("no point", lambda f: f(1, 0.3, n_gauss=0), ValueError, "^n_gauss .*0"),
            Bad("half points", lambda f: f(1, 0.3, n_gauss=1.5), TypeError, "^n_gauss .*float"),
            Bad("integers", lambda f: f(1, 0.3, dtype=torch.int64), TypeError, "^dtype .*int64"),
            Bad(
                "both", lambda f: f(1, 0.3, 1, SQUARE, dtype=F64), TypeError, "^nodes decide dtype"
            ),
        ),
    ),
    Row(
        name="physics.spring_chain",
        proof="closed form",
        inputs=chain_inputs,
        expected=tridiagonal,
        bad=(
            Bad("no mass", lambda f: f(0), ValueError, "^n .*0"),
            Bad("half a mass", lambda f: f(1.5), TypeError, "^n .*float"),
            Bad("true", lambda f: f(True), TypeError, "^n .*bool"),
            Bad("k", lambda f: f(2, 0.0), ValueError, "^k .*positive"),
            Bad("k text", lambda f: f(2, "1"), TypeError, "^k .*str"),
            Bad("m", lambda f: f(2, 1.0, -1), ValueError, "^m .*positive"),
            Bad("m inf", lambda f: f(2, 1.0, math.inf), ValueError, "^m .*finite"),
            Bad("ends", lambda f: f(2, ends=("fixed", "loose")), ValueError, "^ends .*loose"),
            Bad("one end", lambda f: f(2, ends=("fixed",)), ValueError, "^ends .*fixed"),
            Bad("ends a word", lambda f: f(2, ends="fixed"), ValueError, "^ends .*fixed"),
            Bad("ends None", lambda f: f(2, ends=None), ValueError, "^ends .*None"),
            Bad("integers", lambda f: f(2, dtype=torch.int64), TypeError, "^dtype .*int64"),
        ),
    ),
    Row(
        name="physics.principal_stresses",
        proof="library",
        inputs=stress_inputs,
        expected=descending,
        compare=same_principal,
        tensors=(Arg("sigma", square=True),),
        bad=STRESS_ERRORS,
    ),
    Row(
        name="physics.von_mises",
        proof="closed form",
        inputs=stress_inputs,
        expected=from_principal_values,
        tensors=(Arg("sigma", square=True),),
        bad=STRESS_ERRORS,
    ),
    Row(
        name="physics.beam_snapshots",
        proof="closed form",
        inputs=beam_inputs,
        expected=sum_of_modes,
        bad=(
            Bad("no node", lambda f: f(0), ValueError, "^n_x .*0"),
            Bad("no time", lambda f: f(5, 0), ValueError, "^n_t .*0"),
            Bad("half a time", lambda f: f(5, 2.5), TypeError, "^n_t .*float"),
            Bad("no mode", lambda f: f(amplitudes=()), ValueError, "^amplitudes"),
            Bad("one number", lambda f: f(amplitudes=1.0), TypeError, "^amplitudes .*float"),
            Bad("words", lambda f: f(amplitudes=["1"]), TypeError, "^amplitudes .*str"),
            Bad("nan", lambda f: f(amplitudes=[math.nan]), ValueError, "^amplitudes .*finite"),
            Bad("noise", lambda f: f(noise=-0.1), ValueError, "^noise .*-0.1"),
            Bad("seed", lambda f: f(random_state=1.5), TypeError, "^random_state .*float"),
            Bad("negative seed", lambda f: f(random_state=-1), ValueError, "^random_state .*-1"),
            Bad("integers", lambda f: f(dtype=torch.int64), TypeError, "^dtype .*int64"),
        ),
    ),
]
