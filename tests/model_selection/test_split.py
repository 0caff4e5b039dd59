"""Splits: invariants, kinds of data, and life among scikit-learn's tools."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.model_selection as library
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

from companion.model_selection import KFold, train_test_split


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(2, 10), st.integers(0, 99))
def test_each_sample_is_tested_once(n: int, k: int, seed: int) -> None:
    if k > n:
        with pytest.raises(ValueError, match="n_splits"):
            list(KFold(k).split(range(n)))
        return
    tested = []
    for train, test in KFold(k, shuffle=True, random_state=seed).split(np.arange(n)):
        assert sorted([*train, *test]) == list(range(n))
        assert len(test) in (n // k, n // k + 1)
        tested += test.tolist()
    assert sorted(tested) == list(range(n))


def test_indices_are_of_the_kind_of_the_data() -> None:
    train, test = next(KFold(2).split(torch.zeros(4, 1)))
    assert torch.equal(train, torch.tensor([2, 3])) and torch.equal(test, torch.tensor([0, 1]))
    assert isinstance(next(KFold(2).split([1, 2, 3]))[0], np.ndarray)
    assert KFold(3).get_n_splits() == 3
    assert repr(KFold(3)) == "KFold(n_splits=3, random_state=None, shuffle=False)"


def test_parts_keep_kind_and_pairing() -> None:
    frame = pd.DataFrame({"a": range(8)})
    tensor, labels = torch.arange(8), list("abcdefgh")
    parts = train_test_split(frame, tensor, labels, test_size=3, random_state=1)
    assert isinstance(parts[0], pd.DataFrame) and isinstance(parts[2], torch.Tensor)
    for part in (0, 1):
        assert list(parts[part]["a"]) == parts[2 + part].tolist()
        assert [labels[i] for i in parts[2 + part]] == parts[4 + part]
    assert len(parts[1]) == 3


@pytest.mark.parametrize("size", [-2, 0, 5, 6, 50, -0.5, 0.0, 1.0, 1.5, 7.0], ids=str)
@pytest.mark.parametrize("name", ["test_size", "train_size"])
def test_sizes_out_of_range_are_refused_as_by_the_library(name: str, size: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .* got {size}"):
        train_test_split(np.arange(5), **{name: size})
    with pytest.raises(ValueError):
        library.train_test_split(np.arange(5), **{name: size})


def test_folds_serve_a_grid_search() -> None:
    X = np.random.default_rng(0).normal(size=(30, 3))
    search = GridSearchCV(Ridge(), {"alpha": [1e-6, 1e6]}, cv=KFold(3, shuffle=True))
    assert search.fit(X, X @ [1, 2, 3]).best_params_ == {"alpha": 1e-6}
