"""The bridge to scikit-learn: its own checks on arrays, their twins on tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import MultiOutputMixin, RegressorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from torch import Tensor

from companion._estimator import Estimator, give, take
from companion.linear_model import Perceptron
from companion.neural_network import MLPClassifier

X = torch.arange(12.0, dtype=torch.float64).reshape(6, 2) ** 2
Y = X @ torch.tensor([1.0, -2.0], dtype=torch.float64) + 3


class Plane(MultiOutputMixin, RegressorMixin, Estimator):
    """The smallest estimator that shows the pattern: a plane by least squares."""

    def __init__(self, *, ridge: float = 1e-12, device: Any = None) -> None:
        self.ridge, self.device = ridge, device

    def fit(self, X: Any, y: Any) -> Plane:
        data, target = self._fit_data(X, y, multi_output=True)
        ones = torch.cat([data, data.new_ones(len(data), 1)], dim=1)
        self.coef_ = give(torch.linalg.pinv(ones) @ target, X)
        return self

    def predict(self, X: Any) -> Any:
        data = self._data(X)
        coef = take(self.coef_, data)
        return give(data @ coef[:-1] + coef[-1], X)


def test_scikit_learn_finds_nothing_to_object() -> None:
    check_estimator(Plane(), on_skip=None)


def test_what_comes_in_goes_out() -> None:
    for dtype in (torch.float64, torch.float32):
        fitted = Plane().fit(X.to(dtype), Y.to(dtype))
        predicted = fitted.predict(X.to(dtype))
        assert isinstance(predicted, Tensor) and isinstance(fitted.coef_, Tensor)
        assert predicted.dtype == fitted.coef_.dtype == dtype
    by_array = Plane().fit(X.numpy(), Y.numpy())
    assert isinstance(by_array.coef_, np.ndarray)
    torch.testing.assert_close(fitted.predict(X), Y, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(by_array.predict(X.numpy()), Y, rtol=1e-9)
    # fitted on arrays, asked with tensors, and the other way round
    torch.testing.assert_close(by_array.predict(X), Y)
    np.testing.assert_allclose(Plane().fit(X, Y).predict(X.tolist()), Y, rtol=1e-9)


def test_whole_numbers_become_the_default_dtype() -> None:
    fitted = Plane().fit(X.long(), Y.long())
    assert fitted.coef_.dtype == torch.get_default_dtype()


def test_frames_leave_their_names_until_the_next_fit() -> None:
    frame = pd.DataFrame(X.numpy(), columns=["strain", "temperature"])
    plane = Plane().fit(frame, Y.numpy())
    assert list(plane.feature_names_in_) == ["strain", "temperature"]
    plane.fit(X, Y)
    assert not hasattr(plane, "feature_names_in_")


def test_tensors_pass_a_pipeline_of_their_own_kind_and_clone() -> None:
    model = make_pipeline(StandardScaler(), clone(Plane(ridge=0.5)))
    assert model[-1].ridge == 0.5
    np.testing.assert_allclose(model.fit(X.numpy(), Y.numpy()).predict(X.numpy()), Y, rtol=1e-9)


ROW = X[0]
HOLE = X.clone()
HOLE[1, 1] = torch.nan
HIGH = X.clone()
HIGH[1, 1] = torch.inf
BAD_FIT: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "one dimension": (ROW, Y, ValueError, "Expected 2D array, got 1D array instead"),
    "three": (X[None], Y, ValueError, "Expected 2D array, got 3D array instead"),
    "no samples": (X[:0], Y[:0], ValueError, r"0 sample\(s\) .*minimum of 1 is required by Plane"),
    "no features": (X[:, :0], Y, ValueError, r"0 feature\(s\) .*minimum of 1"),
    "NaN": (HOLE, Y, ValueError, "Input X contains NaN"),
    "infinity": (HIGH, Y, ValueError, "Input X contains infinity"),
    "complex": (X.to(torch.complex128), Y, ValueError, "Complex data not supported"),
    "sparse": (X.to_sparse(), Y, TypeError, "dense data is required by Plane"),
    "lengths": (X, Y[:-1], ValueError, r"inconsistent numbers of samples: \[6, 5\]"),
    "NaN in y": (X, HOLE[:, 1], ValueError, "Input y contains NaN"),
    "array beside": (X, Y.numpy(), TypeError, "y must be a torch.Tensor .* got ndarray"),
    "tensor beside": (X.numpy(), Y, TypeError, "X must be a torch.Tensor .* got ndarray"),
    "no y": (X, None, TypeError, "y must be a torch.Tensor .* got NoneType"),
    "cube": (X, Y[:, None, None], ValueError, "y should be a 1d array"),
    "device": (X, Y.to("meta"), ValueError, "y must be on the device of X, cpu, got meta"),
}


@pytest.mark.parametrize("case", BAD_FIT)
def test_bad_tensors_are_refused_in_scikit_learns_words(case: str) -> None:
    data, target, error, words = BAD_FIT[case]
    with pytest.raises(error, match=words):
        Plane().fit(data, target)


def test_predict_wants_a_fit_and_the_same_features() -> None:
    with pytest.raises(NotFittedError, match="Plane instance is not fitted yet"):
        Plane().predict(X)
    fitted = Plane().fit(X, Y)
    with pytest.raises(ValueError, match="X has 1 features, but Plane is expecting 2 features"):
        fitted.predict(X[:, :1])
    with pytest.raises(ValueError, match="Input X contains NaN"):
        fitted.predict(HOLE)
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        fitted.predict(X[:0])


@pytest.mark.parametrize("kind", [Perceptron, MLPClassifier])
def test_scores_of_classifiers_for_tensors_of_every_kind(kind: Any) -> None:
    X = torch.tensor([[0, 0], [0, 1], [5, 5], [6, 5], [5, 7], [1, 0]])
    y = np.array([0, 0, 1, 1, 1, 0])
    model = kind(random_state=0, max_iter=400).fit(X.double(), torch.tensor(y))
    weights = np.array([1.0, 2, 3, 1, 1, 5])
    wrong = 1 - y
    for given in (X, X.double(), X.float()):
        for labels in (y, torch.tensor(y), y.tolist()):
            assert float(model.score(given, labels)) == 1
        assert float(model.score(given, wrong)) == 0
        mixed = np.where(np.arange(6) < 2, wrong, y)
        assert float(model.score(given, mixed, weights)) == pytest.approx(10 / 13)
