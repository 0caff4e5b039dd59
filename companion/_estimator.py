"""The bridge between scikit-learn's conventions and tensors: data in, the same kind of data out.

An estimator of the book subclasses :class:`Estimator` and one of scikit-learn's mixins. Arrays,
lists and frames are validated by scikit-learn and computed on ``device``; tensors are validated
here, in scikit-learn's words, and never leave their device. Results are of the kind of the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

FLOATS = [np.float64, np.float32]  # kept as they are; other numbers become the first


class Estimator(BaseEstimator):
    """Base of the book's estimators: parameters as in scikit-learn, numbers as tensors.

    A subclass calls ``self._fit_data(X, y)`` in ``fit``, ``self._data(X)`` in ``predict`` and
    ``transform``, keeps what it learned with :func:`give`, and reads it with :func:`take`.
    """

    device: Any = None
    n_features_in_: int

    def _fit_data(self, X: Any, y: Any, **checks: Any) -> tuple[Tensor, Tensor]:
        """Return X and y as tensors of one dtype and device, and learn ``n_features_in_``."""
        if isinstance(X, Tensor) or isinstance(y, Tensor):
            if not isinstance(X, Tensor):
                raise TypeError(f"X must be a torch.Tensor when y is one, got {type(X).__name__}")
            multi_output = checks.pop("multi_output", False)
            X = self._fit_features(X, **checks)
            return X, _check_target(y, X, multi_output).to(X.dtype)
        X, y = validate_data(self, X, y, dtype=FLOATS, y_numeric=True, **checks)
        X = self._tensor(X)
        return X, self._tensor(np.asarray(y)).to(X.dtype)

    def _fit_labels(self, X: Any, y: Any, **checks: Any) -> tuple[Tensor, Any]:
        """Return X as a tensor, and y as labels [n] of the kind that came; for classifiers."""
        if isinstance(X, Tensor) or isinstance(y, Tensor):
            if not isinstance(X, Tensor):
                raise TypeError(f"X must be a torch.Tensor when y is one, got {type(X).__name__}")
            X = self._fit_features(X, **checks)
            y = _check_target(y, X, False)
            if y.is_floating_point() and bool((y != y.round()).any()):
                raise ValueError("Unknown label type: continuous. Classes must be whole numbers.")
            return X, y
        X, y = validate_data(self, X, y, dtype=FLOATS, **checks)
        check_classification_targets(y)
        return self._tensor(X), y

    def _fit_features(self, X: Any, *, reset: bool = True, **checks: Any) -> Tensor:
        """Return X as a tensor and learn ``n_features_in_``; what a transformer without y needs.

        Without ``reset``, X must have the features that were seen before.
        """
        if not isinstance(X, Tensor):
            return self._tensor(validate_data(self, X, dtype=FLOATS, reset=reset, **checks))
        _check_samples(X, self, checks.get("ensure_min_samples", 1))
        if not reset and X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )
        self.n_features_in_ = X.shape[1]
        if reset and hasattr(self, "feature_names_in_"):
            del self.feature_names_in_  # of an earlier fit on a frame
        return _floating(X)

    def _data(self, X: Any, **checks: Any) -> Tensor:
        """Return X as a tensor if it has the features that were seen in ``fit``."""
        check_is_fitted(self)
        return self._fit_features(X, reset=False, **checks)

    def _tensor(self, array: np.ndarray) -> Tensor:
        """Return an array as a tensor on ``device``, without a copy if that is possible."""
        plain = array.flags.writeable and min(array.strides, default=0) >= 0
        return torch.as_tensor(array if plain else array.copy(), device=self.device)


class Classifier(ClassifierMixin):
    """What classifiers share: labels of any kind in ``classes_``, in order."""

    classes_: Any

    def _labels(self, number: Tensor, X: Any) -> Any:
        """Return the labels of the classes with these numbers, of the kind of X."""
        known = as_array(self.classes_)
        if not isinstance(X, Tensor):
            return known[number.cpu().numpy()]
        if known.dtype.kind not in "biuf":
            raise TypeError("X must be an array: the classes are words, which no tensor holds")
        return torch.as_tensor(self.classes_, device=X.device)[number]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Return the share of right predictions."""
        if not isinstance(X, Tensor):
            return super().score(X, y, sample_weight)
        found = self.predict(X)
        kind = X.dtype if X.is_floating_point() else torch.get_default_dtype()
        hits = (found == torch.as_tensor(y, device=X.device)).to(kind)
        if sample_weight is None:
            return hits.mean()
        weights = torch.as_tensor(sample_weight, dtype=kind, device=X.device)
        return hits @ weights / weights.sum()


def distinct(labels: Any) -> Any:
    """Return the different labels in order, of the kind that came."""
    return torch.unique(labels) if isinstance(labels, Tensor) else np.unique(labels)


def as_array(labels: Any) -> np.ndarray:
    """Return labels as an array, wherever they are."""
    return labels.cpu().numpy() if isinstance(labels, Tensor) else np.asarray(labels)


def give(result: Tensor, like: Any) -> Any:
    """Return a result as a tensor if the data were tensors, else as an array or a number."""
    return result if isinstance(like, Tensor) else result.detach().cpu().numpy()[()]


def take(learned: Any, like: Tensor) -> Tensor:
    """Return something learned as a tensor of the dtype and device of the data at hand."""
    return torch.as_tensor(learned, dtype=like.dtype, device=like.device)


def _floating(X: Tensor) -> Tensor:
    """Return whole numbers as torch's default floating-point dtype, others as they are."""
    return X if X.is_floating_point() else X.to(torch.get_default_dtype())


def _check_samples(X: Tensor, estimator: Any, least: int) -> None:
    """Raise unless X is a finite real matrix with enough samples, in scikit-learn's words."""
    name = type(estimator).__name__
    if X.is_complex():
        raise ValueError(f"Complex data not supported\n{X}\n")
    if X.layout != torch.strided:
        raise TypeError(f"Sparse data was passed for X, but dense data is required by {name}.")
    if X.ndim != 2:
        raise ValueError(
            f"Expected 2D array, got {X.ndim}D array instead:\narray={X}.\n"
            "Reshape your data either using X.reshape(-1, 1) if your data has a single feature or "
            "X.reshape(1, -1) if it contains a single sample."
        )
    for count, kind, floor in ((len(X), "sample", least), (X.shape[1], "feature", 1)):
        if count < floor:
            raise ValueError(
                f"Found array with {count} {kind}(s) (shape={tuple(X.shape)}) while a minimum of "
                f"{floor} is required by {name}."
            )
    _check_finite(X, "X")


def _check_finite(x: Tensor, name: str) -> None:
    """Raise ``ValueError`` if there is NaN or infinity."""
    if x.is_floating_point() and not bool(torch.isfinite(x).all()):
        too_large = f"infinity or a value too large for {x.dtype!r}"
        what = "NaN" if bool(torch.isnan(x).any()) else too_large
        raise ValueError(f"Input {name} contains {what}.")


def _check_target(y: Any, X: Tensor, multi_output: bool) -> Tensor:
    """Return y if it is a finite tensor on the device of X, one row a sample."""
    if not isinstance(y, Tensor):
        raise TypeError(f"y must be a torch.Tensor when X is one, got {type(y).__name__}")
    if y.device != X.device:
        raise ValueError(f"y must be on the device of X, {X.device}, got {y.device}")
    if not (y.ndim == 1 or (multi_output and y.ndim == 2)):
        raise ValueError(f"y should be a 1d array, got an array of shape {tuple(y.shape)} instead.")
    if len(y) != len(X):
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: [{len(X)}, {len(y)}]"
        )
    _check_finite(y, "y")
    return y
