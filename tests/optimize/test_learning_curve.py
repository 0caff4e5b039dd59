"""The learning curve of the page on gradient descent, over more seeds than the page can spend."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.polynomial.legendre import legvander
from torch import Generator, Tensor

from companion.physics import beam_influence

SIZES = (120, 240, 480, 960)
NOISE = 0.05


def surrogate(points: Tensor) -> Tensor:
    """Products of Legendre polynomials up to degree 5 in the place and in the load."""
    x, a = (legvander(2 * column - 1, 5) for column in points.mT.numpy())
    return torch.from_numpy((x[:, :, None] * a[:, None, :]).reshape(len(points), 36))


def error_on_fresh_points(n: int, seed: int) -> float:
    generator = Generator().manual_seed(seed)
    points, fresh = (torch.rand(k, 2, generator=generator, dtype=torch.float64) for k in (n, 500))
    noise = NOISE * torch.randn(n, generator=generator, dtype=torch.float64)
    measured = beam_influence(points[:, 0], points[:, 1]) + noise
    fit = torch.linalg.lstsq(surrogate(points), measured[:, None]).solution[:, 0]
    gap = surrogate(fresh) @ fit - beam_influence(fresh[:, 0], fresh[:, 1])
    return float(gap.square().mean().sqrt())


@pytest.mark.parametrize("group", range(12))
def test_medians_fall_with_the_root_of_the_sample_size(group: int) -> None:
    seeds = range(1000 + 10 * group, 1010 + 10 * group)
    medians = np.median([[error_on_fresh_points(n, seed) for n in SIZES] for seed in seeds], axis=0)
    assert (np.diff(medians) < 0).all()
    assert -0.9 < np.log(medians[3] / medians[1]) / np.log(4) < -0.4
    # Each of the 36 coefficients adds the same part of the noise; few samples cost more.
    assert medians[3] == pytest.approx(NOISE * (36 / 960) ** 0.5, rel=0.25)
