"""Exercises of the page on the singular value decomposition: pictures, modes, deformations."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, orthogonal, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.linear_algebra.svd import with_any_signs
from companion.linalg import polar, svd

PAGE = "02-linear-algebra/svd"


def to_uint8(x: Tensor) -> Tensor:
    return torch.round(255 * x).clamp(0, 255).to(torch.uint8)


def wrapped(x: Tensor) -> Tensor:
    return ((255 * x).long() % 256).to(torch.uint8)


def rescaled(x: Tensor) -> Tensor:
    return to_uint8((x - x.min()) / (x.max() - x.min()))


def floored(x: Tensor) -> Tensor:
    return (255 * x).clamp(0, 255).to(torch.uint8)


def pictures(generator: Generator) -> list[Arguments]:
    """Values that keep a tenth of a grey level away from the rounding threshold."""
    cases: list[Arguments] = [(tensor([-0.247, 0.0, 0.5012, 1.0, 1.084]),)]
    for shape in ((2, 3), (4, 4), (8, 6)):
        levels = integers(generator, -40, 296, *shape)
        cases.append(((levels + uniform(generator, -0.4, 0.4, *shape)) / 255,))
    return cases


def judge_uint8(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    value = torch.as_tensor(got)
    if value.dtype != torch.uint8:
        return f"the dtype is {value.dtype}, expected torch.uint8"
    if value.shape != expected.shape:
        return f"the result has shape {tuple(value.shape)}, expected {tuple(expected.shape)}"
    return None if torch.equal(value, expected) else "the grey values differ"


TO_UINT8 = Exercise(
    name="linear_algebra.to_uint8",
    page=PAGE,
    task="Convert an image with values around 0 to 1, some of them outside, to 8 bit: "
    "0 becomes 0, 1 becomes 255.",
    signature="to_uint8(x) -> Tensor[..., dtype=uint8]",
    reference=to_uint8,
    inputs=pictures,
    tried="values below 0, above 1 and between",
    misconceptions=(
        Misconception(
            "casts without clipping",
            wrapped,
            "Outside 0 to 255 an 8-bit number wraps on common processors: -0.247 becomes 194 and "
            "1.084 becomes 20. Clip first.",
        ),
        Misconception(
            "stretches the values from minimum to maximum",
            rescaled,
            "Rescaling to the minimum and maximum changes the brightness of every pixel. "
            "Clip instead.",
        ),
        Misconception(
            "cuts off the fraction",
            floored,
            "Cutting off the fraction makes the image darker by half a grey value on average: "
            "round before the conversion.",
        ),
    ),
    hints=("Scale by 255, round, clamp, convert: in this order.",),
    judge=judge_uint8,
)


def pod(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(X, full_matrices=False)
    return Vh[:k], U[:, :k] * s[:k]


def modes_from_u(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    modes, coefficients = pod(X.T, k)
    return modes, coefficients


def no_scale(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    U, _, Vh = svd(X, full_matrices=False)
    return Vh[:k], U[:, :k]


def centred(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    return pod(X - X.mean(0), k)


def snapshots(generator: Generator) -> list[Arguments]:
    """Snapshots of well separated modes with a mean; times in rows."""
    cases: list[Arguments] = []
    for m, n, k in ((4, 3, 1), (5, 8, 2), (9, 6, 3)):
        U = torch.linalg.qr(randn(generator, m, k + 1))[0]
        V = torch.linalg.qr(randn(generator, n, k + 1) + 0.5)[0]
        s = 0.5 ** tensor(list(range(k + 1)))
        cases.append((5 * (U * s) @ V.T, k))
    return cases


def same_decomposition(got: Any, expected: Any) -> bool:
    """Equal up to a common sign of each mode and its coefficients."""
    (modes, coefficients), (right_modes, right_coefficients) = got, expected
    if modes.shape != right_modes.shape or coefficients.shape != right_coefficients.shape:
        return False
    signs = torch.sign((modes * right_modes).sum(1))
    close_modes = torch.allclose(modes * signs[:, None], right_modes, atol=1e-8)
    return close_modes and torch.allclose(coefficients * signs, right_coefficients, atol=1e-8)


def judge_pod(arguments: Arguments, got: Any, expected: Any) -> str | None:
    X, k = arguments
    modes, coefficients = (torch.as_tensor(part) for part in got)
    if modes.shape != (k, X.shape[1]) or coefficients.shape != (X.shape[0], k):
        return (
            f"shapes {tuple(modes.shape)} and {tuple(coefficients.shape)}, "
            f"expected {(k, X.shape[1])} and {(X.shape[0], k)}"
        )
    best = expected[1] @ expected[0]
    if not torch.allclose(coefficients @ modes, best, atol=1e-8):
        return "coefficients times modes is not the best approximation of rank k"
    if not torch.allclose(modes @ modes.T, modes.new_ones(k).diag(), atol=1e-8):
        return "the modes are not orthonormal"
    return None


POD = Exercise(
    name="linear_algebra.pod",
    page=PAGE,
    task="Return the first `k` spatial modes, as orthonormal rows, and the time coefficients of a "
    "snapshot matrix `X` with times in rows, so that `coefficients @ modes` is the best "
    "approximation of rank `k`.",
    signature="pod(X, k) -> (modes Tensor[k, n], coefficients Tensor[m, k])",
    reference=pod,
    inputs=snapshots,
    tried="more times than nodes and more nodes than times",
    misconceptions=(
        Misconception(
            "takes the modes from U",
            modes_from_u,
            "With times in rows, U belongs to time. The spatial modes are the rows of Vᵀ.",
        ),
        Misconception(
            "forgets the singular values",
            no_scale,
            "The scale is missing: the coefficients are the columns of U times their singular "
            "values.",
        ),
        Misconception(
            "subtracts the mean",
            centred,
            "The reconstruction lost the mean: nobody asked for centring here.",
        ),
    ),
    hints=("`U[:, :k] * s[:k]` are the coefficients, and their partners stand in `Vh`.",),
    judge=judge_pod,
    alike=same_decomposition,
)


def u_times_v(F: Tensor, svd: Any = torch.linalg.svd) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(F)
    return U @ Vh.T, (Vh.T * s) @ Vh


def eigenvectors_of_f(F: Tensor) -> tuple[Tensor, Tensor]:
    vectors = torch.linalg.eig(F)[1].real
    return vectors, torch.linalg.pinv(vectors) @ F


def left_stretch(F: Tensor) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(F)
    return U @ Vh, (U * s) @ U.T


def deformations(generator: Generator) -> list[Arguments]:
    """Deformation gradients in 3-D with positive determinant and separated stretches."""
    cases: list[Arguments] = []
    for _ in range(5):
        R, P = (orthogonal(generator, 3, rotation=True) for _ in range(2))
        cases.append((R @ (P * tensor([0.6, 1.1, 1.9])) @ P.T,))
    return cases


POLAR_ROTATION = Exercise(
    name="linear_algebra.polar_rotation",
    page=PAGE,
    task="Return the rotation `R` and the right stretch `U` of a deformation gradient `F = RU` "
    "with positive determinant.",
    signature="polar(F) -> (R Tensor[3, 3], U Tensor[3, 3])",
    reference=polar,
    inputs=deformations,
    tried="unsymmetric deformation gradients in three dimensions",
    misconceptions=(
        Misconception(
            "multiplies U by V instead of its transpose",
            u_times_v,
            "R = UVᵀ, and the library already returns Vᵀ: for a symmetric positive definite F the "
            "rotation must be the identity.",
            recognise=with_any_signs(u_times_v),
        ),
        Misconception(
            "takes the eigenvectors of F",
            eigenvectors_of_f,
            "The eigenvectors of F are not orthogonal (look at a shear), so they are no rotation.",
        ),
        Misconception(
            "returns the left stretch",
            left_stretch,
            "This stretch is the root of FFᵀ, the one in F = VR. The right stretch is the root "
            "of FᵀF.",
        ),
    ),
    hints=("Insert VᵀV between U and Σ: F = UΣVᵀ = (UVᵀ)(VΣVᵀ).",),
)

EXERCISES = [TO_UINT8, POD, POLAR_ROTATION]
