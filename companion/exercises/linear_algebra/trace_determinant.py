"""Exercises of the page on trace and determinant."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/trace-determinant"


def signed_area(v1: Tensor, v2: Tensor) -> Tensor:
    return v1[0] * v2[1] - v1[1] * v2[0]


def unsigned(v1: Tensor, v2: Tensor) -> Tensor:
    return signed_area(v1, v2).abs()


def dot_product(v1: Tensor, v2: Tensor) -> Tensor:
    return v1 @ v2


def product_of_lengths(v1: Tensor, v2: Tensor) -> Tensor:
    return torch.sqrt((v1 @ v1) * (v2 @ v2))


def judge_area(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    """Compare on the scale of the rectangle: the zero of parallel sides may carry round-off."""
    value = torch.as_tensor(got, dtype=torch.float64)
    if value.ndim:
        return f"the result has shape {tuple(value.shape)}, an area is one number"
    room = 1e-10 * float(product_of_lengths(*arguments))
    return None if abs(float(value - expected)) <= room else "the area differs"


def side_pairs(generator: Generator) -> list[Arguments]:
    """Both orientations of one pair (so that each mistake shows), parallel and random sides."""
    u, v = randn(generator, 2), randn(generator, 2)
    parallel = (tensor([1.0, 2.0]), tensor([-0.5, -1.0]))
    return [(u, v), (v, u), parallel, (randn(generator, 2), randn(generator, 2))]


SIGNED_AREA = Exercise(
    name="linear_algebra.signed_area",
    page=PAGE,
    task="Return the signed area of the parallelogram with the sides `v1` and `v2`: positive if "
    "`v2` lies counter-clockwise of `v1`.",
    signature="signed_area(v1, v2) -> Tensor[]",
    reference=signed_area,
    inputs=side_pairs,
    tried="both orientations, and parallel sides",
    misconceptions=(
        Misconception(
            "takes the absolute value",
            unsigned,
            "The orientation is lost: exchanging the two sides must change the sign.",
        ),
        Misconception(
            "takes the dot product",
            dot_product,
            "A value of 0 for perpendicular vectors is the sign of a dot product. The area is "
            "largest there, and zero for parallel sides.",
        ),
        Misconception(
            "multiplies the lengths",
            product_of_lengths,
            "The product of the lengths is the area of a rectangle: it is true at 90° only.",
        ),
    ),
    hints=("$x_1y_2-x_2y_1$, with $v_1=(x_1,y_1)$ and $v_2=(x_2,y_2)$.",),
    judge=judge_area,
)


def why_negative() -> tuple[str, float]:
    return "swap", 0.375


def judge_choice(arguments: Arguments, got: Any, expected: tuple[str, float]) -> str | None:
    choice, value = got
    if str(choice).strip().lower() != expected[0]:
        return f"the change {choice!r} does not make the determinant positive"
    return None if abs(float(value) - expected[1]) < 1e-9 else "the new value is another one"


def chooses(name: str) -> Any:
    """Recognise an answer by its choice, whatever value comes with it."""
    return lambda arguments, got: str(got[0]).strip().lower() == name


WHY_NEGATIVE = Exercise(
    name="linear_algebra.why_negative",
    page=PAGE,
    task="The determinant of $(v_1,v_2)$ is −0.375. Which change makes it positive: `swap` the "
    "vectors, `scale` both by 2, or `transpose` the matrix? Return the word and the new value.",
    signature="answer() -> (str, float)",
    reference=why_negative,
    inputs=lambda generator: [()],
    tried="your choice and its value",
    misconceptions=(
        Misconception(
            "transposes",
            lambda: ("transpose", 0.375),
            "Transposing changes nothing: det Aᵀ = det A.",
            recognise=chooses("transpose"),
        ),
        Misconception(
            "scales",
            lambda: ("scale", 1.5),
            "Scaling both vectors by 2 multiplies the determinant by 4, and the sign is kept: "
            "det(2A) = 4 det A.",
            recognise=chooses("scale"),
        ),
        Misconception(
            "takes the absolute value",
            lambda: ("take the absolute value", 0.375),
            "The absolute value is the area. It is no determinant of a matrix with these columns.",
            recognise=chooses("take the absolute value"),
        ),
    ),
    hints=("The sign says on which side of $v_1$ the vector $v_2$ lies.",),
    judge=judge_choice,
)


def nonsquare(A: Tensor) -> tuple[type[Exception], Tensor]:
    return RuntimeError, torch.sqrt(torch.linalg.det(A @ A.T))


def zero(A: Tensor) -> tuple[float, Tensor]:
    return 0.0, torch.sqrt(torch.linalg.det(A @ A.T))


def not_a_number(A: Tensor) -> tuple[float, Tensor]:
    return math.nan, torch.sqrt(torch.linalg.det(A @ A.T))


def sum_of_minors(A: Tensor) -> tuple[Tensor, Tensor]:
    n = A.shape[1]
    columns = torch.arange(n, device=A.device)
    minors = torch.stack([torch.linalg.det(A[:, columns != i]) for i in range(n)])
    return minors.sum(), torch.sqrt((minors**2).sum())


def no_root(A: Tensor) -> tuple[type[Exception], Tensor]:
    return RuntimeError, torch.linalg.det(A @ A.T)


def judge_nonsquare(arguments: Arguments, got: Any, expected: Any) -> str | None:
    raised, volume = got
    if not (isinstance(raised, type) and issubclass(raised, expected[0])):
        return "the first part is not the class of the exception that `torch.linalg.det` raises"
    right = abs(float(volume) - float(expected[1])) <= 1e-9 * float(expected[1])
    return None if right else "the volume differs"


def says(test: Any) -> Any:
    return lambda arguments, got: not isinstance(got[0], type) and test(float(got[0]), arguments[0])


DET_NONSQUARE = Exercise(
    name="linear_algebra.det_nonsquare",
    page=PAGE,
    task="What does `torch.linalg.det` do with a 3 by 4 array `A`? Return the class of the "
    "exception that it raises, and the volume that three vectors in four dimensions do have, "
    "$\\sqrt{\\det(AA^T)}$.",
    signature="nonsquare(A) -> (exception class, Tensor[])",
    reference=nonsquare,
    inputs=lambda generator: [(randn(generator, 3, 4),) for _ in range(3)],
    tried="random 3 by 4 arrays",
    misconceptions=(
        Misconception(
            "answers zero",
            zero,
            "The determinant of a matrix that is not square is undefined, not zero.",
            recognise=says(lambda value, A: value == 0.0),
        ),
        Misconception(
            "answers NaN",
            not_a_number,
            "No NaN comes back: an exception is raised, so that the mistake cannot go unnoticed.",
            recognise=says(lambda value, A: math.isnan(value)),
        ),
        Misconception(
            "sums the minors",
            sum_of_minors,
            "The 3 by 3 minors do belong here, but it is the root of the sum of their squares "
            "that is a volume (Gram), and it is no determinant of A.",
            recognise=says(
                lambda value, A: math.isclose(value, float(sum_of_minors(A)[0]), rel_tol=1e-8)
            ),
        ),
        Misconception(
            "forgets the root",
            no_root,
            "det(AAᵀ) is the square of the volume: take the root.",
        ),
    ),
    hints=("Three vectors in ℝ⁴ span a box; AAᵀ holds the dot products of its edges.",),
    judge=judge_nonsquare,
)


def corners(nodes: Tensor, triangles: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return nodes[triangles[:, 0]], nodes[triangles[:, 1]], nodes[triangles[:, 2]]


def cross(a: Tensor, b: Tensor) -> Tensor:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def indices(mask: Tensor) -> list[int]:
    found: list[int] = mask.nonzero().flatten().tolist()
    return found


def inverted(nodes: Tensor, triangles: Tensor) -> list[int]:
    a, b, c = corners(nodes, triangles)
    return indices(cross(b - a, c - a) < 0)


def side_lengths(nodes: Tensor, triangles: Tensor) -> list[int]:
    a, b, c = corners(nodes, triangles)
    s1, s2, s3 = ((p - q).pow(2).sum(1).sqrt() for p, q in ((a, b), (b, c), (c, a)))
    half = (s1 + s2 + s3) / 2
    return indices(half * (half - s1) * (half - s2) * (half - s3) < 0)


def positive_ones(nodes: Tensor, triangles: Tensor) -> list[int]:
    a, b, c = corners(nodes, triangles)
    return indices(cross(b - a, c - a) > 0)


def corner_positions(nodes: Tensor, triangles: Tensor) -> list[int]:
    _, b, c = corners(nodes, triangles)
    return indices(cross(b, c) < 0)


def mesh(generator: Generator, rows: int, columns: int) -> Arguments:
    """A distorted grid around the origin: some triangles have an edge between it and corner 0."""
    y, x = torch.meshgrid(
        tensor([float(i) for i in range(rows)]),
        tensor([float(j) for j in range(columns)]),
        indexing="ij",
    )
    nodes = torch.stack([x.flatten() - columns / 2 + 0.5, y.flatten() - rows / 2 + 0.5], dim=1)
    nodes = nodes + uniform(generator, -0.2, 0.2, *nodes.shape)
    quads = [i * columns + j for i in range(rows - 1) for j in range(columns - 1)]
    halves = [(q, q + 1, q + columns + 1) for q in quads]
    halves += [(q, q + columns + 1, q + columns) for q in quads]
    triangles = torch.tensor(halves, device="cpu")
    flipped = integers(generator, 0, 2, len(halves)).bool()
    flipped[:2] = torch.tensor([True, False], device="cpu")
    triangles[flipped] = triangles[flipped][:, [0, 2, 1]]
    return nodes, triangles


MESH_ORIENTATION = Exercise(
    name="linear_algebra.mesh_orientation",
    page=PAGE,
    task="Return the indices of the inverted triangles of a mesh, those whose corners run "
    "clockwise. `nodes` holds positions in rows, `triangles` three node numbers in each row.",
    signature="inverted(nodes, triangles) -> list[int]",
    reference=inverted,
    inputs=lambda generator: [mesh(generator, *size) for size in ((3, 3), (3, 4), (5, 5))],
    tried="distorted meshes around the origin",
    misconceptions=(
        Misconception(
            "compares side lengths",
            side_lengths,
            "Side lengths and angles do not change when a triangle is flipped, so nothing is "
            "found: orientation is needed, and a determinant has it.",
        ),
        Misconception(
            "returns the others",
            positive_ones,
            "These are the triangles that run counter-clockwise, which is the reference "
            "orientation. The inverted ones are negative.",
        ),
        Misconception(
            "uses positions instead of edges",
            corner_positions,
            "This is the determinant of two corner positions, seen from the origin. Use edge "
            "vectors: subtract the first corner.",
        ),
    ),
    hints=("The sign of the determinant of two edges that start at the first corner.",),
    judge=lambda arguments, got, expected: (
        None
        if sorted(int(i) for i in got) == expected
        else f"triangles {sorted(int(i) for i in got)[:8]} were returned"
    ),
)

EXERCISES = [SIGNED_AREA, WHY_NEGATIVE, DET_NONSQUARE, MESH_ORIENTATION]
