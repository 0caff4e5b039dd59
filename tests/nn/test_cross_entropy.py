"""The cross-entropy of scores: parity with torch, closed forms, and logits of a thousand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from companion import nn
from companion.nn import functional as F
from tests.nn.losses import (
    REDUCTIONS,
    class_count,
    classes,
    distribution,
    positive,
    scores,
    with_gradients,
)
from tests.registry import close

G = torch.Generator().manual_seed(6)
F64 = torch.float64
LIBRARY = torch.nn.functional.cross_entropy
SMOOTH = (0.0, 0.2)


def compare(x: Tensor, target: Tensor, tol: float = 1e-12, **options: Any) -> None:
    """Loss and gradients to scores and probabilities are torch's."""
    ours = with_gradients(F.cross_entropy, x, target, **options)
    close(ours, with_gradients(LIBRARY, x, target, **options), tol)


@settings(deadline=None, max_examples=150)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple),
    reduction=st.sampled_from(REDUCTIONS),
    smoothing=st.sampled_from([0, 0.1, 1]),
    weighted=st.booleans(),
    soft=st.booleans(),
    ignore_index=st.sampled_from([-100, -1, 0, 2]),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    seed=st.integers(0, 1000),
)
def test_any_shape_and_option_equals_torch(
    shape: tuple[int, ...],
    reduction: str,
    smoothing: float,
    weighted: bool,
    soft: bool,
    ignore_index: int,
    dtype: torch.dtype,
    seed: int,
) -> None:
    g = torch.Generator().manual_seed(seed)
    x = scores(shape, g, dtype)
    if soft:
        target, ignore_index = distribution(shape, g, dtype), min(ignore_index, -1)
    else:
        target = classes(shape, g)
        target = target.masked_fill(torch.rand(target.shape, generator=g) < 0.3, ignore_index)
    weight = positive((class_count(shape),), g, dtype) if weighted else None
    options = {"weight": weight, "ignore_index": ignore_index, "reduction": reduction}
    tol = 1e-12 if dtype == F64 else 2e-5
    compare(x, target, tol, label_smoothing=smoothing, **options)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", SMOOTH)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_derivatives_of_first_and_second_order(
    reduction: str, smoothing: float, weighted: bool
) -> None:
    """Finite differences of the loss, and of its gradient, in scores and probabilities."""
    x, t = scores((3, 4, 2), G, F64).requires_grad_(), distribution((3, 4, 2), G, F64)
    y = classes((3, 4, 2), G)
    y[0, 1] = -100
    options = {"reduction": reduction, "label_smoothing": smoothing}
    if weighted:
        options["weight"] = positive((4,), G, F64)
    for target in (y, y.clamp(min=0), t.requires_grad_()):
        inputs = (x, target)
        assert gradcheck(lambda x, t: F.cross_entropy(x, t, **options), inputs)
        assert gradgradcheck(lambda x, t: F.cross_entropy(x, t, **options), inputs)


def test_third_derivative_equals_torch() -> None:
    """Hessian-vector products can be differentiated again."""

    def third(loss: Any) -> Tensor:
        x = torch.linspace(-1, 1, 12, dtype=F64).view(3, 4).requires_grad_()
        y = torch.tensor([0, 3, 1])
        (value,) = torch.autograd.grad(loss(x, y), x, create_graph=True)
        for power in (2, 3):
            (value,) = torch.autograd.grad((value**power).sum(), x, create_graph=True)
        return value.detach()

    close(third(F.cross_entropy), third(LIBRARY), 1e-14)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
@pytest.mark.parametrize("k", [1, 2, 10, 1000])
def test_equal_scores_cost_the_logarithm_of_their_number(k: int, dtype: torch.dtype) -> None:
    """ln K for any class, however large the scores; smoothing changes nothing."""
    eps = 20 * torch.finfo(dtype).eps
    for level in (-1000.0, 0.0, 1000.0):
        x = torch.full((3, k), level, dtype=dtype)
        y = torch.tensor([0, k - 1, k // 2])
        assert abs(float(F.cross_entropy(x, y)) - math.log(k)) < eps
        assert abs(float(F.cross_entropy(x, y, label_smoothing=0.3)) - math.log(k)) < eps
        uniform = torch.full_like(x, 1 / k)
        assert abs(float(F.cross_entropy(x, uniform)) - math.log(k)) < eps


def test_gradient_is_softmax_minus_one_hot_over_n() -> None:
    x, y = scores((7, 5), G, F64), classes((7, 5), G)
    powers = torch.exp(x)
    expected = (powers / powers.sum(1, keepdim=True) - torch.eye(5, dtype=F64)[y]) / 7
    close(with_gradients(F.cross_entropy, x, y)[1], expected, 1e-15)
    close(expected.sum(1), torch.zeros(7, dtype=F64), 1e-15)


def test_two_classes_are_the_binary_loss_of_the_difference() -> None:
    x, y = scores((20, 2), G, F64), classes((20, 2), G)
    binary = F.binary_cross_entropy_with_logits(x[:, 1] - x[:, 0], y.to(F64))
    close(F.cross_entropy(x, y), binary, 1e-14)


def test_it_is_the_likelihood_of_the_softmax() -> None:
    x, y, w = scores((6, 3, 2), G, F64), classes((6, 3, 2), G), positive((3,), G, F64)
    expected = F.nll_loss(torch.log_softmax(x, 1), y, w)
    close(F.cross_entropy(x, y, w), expected, 1e-14)


@pytest.mark.parametrize("smoothing", SMOOTH)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_a_class_is_a_distribution_without_doubt(reduction: str, smoothing: float) -> None:
    x, y = scores((6, 4), G, F64), classes((6, 4), G)
    options: dict[str, Any] = {"reduction": reduction, "label_smoothing": smoothing}
    sure = torch.eye(4, dtype=F64)[y]
    close(F.cross_entropy(x, y, **options), F.cross_entropy(x, sure, **options), 1e-14)


def test_smallest_cost_of_a_distribution_is_its_entropy() -> None:
    t = distribution((5, 4), G, F64)
    value, gradient, _ = with_gradients(F.cross_entropy, t.log(), t)
    close(value, -(t * t.log()).sum() / 5, 1e-14)
    close(gradient, torch.zeros_like(t), 1e-15)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
def test_scores_of_a_thousand_stay_finite(dtype: torch.dtype) -> None:
    """(1000, 0, -1000) costs 0, 1000, 2000; the gradient is ±1 or 0."""
    x = torch.tensor([[1000.0, 0.0, -1000.0]] * 3, dtype=dtype)
    y = torch.arange(3)
    value, gradient = with_gradients(F.cross_entropy, x, y, reduction="none")
    assert value.tolist() == [0, 1000, 2000]
    assert gradient.tolist() == [[0, 0, 0], [2, -2, 0], [3, 0, -3]]  # times 1, 2, 3
    for options in ({}, {"label_smoothing": 0.1}, {"weight": x[0].abs() + 1}):
        compare(x, y, 1e-12 if dtype == F64 else 2e-5, **options)
        compare(x, torch.full_like(x, 1 / 3), 1e-12 if dtype == F64 else 2e-5, **options)


def test_a_shift_of_all_scores_changes_nothing() -> None:
    x, y = scores((4, 3), G, F64), classes((4, 3), G)
    close(F.cross_entropy(x + 1000, y), F.cross_entropy(x, y), 1e-11)


def test_minus_infinity_excludes_a_class() -> None:
    """A masked class costs nothing and gets no gradient, as in torch; where true it is infinite."""
    x = torch.tensor([[1.0, -math.inf, 0.5]], dtype=F64)
    value, gradient = with_gradients(F.cross_entropy, x, torch.tensor([0]))
    assert value == pytest.approx(math.log(1 + math.exp(-0.5)), rel=1e-14)
    assert gradient[0, 1] == 0
    assert F.cross_entropy(x, torch.tensor([1])) == math.inf
    compare(x, torch.tensor([2]))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_pass_through_as_in_torch(bad: float) -> None:
    x = torch.tensor([[bad, 1.0, 2.0], [bad, bad, bad], [0.0, 1.0, 2.0]], dtype=F64)
    y = torch.tensor([1, 0, 2])
    ours, theirs = (with_gradients(f, x, y, reduction="none") for f in (F.cross_entropy, LIBRARY))
    torch.testing.assert_close(ours, theirs, equal_nan=True)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", SMOOTH)
def test_all_ignored(smoothing: float, weighted: bool) -> None:
    """The mean over nothing is NaN, the sum 0, and no gradient is lost or made: as in torch."""
    x, y = scores((4, 3), G, F64), torch.full((4,), -100)
    options: dict[str, Any] = {"label_smoothing": smoothing}
    if weighted:
        options["weight"] = positive((3,), G, F64)
    mean, gradient = with_gradients(F.cross_entropy, x, y, **options)
    assert mean.isnan()
    assert not gradient.any()
    assert F.cross_entropy(x, y, reduction="sum", **options) == 0
    assert F.cross_entropy(x, y, reduction="none", **options).tolist() == [0, 0, 0, 0]
    for reduction in REDUCTIONS:
        compare(x, y, reduction=reduction, **options)


@pytest.mark.parametrize("smoothing", SMOOTH)
@pytest.mark.parametrize("ignore_index", [-100, -1, 0, 2, 7])
def test_ignored_samples_are_as_if_they_were_not_there(ignore_index: int, smoothing: float) -> None:
    x, w = scores((6, 3), G, F64), positive((3,), G, F64)
    y = torch.tensor([0, 1, 2, 1, 1, 0])
    y[1::3] = ignore_index
    keep = y != ignore_index
    options: dict[str, Any] = {"label_smoothing": smoothing, "weight": w}
    value, gradient = with_gradients(F.cross_entropy, x, y, ignore_index=ignore_index, **options)
    expected, of_kept = with_gradients(F.cross_entropy, x[keep], y[keep], **options)
    close(value, expected, 1e-14)
    close(gradient[keep], of_kept, 1e-14)
    assert not gradient[~keep].any()


def test_weight_of_a_class_counts_its_samples_that_often() -> None:
    """Weights (1, 3) are the data with every sample of class 1 three times."""
    x, y = scores((5, 2), G, F64), torch.tensor([0, 1, 0, 1, 0])
    times = torch.tensor([1, 3])[y]
    repeated = F.cross_entropy(x.repeat_interleave(times, 0), y.repeat_interleave(times))
    close(F.cross_entropy(x, y, torch.tensor([1.0, 3.0], dtype=F64)), repeated, 1e-14)


def test_the_layer_learns_on_a_mixed_graph() -> None:
    """Between layers of torch it gives torch's gradients."""
    net = torch.nn.Sequential(
        torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3)
    ).double()
    x, y = scores((8, 4), G, F64), classes((8, 3), G)
    found = [
        torch.autograd.grad(loss(net(x), y), list(net.parameters()))
        for loss in (nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss())
    ]
    close(found[0], found[1], 1e-14)
