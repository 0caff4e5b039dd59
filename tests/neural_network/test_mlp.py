"""Networks as estimators: scikit-learn's weights, conventions, scores, and bad ways to train."""

from __future__ import annotations

import copy
import pickle
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sklearn.neural_network
import torch
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from torch import Tensor

from companion.neural_network import MLPClassifier, MLPRegressor
from companion.neural_network._network import (
    Network,
    binary_log_loss,
    log_loss,
    poisson,
    squared_error,
)

DIGITS = load_digits()
IMAGES, LABELS = DIGITS.data / 16, DIGITS.target
G = torch.Generator().manual_seed(0)
X = torch.randn(60, 4, generator=G, dtype=torch.float64)
Y = (X[:, 0] * X[:, 1] > 0).long() + (X[:, 2] > 0.5).long()
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@quiet
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_scikit_learn_finds_nothing_to_object(kind: Any, solver: str) -> None:
    check_estimator(kind(solver=solver, max_iter=100), on_skip=None)


def same_layers(ours: Any, theirs: Any, tol: float) -> None:
    for mine, other in zip(
        [*ours.coefs_, *ours.intercepts_], [*theirs.coefs_, *theirs.intercepts_], strict=True
    ):
        np.testing.assert_allclose(mine, other, rtol=0, atol=tol)


@quiet
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("activation", ["logistic", "relu"])
def test_weights_on_digits_are_scikit_learns(solver: str, activation: str) -> None:
    for labels in (LABELS, LABELS % 2):
        options = {"activation": activation, "solver": solver, "max_iter": 10, "random_state": 3}
        ours = MLPClassifier((50,), **options).fit(IMAGES, labels)
        theirs = sklearn.neural_network.MLPClassifier((50,), **options).fit(IMAGES, labels)
        same_layers(ours, theirs, 1e-12)
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-12)
        np.testing.assert_array_equal(ours.predict(IMAGES), theirs.predict(IMAGES))


def test_training_ends_in_the_same_epoch_for_the_same_reason() -> None:
    options = {"learning_rate_init": 0.02, "tol": 1e-3, "random_state": 0, "max_iter": 500}
    for early in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ours = MLPClassifier((20,), early_stopping=early, **options).fit(IMAGES, LABELS)
        theirs = sklearn.neural_network.MLPClassifier((20,), early_stopping=early, **options)
        theirs.fit(IMAGES, LABELS)
        assert ours.n_iter_ == theirs.n_iter_ < 500
        same_layers(ours, theirs, 1e-8)
        assert ours.best_loss_ == (None if early else pytest.approx(theirs.best_loss_, rel=1e-9))
        assert ours.best_validation_score_ == theirs.best_validation_score_


@quiet
def test_warm_start_and_partial_fit_go_on_as_in_scikit_learn() -> None:
    for solver in ("adam", "sgd"):
        options = {"solver": solver, "random_state": 1, "max_iter": 5}
        pair = [
            kind((6,), warm_start=True, **options)
            for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier)
        ]
        for _ in range(3):
            same_layers(*(model.fit(X.numpy(), Y.numpy()) for model in pair), 1e-12)
        assert len(pair[0].loss_curve_) == 15 and pair[0].n_iter_ == 5
        pair = [
            kind((6,), **options) for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier)
        ]
        for rows in (slice(0, 20), slice(20, 60), slice(0, 60)):
            part = X.numpy()[rows], Y.numpy()[rows]
            same_layers(*(model.partial_fit(*part, classes=[0, 1, 2]) for model in pair), 1e-12)
        assert pair[0].t_ == pair[1].t_ == 120
    pair = [
        kind(hidden_layer_sizes=(6,), random_state=1)
        for kind in (MLPRegressor, sklearn.neural_network.MLPRegressor)
    ]
    for _ in range(3):
        same_layers(*(model.partial_fit(X.numpy(), X[:, 0].numpy()) for model in pair), 1e-12)


@quiet
@pytest.mark.parametrize("hidden", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("softmax", log_loss),
        ("logistic", binary_log_loss),
        ("identity", squared_error),
        ("exp", poisson),
    ],
)
def test_slopes_are_those_of_autograd(hidden: str, output: str, loss: Any) -> None:
    """Backpropagation in matrix form beside torch's derivative of the written-out cost."""
    sizes = [4, 5, 3, 1 if output == "logistic" else 3]
    shapes = [*pairwise(sizes), *((m,) for m in sizes[1:])]
    parts = [0.4 * torch.randn(shape, generator=G, dtype=torch.float64) for shape in shapes]
    T = torch.rand(60, sizes[-1], generator=G, dtype=torch.float64)
    T = (T.amax(1, keepdim=True) == T).double() if output in ("softmax", "logistic") else T
    network = Network(parts[:3], parts[3:], hidden, output)
    A = network.forward(X)
    penalty = network.backward(A, T, 0.7)
    value = loss(T, A[-1]) + penalty

    functions = {"identity": lambda z: z, "logistic": torch.sigmoid, "exp": torch.exp}
    functions |= {"tanh": torch.tanh, "relu": torch.relu, "softmax": lambda z: z.softmax(1)}
    leaves = [part.clone().requires_grad_() for part in parts]
    a = X
    for layer in range(3):
        z = a @ leaves[layer] + leaves[3 + layer]
        a = functions[output if layer == 2 else hidden](z)
    cost = {
        "softmax": lambda: -(T * a.log()).sum() / 60,
        "logistic": lambda: -(T * a.log() + (1 - T) * (1 - a).log()).sum() / 60,
        "identity": lambda: ((a - T) ** 2).sum() / 120,
        "exp": lambda: (torch.special.xlogy(T, T / a) - T + a).sum() / 60,
    }[output]() + 0.7 / 120 * sum((W**2).sum() for W in leaves[:3])
    expected = torch.cat([g.reshape(-1) for g in torch.autograd.grad(cost, leaves)])
    torch.testing.assert_close(network.slopes, expected, rtol=1e-10, atol=1e-12)
    shown = cost - (2 / 3 * ((a - T) ** 2).sum() / 120 if output == "identity" else 0)
    torch.testing.assert_close(value, shown.detach(), rtol=1e-9, atol=1e-12)


@quiet
def test_what_comes_in_goes_out() -> None:
    for dtype in (torch.float32, torch.float64):
        data = X.to(dtype)
        model = MLPClassifier((5,), max_iter=5, random_state=0).fit(data, Y - 1)
        assert isinstance(model.predict(data), Tensor) and model.predict(data).dtype == torch.int64
        assert set(model.predict(data).tolist()) <= {-1, 0, 1}
        for found in (model.predict_proba(data), model.coefs_[0], model.score(data, Y - 1)):
            assert isinstance(found, Tensor) and found.dtype == dtype
        numbers = MLPRegressor(hidden_layer_sizes=(5,), max_iter=5).fit(data, data[:, :2])
        assert numbers.predict(data).shape == (60, 2) and numbers.predict(data).dtype == dtype
    by_array = MLPClassifier((5,), max_iter=5, random_state=0).fit(X.numpy(), Y.numpy() - 1)
    assert isinstance(by_array.coefs_[0], np.ndarray)
    np.testing.assert_array_equal(by_array.predict(X), by_array.predict(X.numpy()))
    assert float(model.score(X, Y - 1)) == pytest.approx(by_array.score(X.numpy(), Y.numpy() - 1))
    weight = torch.arange(60.0, dtype=torch.float64)
    assert float(model.score(X, Y - 1, weight)) == pytest.approx(
        by_array.score(X.numpy(), Y.numpy() - 1, weight.numpy())
    )


@quiet
def test_words_are_classes_of_arrays_only() -> None:
    words = np.array(["sound", "worn", "broken"])[Y.numpy()]
    model = MLPClassifier((5,), max_iter=5, random_state=0).fit(X.numpy(), words)
    assert list(model.classes_) == ["broken", "sound", "worn"]
    assert set(model.predict(X.numpy())) <= set(words)
    with pytest.raises(TypeError, match="X must be an array: the classes are words"):
        model.predict(X)


@quiet
def test_predictions_can_be_differentiated() -> None:
    """The sensitivity of a prediction to its input, which mechanics asks for."""
    model = MLPRegressor(hidden_layer_sizes=(5,), activation="tanh", max_iter=5).fit(X, X[:, 0])
    point = X[:1].clone().requires_grad_()
    (slope,) = torch.autograd.grad(model.predict(point).sum(), point)
    step = torch.zeros_like(X[:1])
    step[0, 1] = 1e-6
    central = (model.predict(X[:1] + step) - model.predict(X[:1] - step)) / 2e-6
    assert float(slope[0, 1]) == pytest.approx(float(central), rel=1e-6)
    model.fit(point.repeat(3, 1), point.repeat(3, 1)[:, 0])
    assert not model.coefs_[0].requires_grad


@quiet
def test_pickle_clone_pipeline_and_grid() -> None:
    model = MLPClassifier((5,), max_iter=8, random_state=0)
    assert clone(model).get_params() == model.get_params()
    model.partial_fit(X, Y, classes=torch.tensor([0, 1, 2]))
    again, deep = pickle.loads(pickle.dumps(model)), copy.deepcopy(model)
    for other in (again, deep):
        torch.testing.assert_close(
            other.partial_fit(X, Y).coefs_[0], copy.deepcopy(model).partial_fit(X, Y).coefs_[0]
        )
    pipe = make_pipeline(StandardScaler(), clone(model))
    grid = GridSearchCV(pipe, {"mlpclassifier__alpha": [1e-3, 1e3]}, cv=3, error_score="raise")
    grid.fit(X.numpy(), Y.numpy())
    theirs = make_pipeline(
        StandardScaler(), sklearn.neural_network.MLPClassifier((5,), max_iter=8, random_state=0)
    )
    other = GridSearchCV(theirs, {"mlpclassifier__alpha": [1e-3, 1e3]}, cv=3)
    other.fit(X.numpy(), Y.numpy())
    np.testing.assert_allclose(
        grid.cv_results_["mean_test_score"], other.cv_results_["mean_test_score"], rtol=1e-12
    )


def test_digits_reach_the_accuracy_of_the_book() -> None:
    """Training, validation and test 1077/360/360; the recipe of the page."""
    rest, _, rest_labels, _ = train_test_split(IMAGES, LABELS, test_size=360, random_state=0)
    train, valid, t, v = train_test_split(rest, rest_labels, test_size=360, random_state=0)
    assert len(train) == 1077
    model = MLPClassifier(
        (50,), "logistic", alpha=1e-3, learning_rate_init=1e-2, random_state=0
    ).fit(train, t)
    assert model.score(valid, v) >= 0.955


def test_breast_cancer_needs_its_columns_standardised() -> None:
    data, labels = load_breast_cancer(return_X_y=True)
    train, test, t, s = train_test_split(data, labels, stratify=labels, random_state=0)
    model = MLPClassifier((100,), alpha=0.01, learning_rate_init=0.01, random_state=0)
    assert make_pipeline(StandardScaler(), model).fit(train, t).score(test, s) >= 0.95


GATE = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
XOR = torch.tensor([0, 1, 1, 0])


def solved(units: int, activation: str, seeds: int) -> int:
    """Return how many random starts end with all four answers right."""
    options = {"solver": "lbfgs", "max_iter": 2000}
    count = 0
    for seed in range(seeds):
        model = MLPClassifier((units,), activation, random_state=seed, **options).fit(GATE, XOR)
        count += float(model.score(GATE, XOR)) == 1.0
    return count


@quiet
def test_two_logistic_units_often_miss_xor_and_four_tanh_units_seldom() -> None:
    assert 0.3 * 50 <= solved(2, "logistic", 50) <= 0.7 * 50
    assert solved(4, "tanh", 50) >= 0.85 * 50


def test_lbfgs_finds_a_minimum_as_low_as_scikit_learns() -> None:
    """A convex case has one minimum: no hidden layer, and weights that cost."""
    for labels in (LABELS % 3, LABELS % 2):
        options = {"solver": "lbfgs", "alpha": 10.0, "max_iter": 2000, "tol": 1e-7}
        ours = MLPClassifier((), random_state=0, **options).fit(IMAGES, labels)
        theirs = sklearn.neural_network.MLPClassifier((), random_state=5, **options)
        theirs.fit(IMAGES, labels)
        assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-5)
        np.testing.assert_allclose(
            ours.predict_proba(IMAGES), theirs.predict_proba(IMAGES), atol=2e-3
        )
        assert not hasattr(ours, "loss_curve_") and not hasattr(ours, "best_loss_")


def test_lbfgs_with_several_outputs_is_ridge_without_a_hidden_layer() -> None:
    """J times n is half the squared error plus half the price: weights in closed form."""
    T = torch.stack([X[:, 0] + 1, X[:, 1] * X[:, 2], X[:, 3] - X[:, 0]], dim=1)
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=3.0, tol=1e-9, max_iter=500)
    model.fit(X, T)
    Xc, Tc = X - X.mean(0), T - T.mean(0)
    W = torch.linalg.solve(Xc.mT @ Xc + 3.0 * torch.eye(4, dtype=X.dtype), Xc.mT @ Tc)
    torch.testing.assert_close(model.coefs_[0], W, rtol=0, atol=1e-5)
    error = ((T - model.predict(X)) ** 2).mean() / 2 + 3.0 / 120 * (model.coefs_[0] ** 2).sum()
    assert model.loss_ == pytest.approx(float(error), rel=1e-9)


def test_training_that_is_cut_short_warns() -> None:
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(3\) reached"):
        MLPClassifier((5,), max_iter=3).fit(X, Y)
    with pytest.warns(ConvergenceWarning, match=r"lbfgs failed to converge after 3 iteration"):
        MLPClassifier((5,), max_iter=3, solver="lbfgs").fit(X, Y)


@quiet
def test_warnings_and_errors_of_training() -> None:
    with pytest.warns(UserWarning, match="batch_size.*larger than sample size"):
        MLPClassifier((5,), max_iter=2, batch_size=100).fit(X, Y)
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        MLPRegressor(hidden_layer_sizes=(5,), max_iter=2).fit(X, X[:, :1])
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        MLPRegressor(solver="sgd", learning_rate_init=10.0, random_state=0).fit(1e6 * X, X[:, 0])
    with pytest.raises(ValueError, match="The validation set is too small"):
        MLPRegressor(early_stopping=True, max_iter=2).fit(X[:9], X[:9, 0])
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
        MLPRegressor(early_stopping=True).partial_fit(X, X[:, 0])
    assert not hasattr(MLPRegressor(solver="lbfgs"), "partial_fit")
    with pytest.raises(AttributeError, match="partial_fit"):
        MLPClassifier(solver="lbfgs").partial_fit(X, Y)


@quiet
def test_classes_may_not_change_between_parts() -> None:
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        MLPClassifier().partial_fit(X, Y)
    model = MLPClassifier((5,), max_iter=2).partial_fit(X, Y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        model.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"`y` has classes not in `self\.classes_`"):
        model.partial_fit(X, Y + 1)
    warm = MLPClassifier((5,), max_iter=2, warm_start=True).fit(X, Y)
    with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same"):
        warm.fit(X, Y.clamp(max=1))
    with pytest.raises(ValueError, match="X has 3 features, but MLPClassifier is expecting 4"):
        warm.fit(X[:, :3], Y)


@quiet
def test_state_of_one_solver_does_not_trouble_the_next() -> None:
    model = MLPClassifier((5,), max_iter=4, random_state=0, warm_start=True)
    model.fit(X, Y)
    model.set_params(early_stopping=True).fit(X, Y)
    assert len(model.validation_scores_) == 4 and model.best_loss_ is None
    model.set_params(solver="lbfgs", warm_start=False).fit(X, Y)
    assert not hasattr(model, "loss_curve_")
    model.set_params(solver="sgd", warm_start=True, early_stopping=False).fit(X, Y)
    assert len(model.loss_curve_) == 4
    for solver in ("sgd", "adam"):
        model = MLPClassifier((5,), max_iter=4, random_state=0, solver=solver).fit(X, Y)
        for data in (X.float(), X):
            model.partial_fit(data, Y)
            state = [v for v in vars(model._update).values() if isinstance(v, Tensor)]
            assert state and all(v.dtype == data.dtype for v in [*state, *model.coefs_])


@quiet
def test_an_interrupted_training_keeps_what_it_learned() -> None:
    class Impatient(MLPClassifier):
        def _epoch(self, *args: Any) -> float:
            if self.n_iter_ == 2:
                raise KeyboardInterrupt
            return super()._epoch(*args)

    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model = Impatient((5,), random_state=0).fit(X, Y)
    twin = MLPClassifier((5,), random_state=0, max_iter=2).fit(X, Y)
    assert model.n_iter_ == 2 and torch.equal(model.coefs_[0], twin.coefs_[0])


@quiet
def test_one_class_is_always_predicted() -> None:
    model = MLPClassifier((5,), max_iter=3).fit(X, 0 * Y + 7)
    assert model.predict(X).unique().tolist() == [7]
    assert model.predict_proba(X).shape == (60, 2)
