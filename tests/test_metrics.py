"""What a row of the registry cannot say about scores and resampling."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import sklearn.utils
import torch
from sklearn.exceptions import UndefinedMetricWarning

from companion import metrics
from companion.utils import resample

SCORES = ("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score")


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_of_the_kind_that_came(name: str) -> None:
    score = getattr(metrics, name)
    truth, guess = [1, 2, 4], [1.5, 2.0, 3.0]
    assert isinstance(score(truth, guess), float)
    by_tensor = score(torch.tensor(truth), torch.tensor(guess))
    assert isinstance(by_tensor, torch.Tensor) and by_tensor.ndim == 0
    assert float(by_tensor) == pytest.approx(score(np.array(truth), np.array(guess)))
    raw = score(np.eye(3), np.ones((3, 3)), multioutput="raw_values")
    assert isinstance(raw, np.ndarray) and raw.shape == (3,)


def test_one_sample_has_no_spread() -> None:
    with pytest.warns(UndefinedMetricWarning, match="less than two samples"):
        assert math.isnan(metrics.r2_score([1.0], [2.0]))


def test_total_is_error_plus_regression_for_least_squares_only() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 30, generator=generator, dtype=torch.float64)
    design = torch.stack([torch.ones_like(x), x], dim=1)
    fit = design @ torch.linalg.lstsq(design, y[:, None]).solution[:, 0]
    sums = metrics.sums_of_squares(y, fit)
    assert float(sums.SST) == pytest.approx(float(sums.SSE + sums.SSR), rel=1e-12)
    assert float(metrics.r2_score(y, fit)) == pytest.approx(float(sums.SSR / sums.SST), rel=1e-12)
    other = metrics.sums_of_squares(y, fit + 0.5)
    assert not math.isclose(float(other.SST), float(other.SSE + other.SSR), rel_tol=1e-2)
    assert metrics.sums_of_squares([0.0, 2.0], [0.0, 1.0]) == (2.0, 1.0, 1.0)


def test_resample_keeps_the_kind_and_the_pairing() -> None:
    frame = pd.DataFrame({"a": range(8)}, index=list("abcdefgh"))
    labels = list(frame.index)
    ours = resample(frame, labels, frame["a"].to_numpy(), random_state=3)
    theirs = sklearn.utils.resample(frame, labels, frame["a"].to_numpy(), random_state=3)
    pd.testing.assert_frame_equal(ours[0], theirs[0])
    assert ours[1] == theirs[1] == list(ours[0].index)
    np.testing.assert_array_equal(ours[2], theirs[2])
    assert resample() is None


def test_two_thirds_of_the_rows_are_in_the_bag() -> None:
    n, repeats = 15, 4000
    generator = np.random.RandomState(0)
    shares = [
        len(np.unique(resample(np.arange(n), random_state=generator))) for _ in range(repeats)
    ]
    expected = n * (1 - (1 - 1 / n) ** n)
    assert np.mean(shares) == pytest.approx(expected, abs=4 * np.std(shares) / repeats**0.5)
