"""Rows of the direct half of ``companion.linalg``: elimination, QR, Cholesky, norms, lstsq."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan
from typing import Any

import scipy.linalg
import torch
from torch import Tensor

from tests.registry._row import Arg, Bad, Call, Row, call, close

Generator = torch.Generator


def regular(g: Generator, dtype: torch.dtype, *batch: int, n: int) -> Tensor:
    """Random matrices of small condition number whose large entries stand anywhere."""
    dominant = torch.randn(*batch, n, n, generator=g, dtype=dtype) / 2
    dominant = dominant + 2 * n**0.5 * torch.eye(n, dtype=dtype)
    return dominant[..., torch.randperm(n, generator=g), :]


def definite(g: Generator, dtype: torch.dtype, *batch: int, n: int) -> Tensor:
    """Random symmetric positive definite matrices of small condition number."""
    root = regular(g, dtype, *batch, n=n)
    return root @ root.mT


def normal(g: Generator, dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=g, dtype=dtype)


def deficient(g: Generator, dtype: torch.dtype, m: int, n: int, rank: int) -> Tensor:
    return normal(g, dtype, m, rank) @ normal(g, dtype, rank, n)


def squares(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n in (4, 1, 2, 3, 9, 30, 0):
        yield call(regular(g, dtype, n=n), label=f"n={n}")
    yield call(regular(g, dtype, 3, n=5), label="batch")
    yield call(regular(g, dtype, 2, 3, n=4), label="two batch sizes")
    yield call(regular(g, dtype, 0, n=3), label="empty batch")
    yield call(regular(g, dtype, 2, n=0), label="batch of nothing")
    yield call(regular(g, dtype, n=5).mT, label="transposed memory")


def singular_too(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield from squares(g, dtype)
    yield call(torch.zeros(3, 3, dtype=dtype), label="zero")
    mixed = torch.stack([torch.ones(2, 2, dtype=dtype), torch.eye(2, dtype=dtype).flip(0)])
    yield call(mixed, label="singular beside regular")


def rectangles(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for m, n in ((4, 4), (7, 4), (4, 7), (1, 5), (5, 1), (1, 1), (40, 20), (0, 3), (3, 0), (0, 0)):
        yield call(normal(g, dtype, m, n), label=f"{m}x{n}")
    for shape in ((3, 5, 4), (2, 3, 4, 6), (0, 3, 2), (2, 0, 3)):
        yield call(normal(g, dtype, *shape), label=f"batch {shape}")


def factorable(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield from rectangles(g, dtype)
    yield call(torch.zeros(3, 2, dtype=dtype), label="zero")
    yield call(normal(g, dtype, 5, 5).triu(), label="nothing below the diagonal")
    yield call(normal(g, dtype, 2, 5, 4).tril(1), label="zeros above")
    half = torch.stack([torch.eye(3, dtype=dtype), normal(g, dtype, 3, 3)])
    yield call(half, label="one of the batch needs no step")


def qr_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for this in factorable(g, dtype):
        for mode in ("reduced", "complete", "r"):
            yield call(*this.args, mode=mode, label=f"{this.label} {mode}")


def cholesky_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((4,), (1,), (2,), (20,), (0,), (3, 5), (2, 2, 3), (0, 3)):
        A = definite(g, dtype, *shape[:-1], n=shape[-1])
        yield call(A, label=f"{shape}")
        yield call(A, upper=True, label=f"{shape} upper")
    A = definite(g, dtype, n=4)
    yield call(A.tril() + 7 * A.triu(1), label="reads the lower triangle")
    yield call(7 * A.tril(-1) + A.triu(), upper=True, label="reads the upper triangle")


def solve_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    def pair(a: tuple[int, ...], b: tuple[int, ...], **kwargs: Any) -> Call:
        A = regular(g, dtype, *a[:-2], n=a[-1])
        return call(A, normal(g, dtype, *b), label=f"{a} {b} {kwargs}", **kwargs)

    for b in ((4,), (4, 1), (4, 6), (4, 0), (2, 4, 3)):
        yield pair((4, 4), b)
    for b in ((3, 4), (3, 4, 2), (4,), (4, 2), (1, 4, 2), (5, 3, 4, 2)):
        yield pair((3, 4, 4), b)
    yield pair((3, 3, 3), (3, 3))
    yield pair((1, 4, 4), (3, 4, 2))
    yield pair((30, 30), (30, 2))
    yield pair((1, 1), (1,))
    yield pair((0, 0), (0, 2))
    yield pair((0, 3, 3), (0, 3, 2))
    for b in ((4, 4), (2, 4), (0, 4), (5, 2, 4)):
        yield pair((4, 4), b, left=False)
    yield pair((3, 4, 4), (3, 2, 4), left=False)
    yield pair((3, 4, 4), (2, 4), left=False)


def triangular_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    shapes = [((4, 4), (4, 2)), ((4, 4), (3, 4, 2)), ((3, 4, 4), (4, 1)), ((1, 1), (1, 1))]
    shapes += [((2, 3, 3), (2, 3, 3)), ((0, 0), (0, 2)), ((2, 3, 3), (2, 3, 0))]
    for a, b in shapes:
        A, B = normal(g, dtype, *a) / a[-1] if a[-1] else normal(g, dtype, *a), normal(g, dtype, *b)
        A = A + 2 * torch.eye(a[-1], dtype=dtype)
        for number in range(8):
            upper, left, unit = bool(number & 1), bool(number & 2), bool(number & 4)
            kwargs = {"upper": upper, "left": left, "unitriangular": unit}
            yield call(A, B if left else B.mT.contiguous(), label=f"{a} {b} {kwargs}", **kwargs)


def lstsq_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((6, 3), (6, 2)), ((6, 3), (6,)), ((3, 6), (3, 2)), ((3, 6), (3,)), ((4, 4), (4, 1)),
        ((2, 6, 3), (2, 6)), ((2, 6, 3), (2, 6, 2)), ((2, 3, 6), (2, 3)), ((1, 6, 3), (2, 6, 2)),
        ((30, 8), (30, 3)), ((1, 1), (1,)), ((3, 0), (3, 2)), ((0, 3), (0, 2)),
        ((0, 5, 3), (0, 5, 2)),
    ]  # fmt: skip
    for a, b in shapes:
        yield call(normal(g, dtype, *a), normal(g, dtype, *b), label=f"{a} {b}")
    for m, n in ((6, 4), (4, 6), (5, 5)):
        A, B = deficient(g, dtype, m, n, rank=2), normal(g, dtype, m, 2)
        yield call(A, B, label=f"{m}x{n} of rank 2")
    yield call(torch.zeros(3, 2, dtype=dtype), normal(g, dtype, 3, 1), label="zero")
    mixed = torch.stack([torch.ones(4, 2, dtype=dtype), normal(g, dtype, 4, 2)])
    yield call(mixed, normal(g, dtype, 2, 4, 1), label="deficient beside full rank")
    A = torch.diag(torch.tensor([4.0, 1.0, 0.5], dtype=dtype))
    for rcond in (0.2, 0.3, 0.05):
        yield call(A, normal(g, dtype, 3, 2), rcond, label=f"rcond={rcond}")


def lstsq_reference(A: Tensor, B: Tensor, rcond: float | None = None) -> Any:
    return torch.linalg.lstsq(A, B, rcond, driver="gelsd")


def toleranced(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield from rectangles(g, dtype)
    for m, n in ((6, 4), (4, 6), (5, 5)):
        yield call(deficient(g, dtype, m, n, rank=2), label=f"{m}x{n} of rank 2")
    yield call(torch.zeros(2, 3, dtype=dtype), label="zero")
    A = torch.diag(torch.tensor([4.0, 1.0, 0.5, 0.0], dtype=dtype))
    for kwargs in (
        {"atol": 0.0}, {"atol": 0.7}, {"atol": 1.0}, {"rtol": 0.2}, {"rtol": 0.25},
        {"atol": 0.7, "rtol": 0.3}, {"atol": 2.0, "rtol": 0.1}, {"atol": 0.0, "rtol": 0.2},
        {"atol": torch.tensor(0.7, dtype=dtype)}, {"rtol": torch.tensor(0.2, dtype=dtype)},
    ):  # fmt: skip
        yield call(A, label=f"{kwargs}", **kwargs)
    batch = torch.stack([A, 3 * A, A.flip(0)])
    each = torch.tensor([0.7, 0.0, 2.0], dtype=dtype)
    yield call(batch, atol=each, label="one atol each")
    yield call(batch, rtol=each / 4, label="one rtol each")


def cond_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for m, n in ((4, 4), (5, 3), (3, 5), (0, 3), (3, 0)):
        for p in (None, 2, -2):
            yield call(normal(g, dtype, m, n), p, label=f"{m}x{n} p={p}")
    single = torch.stack([torch.zeros(2, 2, dtype=dtype), torch.eye(2, dtype=dtype)])
    single[0, 0, 0] = 1.0
    for p in (None, 2, -2, "fro", "nuc", 1, -1, inf, -inf):
        yield call(regular(g, dtype, n=4), p, label=f"p={p}")
        yield call(regular(g, dtype, 2, 4, n=3), p, label=f"batch p={p}")
        yield call(single, p, label=f"singular beside regular p={p}")
        yield call(regular(g, dtype, n=0), p, label=f"n=0 p={p}")
    yield call(torch.zeros(2, 2, dtype=dtype), label="zero")


def basis_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    for m, n, rank in ((4, 4, 2), (6, 4, 3), (3, 6, 2), (3, 6, 3), (6, 3, 3), (5, 5, 5), (1, 3, 1)):
        yield call(deficient(g, dtype, m, n, rank), label=f"{m}x{n} of rank {rank}")
    yield call(torch.zeros(3, 4, dtype=dtype), label="zero")
    for m, n in ((0, 2), (2, 0)):
        yield call(torch.zeros(m, n, dtype=dtype), label=f"{m}x{n}")
    A = torch.diag(torch.tensor([4.0, 1.0, 0.5, 0.0], dtype=dtype))
    for rcond in (0.2, 0.3, 0.05):
        yield call(A, rcond, label=f"rcond={rcond}")


def same_projector(ours: Tensor, expected: Any, tol: float) -> None:
    """A basis is unique up to a rotation: compare the projectors, and that it is orthonormal."""
    theirs = torch.as_tensor(expected)
    assert ours.shape == theirs.shape, f"shape {ours.shape}, expected {theirs.shape}"
    close(ours @ ours.mT, (theirs @ theirs.mT).to(ours.dtype), tol)
    close(ours.mT @ ours, torch.eye(ours.shape[1], dtype=ours.dtype), tol)


def forms(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield call(definite(g, dtype, n=4), label="pd")
    yield call(-definite(g, dtype, n=3), label="nd")
    factor = normal(g, dtype, 2, 5)
    yield call(factor.mT @ factor, label="psd")
    yield call(-factor.mT @ factor, label="nsd")
    yield call(torch.tensor([[1.0, -4.0], [0.0, 1.0]], dtype=dtype), label="indefinite part")
    yield call(torch.tensor([[1.0, -2.0], [2.0, 1.0]], dtype=dtype), label="skew part")
    yield call(torch.diag(torch.tensor([-2.0, -1.0], dtype=dtype)), label="positive det")
    yield call(torch.zeros(2, 2, dtype=dtype), label="zero")
    yield call(torch.zeros(0, 0, dtype=dtype), label="empty")
    for small in (0.05, -0.05, 0.02):
        for sign in (1, -1):
            A = sign * torch.diag(torch.tensor([1.0, small, 0.5], dtype=dtype))
            yield call(A, 0.03, label=f"{sign} {small} with tol")


def signs_of_eigenvalues(A: Tensor, tol: float = 1e-10) -> str:
    """Classify by the set of signs that the library's eigenvalues have."""
    values = torch.linalg.eigvalsh((A + A.mT).double() / 2)
    tol = max(tol, 1e-5 if A.dtype == torch.float32 else 0.0)
    large = values.abs() > tol * max([abs(v) for v in values.tolist()], default=0.0)
    signs = {int(s) for s in torch.where(large, values.sign(), 0.0)}
    if {1, -1} <= signs:
        return "indefinite"
    if signs <= {1}:
        return "pd"
    if signs <= {-1}:
        return "nd"
    return "nsd" if -1 in signs else "psd"


def vector_norm_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    v = torch.tensor([1.0, -3.0, 7.0, -14.0], dtype=dtype)
    X = normal(g, dtype, 3, 4, 5)
    yield call(v, label="default")
    special = [[3, nan, 0], [3, inf, 1], [inf, -inf, inf], [0, -3, 0], [0, 0, 0], [nan, inf, 1]]
    for p in (0, 0.5, 1, 1.5, 2, 3, 5.5, inf, -0.5, -1, -2, -inf):
        yield call(v, p, label=f"p={p}")
        yield call(torch.tensor(special, dtype=dtype), p, 1, label=f"special values p={p}")
        yield call(X, p, label=f"all p={p}")
        yield call(X, p, dim=1, label=f"dim=1 p={p}")
        yield call(X, p, (0, -1), keepdim=True, label=f"dim=(0,-1) keep p={p}")
        yield call(X, p, keepdim=True, label=f"all keep p={p}")
        yield call(X[0, 0, 0], p, label=f"number p={p}")
        yield call(X[:0], p, dim=1, label=f"empty beside dim p={p}")
        if p >= 0 and p != inf:
            yield call(X[:0], p, dim=0, label=f"empty dim p={p}")
            yield call(X[:0], p, label=f"empty p={p}")
    yield call(X, 2, dim=0, label="dim=0")
    yield call(X, 2, dim=(), label="no dimension is all")


def matrix_norm_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    X = normal(g, dtype, 3, 4, 5)
    yield call(X, label="default")
    for p in ("fro", "nuc", 1, -1, 2, -2, inf, -inf):
        yield call(torch.tensor([[3.0, 0.0], [4.0, 5.0]], dtype=dtype), p, label=f"2x2 {p}")
        yield call(normal(g, dtype, 6, 3), p, label=f"tall {p}")
        yield call(X, p, label=f"batch {p}")
        yield call(X, p, (0, 1), label=f"dim=(0,1) {p}")
        yield call(X, p, (2, 0), label=f"dim=(2,0) {p}")
        yield call(X, p, (-1, 0), True, label=f"dim=(-1,0) keep {p}")
        yield call(X[:0], p, label=f"empty batch {p}")
        if p not in (-1, -2, -inf):
            for m, n in ((0, 3), (3, 0), (0, 0)):
                yield call(normal(g, dtype, 2, m, n), p, keepdim=True, label=f"{m}x{n} {p}")
    for p in ("fro", 1, -1, inf, -inf):
        yield call(torch.tensor([[nan, 1.0], [2.0, 3.0]], dtype=dtype), p, label=f"nan {p}")
        yield call(torch.tensor([[inf, 1.0], [2.0, 3.0]], dtype=dtype), p, label=f"inf {p}")
    yield call(normal(g, dtype, 0, 3), -1, label="smallest column sum of no rows")
    yield call(normal(g, dtype, 3, 0), -inf, label="smallest row sum of no columns")


def norm_calls(g: Generator, dtype: torch.dtype) -> Iterator[Call]:
    X = normal(g, dtype, 3, 4, 5)
    for x in (X, X[0], X[0, 0], X[0, 0, 0], X[:0]):
        yield call(x, label=f"{tuple(x.shape)}")
        yield call(x, keepdim=True, label=f"{tuple(x.shape)} keep")
    for p in (None, 1, 2, -2, inf):
        yield call(X[0], p, label=f"matrix {p}")
        yield call(X[0, 0], p, label=f"vector {p}")
        yield call(X, p, 1, label=f"dim=1 {p}")
        yield call(X, p, (-1,), True, label=f"dim=(-1,) keep {p}")
        yield call(X, p, (0, 2), label=f"dim=(0,2) {p}")
    yield call(X, "nuc", (2, 1), label="dim=(2,1) nuc")
    yield call(X[0], "fro", keepdim=True, label="fro keep")
    yield call(X[0, 0], 3, label="p=3")


EYE = torch.eye(2, dtype=torch.float64)
ONE = torch.ones(2, dtype=torch.float64)
SINGULAR = torch.linalg.LinAlgError
A_SQUARE, A_ANY = Arg("A", square=True), Arg("A")


def bad(label: str, error: type[Exception], match: str, *args: Any, **kwargs: Any) -> Bad:
    """Write a bad call as it would be written in code."""
    return Bad(label, lambda f: f(*args, **kwargs), error, match)


TWO_SIDED = (
    bad("other dtype", TypeError, r"\bB\b.*float64.*float32", EYE, EYE.float()),
    bad("batch", ValueError, r"\bB\b.*\(3, 2, 2\).*\(2, 2, 2\)", EYE.expand(3, 2, 2),
        EYE.expand(2, 2, 2)),
)  # fmt: skip
NO_FLOATS = (
    bad("list", TypeError, r"\b(x|input)\b.*list", [1.0, 2.0]),
    bad("integer", TypeError, r"\b(x|input)\b.*int64", torch.ones(3, dtype=torch.int64)),
    bad("dim", ValueError, r"dim.*-3", EYE, 2, -3),
    bad("dim too large", ValueError, r"dim.*2", EYE, 2, 2),
    bad("dim twice", ValueError, r"dim.*\(0, -2\)", EYE, 2, (0, -2)),
)

ROWS = [
    Row(
        name="linalg.lu", proof="library", inputs=factorable, expected=torch.linalg.lu,
        mirrors="torch.linalg.lu", tensors=(A_ANY,),
        bad=(bad("zero pivot", SINGULAR, "pivot 1", EYE.flip(0), pivot=False),),
    ),
    Row(
        name="linalg.solve", proof="library", inputs=solve_calls, expected=torch.linalg.solve,
        mirrors="torch.linalg.solve", tensors=(A_SQUARE, Arg("B", 1, ndim=1)),
        bad=(
            *TWO_SIDED,
            bad("singular", SINGULAR, "solve.*singular", torch.ones(2, 2), torch.ones(2)),
            bad("singular in batch", SINGULAR, "singular", torch.stack([EYE, 0 * EYE]), EYE),
            bad("rows", ValueError, r"\bB\b.*\(2, 2\).*\(3, 2\)", EYE, torch.ones(3, 2).double()),
            bad("columns", ValueError, r"\bB\b.*\(2, 2\).*\(2, 3\)", EYE,
                torch.ones(2, 3).double(), left=False),
            bad("vector on the right", ValueError, r"\bB\b", EYE, ONE, left=False),
            bad("vectors on the right", ValueError, r"\bB\b", EYE.expand(2, 2, 2), EYE, left=False),
        ),
        deviation="ValueError for entries that are not finite",
    ),
    Row(
        name="linalg.solve_triangular", proof="library", inputs=triangular_calls,
        expected=torch.linalg.solve_triangular, mirrors="torch.linalg.solve_triangular",
        tensors=(A_SQUARE, Arg("B", 1)),
        bad=(
            bad("other dtype", TypeError, r"\bB\b", EYE, EYE.float(), upper=True),
            bad("vector", ValueError, r"\bB\b", EYE, ONE, upper=True),
            bad("rows", ValueError, r"\bB\b", EYE, torch.ones(3, 2).double(), upper=True),
            bad("zero", SINGULAR, "singular", torch.diag(ONE - ONE), EYE, upper=False),
        ),
        deviation="LinAlgError for a zero on the diagonal, where the library divides by it",
    ),
    Row(
        name="linalg.inv", proof="library", inputs=squares, expected=torch.linalg.inv,
        mirrors="torch.linalg.inv", tensors=(A_SQUARE,),
        bad=(bad("singular", SINGULAR, "inv.*singular", torch.ones(2, 2)),),
    ),
    Row(
        name="linalg.det", proof="library", inputs=singular_too, expected=torch.linalg.det,
        mirrors="torch.linalg.det", tensors=(A_SQUARE,),
    ),
    Row(
        name="linalg.slogdet", proof="library", inputs=singular_too,
        expected=torch.linalg.slogdet, mirrors="torch.linalg.slogdet", tensors=(A_SQUARE,),
    ),
    Row(
        name="linalg.cholesky", proof="library", inputs=cholesky_calls,
        expected=torch.linalg.cholesky, mirrors="torch.linalg.cholesky", tensors=(A_SQUARE,),
        tol={torch.float64: 1e-12, torch.float32: 2e-5},
        bad=(
            bad("negative", SINGULAR, "order 1 ", -EYE),
            bad("semidefinite", SINGULAR, "order 2 ", torch.ones(3, 3)),
            bad("in batch", SINGULAR, "order 2 ", torch.stack([EYE, EYE.flip(0) + EYE])),
        ),
    ),
    Row(
        name="linalg.qr", proof="library", inputs=qr_calls, expected=torch.linalg.qr,
        mirrors="torch.linalg.qr", tensors=(A_ANY,),
        bad=(bad("mode", ValueError, "mode.*'economic'", EYE, "economic"),),
    ),
    Row(
        name="linalg.lstsq", proof="library", inputs=lstsq_calls, expected=lstsq_reference,
        mirrors="torch.linalg.lstsq", tensors=(A_ANY, Arg("B", 1, ndim=1)),
        bad=(*TWO_SIDED, bad("rows", ValueError, r"\bB\b.*\(3,\)", EYE, torch.ones(3).double())),
        deviation="all four results always, as the library's driver 'gelsd' gives them",
    ),
    Row(
        name="linalg.pinv", proof="library", inputs=toleranced, expected=torch.linalg.pinv,
        mirrors="torch.linalg.pinv", tensors=(A_ANY,),
    ),
    Row(
        name="linalg.matrix_rank", proof="library", inputs=toleranced,
        expected=torch.linalg.matrix_rank, mirrors="torch.linalg.matrix_rank", tensors=(A_ANY,),
    ),
    Row(
        name="linalg.cond", proof="library", inputs=cond_calls, expected=torch.linalg.cond,
        mirrors="torch.linalg.cond", tensors=(A_ANY,),
        bad=(
            bad("not square", ValueError, r"\bA\b.*square", torch.ones(3, 2), "fro"),
            bad("not square, p=1", ValueError, r"\bA\b.*square", torch.ones(3, 2), 1),
            bad("p", ValueError, r"\bp\b.*3", EYE, 3),
        ),
    ),
    Row(
        name="linalg.null_space", proof="library", inputs=basis_calls, compare=same_projector,
        expected=lambda A, rcond=None: scipy.linalg.null_space(A.cpu().numpy(), rcond),
        mirrors="scipy.linalg.null_space", tensors=(A_ANY,),
        bad=(bad("batch", ValueError, r"\bA\b.*one matrix", EYE[None]),),
    ),
    Row(
        name="linalg.orth", proof="library", inputs=basis_calls, compare=same_projector,
        expected=lambda A, rcond=None: scipy.linalg.orth(A.cpu().numpy(), rcond),
        mirrors="scipy.linalg.orth", tensors=(A_ANY,),
        bad=(bad("batch", ValueError, r"\bA\b.*one matrix", EYE[None]),),
    ),
    Row(
        name="linalg.definiteness", proof="library", inputs=forms, expected=signs_of_eigenvalues,
        tensors=(A_SQUARE,),
        bad=(bad("batch", ValueError, r"\bA\b.*one matrix", EYE[None]),),
    ),
    Row(
        name="linalg.vector_norm", proof="library", inputs=vector_norm_calls,
        expected=torch.linalg.vector_norm, mirrors="torch.linalg.vector_norm",
        tol={torch.float64: 1e-12, torch.float32: 2e-5},
        bad=(
            *NO_FLOATS,
            bad("empty inf", ValueError, r"\bx\b.*inf", EYE[:0], inf),
            bad("empty negative", ValueError, r"\bx\b.*-1", EYE[:0], -1, 0),
            bad("name", TypeError, r"\bord\b.*'fro'", EYE, "fro"),
        ),
    ),
    Row(
        name="linalg.matrix_norm", proof="library", inputs=matrix_norm_calls,
        expected=torch.linalg.matrix_norm, mirrors="torch.linalg.matrix_norm",
        tensors=(Arg("A", finite=False),),
        bad=(
            bad("order", ValueError, r"\bord\b.*3", EYE, 3),
            bad("order 0", ValueError, r"\bord\b.*0", EYE, 0),
            bad("one dim", ValueError, r"\bdim\b.*1", EYE, "fro", 1),
            bad("three dims", ValueError, r"\bdim\b", EYE[None], "fro", (0, 1, 2)),
            bad("dim twice", ValueError, r"\bdim\b", EYE, "fro", (0, -2)),
            bad("dim", ValueError, r"\bdim\b", EYE, "fro", (0, 2)),
            bad("no columns", ValueError, r"\bA\b.*-1", EYE[:, :0], -1),
            bad("no rows", ValueError, r"\bA\b.*-2", EYE[:0], -2),
            bad("nan", ValueError, r"\bA\b.*finite", EYE * nan, 2),
        ),
    ),
    Row(
        name="linalg.norm", proof="library", inputs=norm_calls, expected=torch.linalg.norm,
        mirrors="torch.linalg.norm",
        bad=(
            *NO_FLOATS,
            bad("three dims", ValueError, r"\binput\b", EYE[None], 2),
            bad("three dims named", ValueError, r"\binput\b", EYE[None], None, (0, 1, 2)),
            bad("number", ValueError, r"\binput\b", EYE[0, 0], 2),
            bad("no dim", ValueError, r"\binput\b", EYE, None, ()),
            bad("fro of a vector", ValueError, r"\binput\b", ONE, "fro"),
            bad("order", ValueError, r"\bord\b", EYE, 3),
        ),
    ),
    Row(
        name="linalg.hilbert", proof="library", mirrors="scipy.linalg.hilbert",
        inputs=lambda g, dtype: [call(n, dtype=dtype) for n in (0, 1, 2, 5, 12)],
        expected=lambda n, dtype: torch.as_tensor(scipy.linalg.hilbert(n).reshape(n, n)).to(dtype),
        extra=("dtype", "device"), tol={torch.float64: 1e-15, torch.float32: 1e-7},
        bad=(
            bad("float", TypeError, r"\bn\b.*float", 3.0),
            bad("bool", TypeError, r"\bn\b.*bool", True),
            bad("negative", ValueError, r"\bn\b.*-1", -1),
        ),
    ),
]  # fmt: skip
