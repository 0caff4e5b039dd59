"""Activations: derivatives of both orders, closed forms, extreme inputs and the printed layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion import nn
from companion.nn import functional as F
from tests.nn.passes import both_passes

F64 = torch.float64
SMOOTH: dict[str, tuple[dict[str, Any], ...]] = {
    "sigmoid": ({},),
    "tanh": ({},),
    "softplus": ({}, {"beta": 2.5}, {"beta": -0.7}, {"threshold": 1.0}),
    "softmax": ({"dim": 0}, {"dim": 1}, {"dim": -1}),
    "log_softmax": ({"dim": 0}, {"dim": 1}, {"dim": -1}),
}
CORNER: dict[str, tuple[dict[str, Any], ...]] = {
    "relu": ({},),
    "leaky_relu": ({}, {"negative_slope": -0.4}),
    "elu": ({}, {"alpha": 0.4}),
    "selu": ({},),
}
CASES = [(name, options) for name, many in (SMOOTH | CORNER).items() for options in many]
LAYERS: dict[str, tuple[dict[str, Any], ...]] = {
    "Sigmoid": ({},),
    "Tanh": ({},),
    "ReLU": ({},),
    "LeakyReLU": ({}, {"negative_slope": 0.2}),
    "ELU": ({}, {"alpha": 2.0}),
    "SELU": ({},),
    "Softplus": ({}, {"beta": 2, "threshold": 5}),
    "Softmax": ({}, {"dim": 1}),
    "LogSoftmax": ({}, {"dim": -1}),
}
MADE = [(name, options) for name, many in LAYERS.items() for options in many]


def points(*shape: int, seed: int = 0) -> Tensor:
    """Numbers of both signs that keep away from the corner at 0."""
    generator = torch.Generator().manual_seed(seed)
    x = 2 * torch.randn(shape, generator=generator, dtype=F64)
    return (x + 0.1 * x.sign()).requires_grad_()


@pytest.mark.parametrize(("name", "options"), CASES)
def test_derivatives_by_finite_differences(name: str, options: dict[str, Any]) -> None:
    """First derivatives for all; second ones as well, which exist away from the corner."""

    def f(x: Tensor) -> Tensor:
        return getattr(F, name)(x, **options)

    assert torch.autograd.gradcheck(f, points(3, 4))
    assert torch.autograd.gradgradcheck(f, points(3, 4, seed=1))


@pytest.mark.parametrize(("name", "options"), CASES)
def test_third_derivative_equals_the_librarys(name: str, options: dict[str, Any]) -> None:
    def third(function: Any) -> Tensor:
        y = x = points(3, 4).detach().requires_grad_()
        y = function(x, **options)
        for power in (2, 3, 2):
            (y,) = torch.autograd.grad((y**power).sum(), x, create_graph=True)
        return y.detach()

    expected = third(getattr(torch.nn.functional, name))
    torch.testing.assert_close(third(getattr(F, name)), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(("name", "options"), CASES)
def test_extreme_inputs_neither_overflow_nor_give_nan(name: str, options, dtype) -> None:
    """Values, first and second derivatives at ±1000 are finite, as are the library's values."""
    numbers = [[1000.0, -1000.0, 0.5, 90.0], [-1000.0, -90.0, 1000.0, 1000.0]]
    x = torch.tensor(numbers, dtype=dtype, requires_grad=True)
    y = getattr(F, name)(x, **options)
    (first,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad((first * first).sum(), x)
    for values in (y, first, second):
        assert values.isfinite().all()
    expected = getattr(torch.nn.functional, name)(x, **options)
    torch.testing.assert_close(y, expected, rtol=1e-6, atol=1e-6)


def test_softplus_does_not_overflow_below_a_large_threshold() -> None:
    """There the library computes exp(800), which is infinite; ours is the closed form."""
    x = torch.tensor([800.0, 5.0, -800.0], dtype=F64, requires_grad=True)
    y = F.softplus(x, threshold=1e4)
    y.sum().backward()
    assert y.tolist() == pytest.approx([800.0, math.log1p(math.exp(5.0)), 0.0], rel=1e-15)
    assert x.grad.tolist() == pytest.approx([1.0, 1 / (1 + math.exp(-5.0)), 0.0], rel=1e-15)


def test_tails_keep_their_relative_accuracy() -> None:
    """σ(-x) ≈ exp(-x), and log softmax of two scores is minus a softplus of their distance."""
    for x in (20.0, 40.0, 300.0):
        value = F.sigmoid(torch.tensor(-x, dtype=F64))
        assert float(value) == pytest.approx(math.exp(-x) / (1 + math.exp(-x)), rel=1e-14)
        scores = F.log_softmax(torch.tensor([x, 0.0], dtype=F64), 0)
        assert float(scores[1]) == pytest.approx(-x - math.log1p(math.exp(-x)), rel=1e-14)


def test_selu_keeps_mean_0_and_variance_1() -> None:
    """Both moments for a standard normal input, by the trapezoidal rule."""
    fine = torch.linspace(-12, 12, 480_001, dtype=F64)
    density = torch.exp(-fine * fine / 2) / math.sqrt(2 * math.pi)
    y = F.selu(fine)
    step = float(fine[1] - fine[0])
    mean = np.trapezoid((y * density).numpy(), dx=step)
    square = np.trapezoid((y * y * density).numpy(), dx=step)
    assert mean == pytest.approx(0.0, abs=1e-9)
    assert square == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "left"), [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0), ("selu", None)]
)
def test_the_corner_has_the_derivative_from_the_left(name: str, left: float | None) -> None:
    x = torch.zeros(2, dtype=F64, requires_grad=True)
    getattr(F, name)(x).sum().backward()
    expected = 1.0507009873554805 * 1.6732632423543772 if left is None else left
    assert x.grad.tolist() == pytest.approx([expected] * 2, rel=1e-15)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 2), (2, 1, 3, 2)])
def test_without_a_dimension_the_librarys_choice_and_a_warning(name: str, shape) -> None:
    x = points(*shape).detach()
    layer = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[name]
    with pytest.warns(UserWarning, match="mplicit dimension"):
        expected = getattr(torch.nn.functional, name)(x)
    for ours in (getattr(F, name), getattr(nn, layer)()):
        with pytest.warns(UserWarning, match="dim was not given, [01] is taken; say dim="):
            torch.testing.assert_close(ours(x), expected, rtol=1e-13, atol=1e-13)


@settings(max_examples=50, deadline=None)
@given(
    case=st.sampled_from(CASES),
    shape=st.lists(st.integers(0, 4), min_size=2, max_size=4),
    scale=st.sampled_from([0.1, 3.0, 100.0]),
    seed=st.integers(0, 1000),
)
def test_any_shape_equals_the_library(case, shape: list[int], scale: float, seed: int) -> None:
    name, options = case
    x = scale * points(*shape, seed=seed).detach()
    ours = both_passes(getattr(F, name), x, **options)
    theirs = both_passes(getattr(torch.nn.functional, name), x, **options)
    for mine, expected in zip(ours, theirs, strict=True):
        assert mine.shape == expected.shape
        torch.testing.assert_close(mine, expected, rtol=1e-12, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=3), seed=st.integers(0, 1000))
def test_softmax_sums_to_1_and_forgets_a_shift(shape: list[int], seed: int) -> None:
    x = points(*shape, seed=seed).detach()
    for dim in range(len(shape)):
        y = F.softmax(x, dim)
        torch.testing.assert_close(y.sum(dim), torch.ones_like(y.sum(dim)), rtol=1e-14, atol=0)
        torch.testing.assert_close(F.softmax(x + 700, dim), y, rtol=1e-11, atol=0)


@pytest.mark.parametrize(("name", "options"), MADE)
def test_printed_as_the_librarys_without_parameters(name: str, options: dict[str, Any]) -> None:
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    assert repr(ours) == repr(theirs)
    assert not ours.state_dict()


@pytest.mark.parametrize(("name", "options"), CASES)
def test_input_is_not_changed_and_no_graph_without_need(name: str, options) -> None:
    x = points(3, 4).detach()
    before = x.clone()
    y = getattr(F, name)(x, **options)
    assert torch.equal(x, before)
    assert y.data_ptr() != x.data_ptr()
    assert not y.requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize(("name", "options"), CASES)
def test_half_precision_keeps_its_dtype(name: str, options, dtype) -> None:
    x = points(3, 4).detach().to(dtype)
    y = getattr(F, name)(x, **options)
    assert y.dtype == dtype
    expected = getattr(torch.nn.functional, name)(x, **options)
    torch.testing.assert_close(y.double(), expected.double(), rtol=0.03, atol=0.03)
