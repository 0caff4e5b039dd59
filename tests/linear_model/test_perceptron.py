"""The perceptron: number for number scikit-learn's, and the rule in whole numbers."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import sklearn.linear_model
import torch
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import check_estimator
from torch import Tensor

from companion.datasets import make_gate
from companion.linear_model import Perceptron
from companion.linear_model._perceptron import permutation

Library = sklearn.linear_model.Perceptron
IN_ORDER = {"shuffle": False, "tol": None}


def test_scikit_learn_finds_nothing_to_object() -> None:
    check_estimator(Perceptron(), on_skip=None)


def assert_same(ours: Perceptron, theirs: Any) -> None:
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=0, atol=1e-12)


# The rule of the page


def rule_in_whole_numbers(X: Any, t: Any, epochs: int) -> tuple[list[list[int]], list[int]]:
    """Offset and weights after each epoch, and its errors: the definition, sample by sample."""
    w, path, errors = [0] * (len(X[0]) + 1), [], []
    for _ in range(epochs):
        wrong = 0
        for row, target in zip(X, t, strict=True):
            inputs = [1, *row]
            if target * sum(a * b for a, b in zip(w, inputs, strict=True)) <= 0:
                w = [a + target * b for a, b in zip(w, inputs, strict=True)]
                wrong += 1
        path.append(list(w))
        errors.append(wrong)
    return path, errors


def gate(kind: Any) -> tuple[Tensor, Tensor]:
    X, y = make_gate(kind)
    return X.double(), y


@pytest.mark.parametrize(
    ("kind", "epoch", "weights"), [("or", 6, [-1, 2, 2]), ("and", 9, [-4, 3, 2])]
)
def test_gates_of_the_page(kind: str, epoch: int, weights: list[int]) -> None:
    """Three routes: ours, whole numbers, and scikit-learn stopped after each epoch."""
    X, y = gate(kind)
    path, errors = rule_in_whole_numbers(X.long().tolist(), (2 * y - 1).tolist(), 20)
    assert errors.index(0) + 1 == epoch and path[epoch - 1] == weights
    ours = Perceptron(max_iter=20, **IN_ORDER).fit(X, y)
    assert ours.updates_[:, 0].tolist() == errors
    assert ours.intercept_path_[1:, 0].tolist() == [w[0] for w in path]
    assert ours.coef_path_[1:, 0].tolist() == [w[1:] for w in path]
    assert ours.coef_path_[0].tolist() == [[0, 0]] and ours.intercept_path_[0].tolist() == [0]
    for n in (epoch - 1, epoch):
        theirs = Library(max_iter=n, **IN_ORDER).fit(X.numpy(), y.numpy())
        np.testing.assert_array_equal(ours.coef_path_[n], theirs.coef_)
        np.testing.assert_array_equal(ours.intercept_path_[n], theirs.intercept_)
    assert torch.equal(ours.predict(X), y)


def test_exclusive_or_is_never_learned() -> None:
    X, y = gate("xor")
    found = Perceptron(max_iter=100, **IN_ORDER).fit(X, y)
    _, errors = rule_in_whole_numbers(X.long().tolist(), (2 * y - 1).tolist(), 100)
    assert found.updates_[:, 0].tolist() == errors
    assert errors[-1] == 4


def test_a_sample_on_the_line_is_an_error_of_either_class_and_the_first_when_predicted() -> None:
    X = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    for targets in ([0, 1], [1, 0]):
        found = Perceptron(max_iter=1, fit_intercept=False, **IN_ORDER)
        found.fit(X, torch.tensor(targets))
        assert found.updates_.tolist() == [[2]]
    assert found.predict(X.new_zeros(1, 2)).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_updates_stay_below_the_bound_of_novikoff(seed: int) -> None:
    """With |x| ≤ R and a line of margin γ through the origin, at most (R/γ)² updates."""
    g = torch.Generator().manual_seed(seed)
    normal = torch.tensor([0.6, -0.8], dtype=torch.float64)
    X = 2 * torch.rand(300, 2, generator=g, dtype=torch.float64) - 1
    X = X[(X @ normal).abs() > 0.1]
    y = (X @ normal > 0).long()
    found = Perceptron(fit_intercept=False, random_state=seed).fit(X, y)
    bound = float(X.norm(dim=1).max() / (X @ normal).abs().min()) ** 2
    assert 0 < int(found.updates_.sum()) <= bound
    assert found.updates_[-1].tolist() == [0]
    assert found.score(X, y) == 1


# Number for number


@pytest.mark.parametrize("load", [load_breast_cancer, load_digits])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"random_state": 5, "eta0": 0.25},
        {"random_state": np.random.RandomState(3), "fit_intercept": False},
        {"shuffle": False, "tol": 0.5},
        {"tol": None, "max_iter": 3},
    ],
    ids=["default", "scaled", "state", "in order", "epochs"],
)
def test_equal_to_scikit_learn_on_data(load: Any, options: dict[str, Any]) -> None:
    X, y = load(return_X_y=True)
    ours = Perceptron(**copy.deepcopy(options)).fit(X[::2], y[::2])
    theirs = Library(**copy.deepcopy(options)).fit(X[::2], y[::2])
    assert_same(ours, theirs)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(
        ours.decision_function(X), theirs.decision_function(X), rtol=1e-10, atol=1e-8
    )
    assert ours.score(X, y) == theirs.score(X, y)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 257])
@pytest.mark.parametrize("seed", [0, 1, 2**31 - 2])
def test_permutation_is_that_of_scikit_learns_container(n: int, seed: int) -> None:
    from sklearn.utils._seq_dataset import ArrayDataset64

    numbers = np.arange(n, dtype=float)
    data = ArrayDataset64(np.ones((n, 1)), numbers, np.ones(n))
    data._shuffle_py(seed)
    drawn = [data._next_py()[1] for _ in range(n)]
    found = permutation(n, seed, torch.device("cpu"))
    assert found.tolist() == drawn
    assert sorted(drawn) == list(range(n))


def blobs(k: int, n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.RandomState(k)
    y = np.arange(n) % k
    return generator.standard_normal((n, 3)) + 1.5 * np.cos(y[:, None] + np.arange(3)), y


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("shuffle", [True, False])
def test_partial_fit_is_scikit_learns(k: int, shuffle: bool) -> None:
    X, y = blobs(k)
    ours, theirs = Perceptron(shuffle=shuffle), Library(shuffle=shuffle)
    for part in (slice(0, 1), slice(1, 40), slice(40, 90), slice(0, 90)):
        for model in (ours, theirs):
            model.partial_fit(X[part], y[part], classes=np.arange(k))
        assert_same(ours, theirs)
        assert ours.coef_path_.shape == (2, len(ours.coef_), 3)
        np.testing.assert_array_equal(ours.coef_path_[-1], ours.coef_)
    with pytest.raises(ValueError, match="not the same as on last call"):
        ours.partial_fit(X, y, classes=[0, 7])


@pytest.mark.parametrize("k", [2, 3])
def test_partial_fit_follows_fit(k: int) -> None:
    """As many epochs one by one as in one call, in order: the same weights."""
    X, y = blobs(k)
    whole = Perceptron(max_iter=4, **IN_ORDER).fit(X, y)
    steps = Perceptron(shuffle=False)
    for epoch in range(4):
        steps.partial_fit(X, y, classes=np.arange(k))
        np.testing.assert_array_equal(steps.coef_, whole.coef_path_[epoch + 1])
        np.testing.assert_array_equal(steps.updates_[0], whole.updates_[epoch])


@pytest.mark.parametrize("k", [2, 3])
def test_start_is_scikit_learns(k: int) -> None:
    X, y = blobs(k)
    rows, generator = (k if k > 2 else 1), np.random.RandomState(0)
    coef, intercept = generator.standard_normal((rows, 3)), generator.standard_normal(rows)
    kept = coef.copy(), intercept.copy()
    ours = Perceptron(max_iter=1, **IN_ORDER).fit(X, y, coef, intercept)
    np.testing.assert_array_equal(ours.coef_path_[0], kept[0])
    np.testing.assert_array_equal((coef, intercept)[0], kept[0])
    theirs = Library(max_iter=1, **IN_ORDER).fit(X, y, coef.copy(), intercept.copy())
    assert_same(ours, theirs)
    if k == 2:  # a single neuron may also be given as a vector
        again = Perceptron(max_iter=1, **IN_ORDER).fit(X, y, coef[0], intercept[0])
        np.testing.assert_array_equal(again.coef_, ours.coef_)
        return
    with pytest.raises(ValueError, match=r"^intercept_init must have shape \(3,\), got \(1,\)"):
        Perceptron().fit(X, y, coef, intercept[:1])


def test_row_that_stops_earlier_keeps_its_weights() -> None:
    """Each row is the neuron that tells its class from the others, alone."""
    X, y = blobs(3)
    found = Perceptron(shuffle=False).fit(X, y)
    alone = [Library(shuffle=False).fit(X, y == c) for c in range(3)]
    epochs = [neuron.n_iter_ for neuron in alone]
    assert found.n_iter_ == max(epochs) > min(epochs)
    assert found.updates_.shape == (found.n_iter_, 3)
    for row, neuron in enumerate(alone):
        stopped = slice(neuron.n_iter_, None)
        assert (found.coef_path_[stopped, row] == neuron.coef_).all()
        assert (found.intercept_path_[stopped, row] == neuron.intercept_).all()
        assert not found.updates_[stopped, row].any()
    moved = np.abs(np.diff(found.coef_path_, axis=0)).max(axis=2) > 0
    np.testing.assert_array_equal(moved, found.updates_ > 0)
    np.testing.assert_array_equal(found.coef_path_[-1], found.coef_)
    np.testing.assert_array_equal(found.intercept_path_[-1], found.intercept_)


# What an estimator does


def test_rate_only_scales_the_weights() -> None:
    X, y = blobs(2)
    one, eighth = (Perceptron(eta0=eta, max_iter=9, tol=None).fit(X, y) for eta in (1.0, 0.125))
    np.testing.assert_array_equal(one.coef_, 8 * eighth.coef_)
    np.testing.assert_array_equal(one.intercept_, 8 * eighth.intercept_)


def test_what_comes_in_goes_out() -> None:
    X, y = (torch.from_numpy(a) for a in blobs(3))
    found = Perceptron().fit(X.float(), y)
    for name in ("coef_", "intercept_", "coef_path_", "intercept_path_"):
        assert getattr(found, name).dtype == torch.float32
    assert found.updates_.dtype == torch.int64 and found.classes_.tolist() == [0, 1, 2]
    assert found.predict(X).dtype == y.dtype
    by_array = Perceptron().fit(X.numpy(), y.numpy())
    assert isinstance(by_array.coef_path_, np.ndarray) and isinstance(by_array.updates_, np.ndarray)
    assert torch.equal(by_array.predict(X), pickle.loads(pickle.dumps(by_array)).predict(X))
    weights = torch.arange(90.0)
    assert found.score(X, y, weights) == pytest.approx(
        by_array.score(X.numpy(), y.numpy(), weights.numpy()), abs=1e-6
    )


def test_words_are_classes_of_arrays() -> None:
    X, y = blobs(2)
    words = np.array(["intact", "cracked"])[y]
    found = Perceptron().fit(X, words)
    assert found.classes_.tolist() == ["cracked", "intact"]
    np.testing.assert_array_equal(found.predict(X), Library().fit(X, words).predict(X))
    with pytest.raises(TypeError, match="the classes are words"):
        found.predict(torch.from_numpy(X))


def test_too_few_epochs_warn_but_not_without_tol_or_one_at_a_time() -> None:
    X, y = blobs(2)
    with pytest.warns(ConvergenceWarning, match="2 epochs did not reach convergence"):
        Perceptron(max_iter=2).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Perceptron(max_iter=2, tol=None).fit(X, y)
        Perceptron().partial_fit(X, y, classes=[0, 1])


def test_overflow_is_an_error_as_in_scikit_learn() -> None:
    X, y = blobs(2)
    for model in (Perceptron(eta0=100.0), Library(eta0=100.0)):
        with pytest.raises(ValueError, match="overflow occurred at epoch #1"):
            model.fit(X / np.abs(X).max() * 1e308, y)
