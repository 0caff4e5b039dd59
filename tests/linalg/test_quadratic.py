"""Definiteness against sampled values of the quadratic form."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from companion.linalg import definiteness
from tests.linalg.draw import matrices

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


@QUICK
@given(matrices(square=True))
def test_sampled_values_have_the_signs_of_the_class(A: Tensor) -> None:
    found = definiteness(A)
    x = torch.randn(500, len(A), generator=torch.Generator().manual_seed(0), dtype=A.dtype)
    values = ((x @ A) * x).sum(1) / (x * x).sum(1)
    slack = 1e-9 * float(A.abs().sum())
    if found in ("pd", "psd"):
        assert float(values.min()) >= -slack
    if found in ("nd", "nsd"):
        assert float(values.max()) <= slack
    assert (found == "indefinite") == (not definiteness_is_one_sided(A))


def definiteness_is_one_sided(A: Tensor) -> bool:
    values = torch.linalg.eigvalsh((A + A.mT) / 2)
    slack = 1e-10 * float(values.abs().max())
    return bool(values.min() >= -slack) or bool(values.max() <= slack)


@QUICK
@given(matrices(square=True))
def test_the_negative_form_has_the_mirrored_class(A: Tensor) -> None:
    mirrored = {"pd": "nd", "nd": "pd", "psd": "nsd", "nsd": "psd", "indefinite": "indefinite"}
    if bool((A + A.mT != 0).any()):
        assert definiteness(-A) == mirrored[definiteness(A)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[2, -1], [-1, 2]], "pd"),
        ([[1, 1], [1, 1]], "psd"),
        ([[1, 2], [2, 1]], "indefinite"),
        ([[-2, 0], [0, -1]], "nd"),
        ([[-1, 1], [1, -1]], "nsd"),
        ([[1, -4], [0, 1]], "indefinite"),
        ([[0, 1], [-1, 0]], "psd"),
        ([[1, 0], [0, 0]], "psd"),
    ],
)
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e-3, 5e307])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_page_examples_at_every_scale(
    rows: list[list[float]], expected: str, scale: float, dtype: torch.dtype
) -> None:
    scale = min(max(scale, 1e-36), 1e38) if dtype == torch.float32 else scale
    scale = scale / 4 if abs(rows[0][1]) > 1 else scale
    assert definiteness(torch.tensor(rows, dtype=dtype) * scale) == expected


def test_round_off_of_a_rank_deficient_product_counts_as_zero() -> None:
    for seed in range(20):
        B = torch.randn(2, 6, generator=torch.Generator().manual_seed(seed))
        assert definiteness(B.mT @ B) == "psd"
        assert definiteness(-(B.double().mT @ B.double())) == "nsd"


def test_tolerance_is_relative_to_the_largest_eigenvalue_and_counts_equality_as_zero() -> None:
    for small, tol, expected in ((0.25, 0.25, "psd"), (0.25, 0.2, "pd"), (-0.25, 0.25, "psd")):
        A = torch.diag(torch.tensor([8.0, 8 * small], dtype=torch.float64))
        assert definiteness(A, tol) == expected
        assert definiteness(-A, tol) == {"psd": "nsd", "pd": "nd"}[expected]
    A = torch.diag(torch.tensor([1.0, 1e-9], dtype=torch.float64))
    assert definiteness(A) == "pd" and definiteness(A * torch.tensor([1, 0.01])) == "psd"


@pytest.mark.parametrize("n", [2, 4])
def test_the_tolerance_never_falls_below_the_round_off_of_the_dtype(n: int) -> None:
    roundoff = n * torch.finfo(torch.float32).eps
    for multiple, expected in ((8, "psd"), (12, "pd"), (-8, "psd"), (-12, "indefinite")):
        values = torch.ones(n)
        values[-1] = multiple * roundoff
        assert definiteness(torch.diag(values)) == expected
