"""Losses of one number or one class at a time: parity with torch, gradients, and extremes."""

from __future__ import annotations

import copy
import inspect
import io
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from companion import nn
from companion.nn import functional as F
from tests.nn.losses import (
    REDUCTIONS,
    classes,
    distribution,
    layer,
    positive,
    probabilities,
    scores,
    with_gradients,
)
from tests.registry import close

G = torch.Generator().manual_seed(5)
F64 = torch.float64
LIBRARY = torch.nn.functional
PAIRS = {
    "mse_loss": (scores, scores),
    "l1_loss": (scores, scores),
    "binary_cross_entropy": (probabilities, probabilities),
    "binary_cross_entropy_with_logits": (scores, probabilities),
}
LAYERS = {
    "MSELoss": F.mse_loss,
    "L1Loss": F.l1_loss,
    "BCELoss": F.binary_cross_entropy,
    "BCEWithLogitsLoss": F.binary_cross_entropy_with_logits,
    "NLLLoss": F.nll_loss,
    "CrossEntropyLoss": F.cross_entropy,
}


def both(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Ours and torch's function of a name."""
    return getattr(F, name), getattr(LIBRARY, name)


@pytest.mark.parametrize("name", PAIRS)
@settings(deadline=None, max_examples=60)
@given(
    shape=st.lists(st.integers(0, 4), max_size=4).map(tuple),
    reduction=st.sampled_from(REDUCTIONS),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    seed=st.integers(0, 1000),
)
def test_any_shape_equals_torch(
    name: str, shape: tuple[int, ...], reduction: str, dtype: torch.dtype, seed: int
) -> None:
    g = torch.Generator().manual_seed(seed)
    x, t = (draw(shape, g, dtype) for draw in PAIRS[name])
    ours, theirs = (with_gradients(f, x, t, reduction=reduction) for f in both(name))
    close(ours, theirs, 1e-12 if dtype == F64 else 2e-5)


@settings(deadline=None, max_examples=60)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    reduction=st.sampled_from(REDUCTIONS),
    weighted=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_nll_of_any_shape_equals_torch(
    shape: tuple[int, ...], reduction: str, weighted: bool, seed: int
) -> None:
    g = torch.Generator().manual_seed(seed)
    x, y = distribution(shape, g, F64).log(), classes(shape, g)
    w = positive(shape[:1] if len(shape) == 1 else shape[1:2], g, F64) if weighted else None
    ours, theirs = (
        with_gradients(f, x, y, weight=w, reduction=reduction) for f in both("nll_loss")
    )
    close(ours, theirs, 1e-12)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", PAIRS)
def test_derivatives_of_first_and_second_order(name: str, reduction: str) -> None:
    """Finite differences of the loss, and of its gradient, in input and target."""
    x, t = (draw((3, 2), G, F64).requires_grad_() for draw in PAIRS[name])

    def loss(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return getattr(F, name)(x, t, reduction=reduction)

    assert gradcheck(loss, (x, t))
    assert gradgradcheck(loss, (x, t))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_derivatives_with_weights(reduction: str) -> None:
    x, t = scores((3, 2), G, F64).requires_grad_(), probabilities((3, 2), G, F64).requires_grad_()
    w, q = positive((2,), G, F64), positive((3, 1), G, F64)

    def loss(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return F.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=q)

    assert gradcheck(loss, (x, t))
    assert gradgradcheck(loss, (x, t))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_derivatives_of_the_likelihood(reduction: str) -> None:
    x, y = scores((4, 3, 2), G, F64).requires_grad_(), classes((4, 3, 2), G)
    y[0, 0] = -100
    w = positive((3,), G, F64)
    assert gradcheck(lambda x: F.nll_loss(x, y, w, reduction=reduction), x)
    assert gradgradcheck(lambda x: F.nll_loss(x, y, w, reduction=reduction) ** 2, x)


def test_squared_error_by_hand() -> None:
    """(1² + 2²) / 2 = 2.5 with gradient (1, -2), and a mean of absolute values 1.5 with ±1/2."""
    x, t = torch.tensor([3.0, 1.0]), torch.tensor([2.0, 3.0])
    value, gradient, to_target = with_gradients(F.mse_loss, x, t)
    assert value == 2.5
    assert gradient.tolist() == [1.0, -2.0]
    assert to_target.tolist() == [-1.0, 2.0]
    value, gradient, to_target = with_gradients(F.l1_loss, x, t)
    assert value == 1.5
    assert gradient.tolist() == [0.5, -0.5]
    assert to_target.tolist() == [-0.5, 0.5]


def test_absolute_error_is_flat_at_its_kink() -> None:
    x = torch.zeros(3)
    assert with_gradients(F.l1_loss, x, x)[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
def test_binary_losses_of_a_coin_are_ln_2(dtype: torch.dtype) -> None:
    half, zero = torch.full((4,), 0.5, dtype=dtype), torch.zeros(4, dtype=dtype)
    for t in (zero, zero + 1, half):
        eps = 4 * torch.finfo(dtype).eps
        assert abs(F.binary_cross_entropy(half, t) - math.log(2)) < eps
        assert abs(F.binary_cross_entropy_with_logits(zero, t) - math.log(2)) < eps


def test_binary_gradient_is_probability_minus_target_over_n() -> None:
    x, t = scores((5,), G, F64), probabilities((5,), G, F64)
    expected = (1 / (1 + torch.exp(-x)) - t) / 5
    close(with_gradients(F.binary_cross_entropy_with_logits, x, t)[1], expected, 1e-15)


def test_scores_and_probabilities_agree() -> None:
    x, t = scores((50,), G, F64), probabilities((50,), G, F64)
    p = torch.sigmoid(x)
    from_scores = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    close(from_scores, F.binary_cross_entropy(p, t, reduction="none"), 1e-12)


def test_positive_weight_counts_a_yes_that_often() -> None:
    """A weight 3 of the yes is the same data with every yes three times."""
    x, t = scores((6,), G, F64), torch.tensor([1.0, 0, 0, 1, 0, 1], dtype=F64)
    three = F.binary_cross_entropy_with_logits(
        x, t, reduction="sum", pos_weight=torch.tensor(3.0, dtype=F64)
    )
    yes = x[t == 1]
    again = F.binary_cross_entropy_with_logits(yes, torch.ones_like(yes), reduction="sum")
    once = F.binary_cross_entropy_with_logits(x, t, reduction="sum")
    close(three, once + 2 * again, 1e-14)


def test_logarithm_is_clamped() -> None:
    """A sure and wrong probability costs 100; the slope in p is torch's, and finite.

    In t the loss is a straight line between its values at 0 and 1. Torch's gradient to t leaves
    the clamp out, and is infinite.
    """
    p = torch.tensor([0.0, 1.0, 0.0, 1.0, 1e-50, 1e-13, 1 - 1e-13], dtype=F64)
    t = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0], dtype=F64)
    ours, theirs = (with_gradients(f, p, t, reduction="none") for f in both("binary_cross_entropy"))
    assert ours[0][:5].tolist() == [100, 100, 0, 0, 100]
    no, yes = (
        F.binary_cross_entropy(p, torch.full_like(p, k), reduction="none") for k in (0.0, 1.0)
    )
    close(ours[2], (yes - no) * torch.arange(1, 8), 1e-14)
    for mine, other in zip(ours[:2], theirs[:2], strict=True):
        # torch's smallest denominator is 1e-12 in single precision
        torch.testing.assert_close(mine, other, rtol=1e-8, atol=0)
    assert all(part.isfinite().all() for part in ours)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
@pytest.mark.parametrize("q", [None, 2.5])
def test_scores_of_a_thousand_stay_finite(dtype: torch.dtype, q: float | None) -> None:
    """The loss is 0 or q |x| or |x|, its slope 0 or ±1 (times q); the same as torch's."""
    x = torch.tensor([-1000.0, 1000.0, -1000.0, 1000.0, 0.0, -40.0, 40.0], dtype=dtype)
    t = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0], dtype=dtype)
    weight = None if q is None else torch.tensor(q, dtype=dtype)
    ours, theirs = (
        with_gradients(f, x, t, pos_weight=weight, reduction="none")
        for f in both("binary_cross_entropy_with_logits")
    )
    assert ours[0][:4].tolist() == [1000 * (q or 1), 1000, 0, 0]
    for mine, other in zip(ours[:2], theirs[:2], strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5 if dtype != F64 else 1e-12, atol=0)
    assert all(part.isfinite().all() for part in ours)


def test_nan_and_infinity_pass_through_as_in_torch() -> None:
    bad = torch.tensor([math.nan, math.inf, -math.inf, 1.0], dtype=F64)
    t = torch.tensor([0.0, 0.0, 1.0, 1.0], dtype=F64)
    for name in PAIRS.keys() - {"binary_cross_entropy"}:
        ours, theirs = (with_gradients(f, bad, t, reduction="none")[:2] for f in both(name))
        torch.testing.assert_close(ours, theirs, equal_nan=True)


def test_impossible_class_has_infinite_loss_only_where_it_is_true() -> None:
    log_p = torch.tensor([[0.0, -math.inf]], dtype=F64)
    assert F.nll_loss(log_p, torch.tensor([0])) == 0
    assert F.nll_loss(log_p, torch.tensor([1])) == math.inf


@pytest.mark.parametrize("name", LAYERS)
def test_values_on_a_device_are_not_looked_at(name: str) -> None:
    """Tensors of the device "meta" have no values: asking for one would raise."""
    x, t = torch.rand(3, 4, device="meta"), torch.rand(3, 4, device="meta")
    if name in ("NLLLoss", "CrossEntropyLoss"):
        t = torch.zeros(3, dtype=torch.int64, device="meta")
    for reduction in REDUCTIONS:
        value, *gradients = layer(getattr(nn, name), x, t, reduction=reduction)
        assert value.is_meta
        assert [part.shape for part in gradients] == [x.shape] * (1 + t.is_floating_point())


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weights_that_are_all_zero_equal_torch(reduction: str) -> None:
    x, y, w = scores((4, 3), G, F64), classes((4, 3), G), torch.zeros(3, dtype=F64)
    ours, theirs = (
        with_gradients(f, x, y, weight=w, reduction=reduction) for f in both("nll_loss")
    )
    close(ours, theirs, 1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_layer_has_the_options_of_its_function(name: str) -> None:
    """Same names and defaults; none of the two that torch has retired."""
    of_layer = inspect.signature(getattr(nn, name)).parameters
    of_function = inspect.signature(LAYERS[name]).parameters
    expected = {k: p.default for k, p in of_function.items() if k not in ("input", "target")}
    assert {k: p.default for k, p in of_layer.items()} == expected
    made = getattr(nn, name)()
    for option, default in expected.items():
        assert getattr(made, option) == default


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "NLLLoss", "CrossEntropyLoss"])
def test_weights_are_buffers_that_are_saved_and_moved(name: str) -> None:
    """The state is torch's: it loads into torch's layer, and the other way round."""
    w = positive((3,), G, F64)
    given = {"weight": w} | ({"pos_weight": 2 * w} if name == "BCEWithLogitsLoss" else {})
    ours, theirs = getattr(nn, name)(**given), getattr(torch.nn, name)(**given)
    assert list(ours.state_dict()) == list(theirs.state_dict()) == list(given)
    assert not list(ours.parameters())
    zeros = {key: torch.zeros_like(value) for key, value in given.items()}
    blank = getattr(nn, name)(**zeros)
    blank.load_state_dict(theirs.state_dict())
    close(blank.weight, w, 0.0)
    assert ours.float().weight.dtype == torch.float32
    assert repr(getattr(nn, name)()) == repr(getattr(torch.nn, name)())
    assert not getattr(nn, name)().state_dict()


def test_layer_can_be_copied_and_saved() -> None:
    made = nn.BCEWithLogitsLoss(reduction="sum", pos_weight=positive((2,), G, F64))
    x, t = scores((3, 2), G, F64), probabilities((3, 2), G, F64)
    file = io.BytesIO()
    torch.save(made, file)
    file.seek(0)
    for again in (copy.deepcopy(made), torch.load(file, weights_only=False)):
        close(again(x, t), made(x, t), 0.0)


def test_layer_takes_an_option_that_is_changed_later() -> None:
    made = nn.MSELoss()
    made.reduction = "sum"
    assert made(torch.ones(2), torch.zeros(2)) == 2


def test_positional_arguments_that_torch_has_retired_are_refused() -> None:
    with pytest.raises(TypeError, match="positional"):
        nn.MSELoss(True)  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        F.nll_loss(torch.zeros(1, 2), torch.tensor([0]), None, False)  # type: ignore[misc]


@pytest.mark.parametrize("name", PAIRS)
def test_backward_twice_through_one_graph_is_refused(name: str) -> None:
    """The saved tensors are freed, as with torch: nothing is kept beside the graph."""
    x, t = (draw((3,), G, F64).requires_grad_() for draw in PAIRS[name])
    loss = getattr(F, name)(x, t)
    loss.backward()
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_layer_and_function_agree() -> None:
    x, t = scores((3, 2), G, F64), probabilities((3, 2), G, F64)
    for reduction in REDUCTIONS:
        close(layer(nn.MSELoss, x, t, reduction=reduction),
              with_gradients(F.mse_loss, x, t, reduction=reduction), 0.0)  # fmt: skip
