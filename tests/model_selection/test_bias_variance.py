"""The decomposition against the closed form of least squares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from companion.model_selection import bias_variance


def test_least_squares_has_the_bias_and_variance_of_its_hat_matrix() -> None:
    """With the hat matrix h(x) the mean fit is h f, and the variance σ² h hᵀ."""
    x = torch.linspace(-torch.pi, torch.pi, 15, dtype=torch.float64)
    for degree in (1, 3, 5):
        design = torch.stack([x**k for k in range(1, degree + 1)], dim=1) / 10

        def sample(r: int, design: torch.Tensor = design) -> tuple[torch.Tensor, torch.Tensor]:
            noise = torch.randn(15, generator=torch.Generator().manual_seed(r), dtype=x.dtype)
            return design.numpy(), (x.sin() + 0.3 * noise).numpy()

        parts = bias_variance(LinearRegression(), sample, design.numpy(), x.sin().numpy(), 2000)
        full = torch.cat([torch.ones(15, 1, dtype=x.dtype), design], dim=1)
        hat = full @ torch.linalg.pinv(full)
        variance = 0.09 * (degree + 1) / 15
        assert abs(parts.variance.mean() / variance - 1) < 0.08
        bias = hat @ x.sin() - x.sin()
        exact = float((bias**2).mean())
        assert abs((parts.bias**2).mean() - exact) < max(0.05 * exact, 1e-4)
        assert abs(parts.error - parts.bias**2 - parts.variance).max() < 1e-12
        assert parts.predictions.shape == (2000, 15)


@pytest.mark.parametrize(
    "truth", [0.5, np.array(0.5), np.zeros((3, 1)), np.zeros(2), np.zeros(4)], ids=str
)
def test_a_truth_of_another_shape_is_refused(truth: Any) -> None:
    x = np.arange(3.0)[:, None]
    for f in (truth, lambda points: truth):
        with pytest.raises(ValueError, match="f must give one number for each of the 3 points"):
            bias_variance(LinearRegression(), lambda r: (x, x[:, 0]), x, f, 2)


def test_many_points_split_their_error_too() -> None:
    """A constant truth under exact data has neither bias nor variance, at any number of points."""
    x = np.linspace(0, 1, 1000)[:, None]
    parts = bias_variance(LinearRegression(), lambda r: (x[:5], np.ones(5)), x, np.ones(1000), 2)
    for part in parts[:3]:
        np.testing.assert_allclose(part, np.zeros(1000), atol=1e-12)
