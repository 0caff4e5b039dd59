"""The Hilbert matrix: exact facts."""

from __future__ import annotations

from fractions import Fraction

import torch

from companion.linalg import det, hilbert, inv


def test_entries_are_reciprocals() -> None:
    H = hilbert(6, dtype=torch.float64)
    assert all(float(H[i, j]) == float(Fraction(1, i + j + 1)) for i in range(6) for j in range(6))


def test_determinant_and_inverse_are_reciprocal_integers() -> None:
    H = hilbert(3, dtype=torch.float64)
    assert abs(2160 * float(det(H)) - 1) < 1e-12
    expected = torch.tensor([[9.0, -36, 30], [-36, 192, -180], [30, -180, 180]])
    assert float((inv(H) - expected).abs().max()) < 1e-10


def test_dtype_and_device_are_those_of_a_factory() -> None:
    assert hilbert(2).dtype == torch.get_default_dtype()
    assert hilbert(2, dtype=torch.float64).dtype == torch.float64
    assert hilbert(2, device="meta").device.type == "meta"
