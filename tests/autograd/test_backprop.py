"""Backpropagation in matrices against torch.autograd, differences and worked numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from companion.autograd import Value, backprop
from companion.calculus import approx_derivative
from tests.autograd.networks import LOSSES, by_autograd, network, problem

F64 = torch.float64
SIZES = [(3, 2), (4, 3, 2), (5, 7, 6, 3), (4, 4, 4, 4, 4)]
ACTIVATIONS = ("sigmoid", "tanh", "relu", "identity")


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_everything_equals_autograd(sizes: tuple[int, ...], loss: Any, activation: Any) -> None:
    params, X, y = problem(sizes, loss, samples=9, seed=len(sizes))
    found = backprop(params, X, y, loss, activation, weight_decay=0.3)
    expected = by_autograd(params, X, y, loss, activation, weight_decay=0.3)
    torch.testing.assert_close(tuple(found), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_equal_differences(sizes: tuple[int, ...], loss: Any) -> None:
    params, X, y = problem(sizes, loss, samples=5, seed=1)
    found = backprop(params, X, y, loss, "tanh", weight_decay=0.2)
    for number, layer in enumerate(params):
        for which in (0, 1):

            def J(w: Tensor, number: int = number, which: int = which) -> Tensor:
                changed = [list(pair) for pair in params]
                changed[number][which] = w
                moved = [(W, b) for W, b in changed]
                return backprop(moved, X, y, loss, "tanh", weight_decay=0.2).loss

            differences = approx_derivative(J, layer[which])
            ours = found.gradients[number][which]
            torch.testing.assert_close(ours, differences, rtol=0, atol=1e-8)


def test_form_of_the_result() -> None:
    params, X, y = problem((5, 7, 6, 3), "cross_entropy", samples=4)
    found = backprop(params, X, y)
    assert found.a[0] is X
    assert [tuple(a.shape) for a in found.a] == [(4, 5), (4, 7), (4, 6), (4, 3)]
    for group in (found.z, found.delta):
        assert [tuple(t.shape) for t in group] == [(4, 7), (4, 6), (4, 3)]
    for (W, b), (W_grad, b_grad) in zip(params, found.gradients, strict=True):
        assert (W.shape, b.shape) == (W_grad.shape, b_grad.shape)
    assert found.loss.shape == ()


def test_classes_and_their_one_hot_rows_are_one() -> None:
    params, X, y = problem((4, 3, 2), "cross_entropy", samples=6)
    rows = torch.nn.functional.one_hot(y, 2).to(F64)
    ours, theirs = backprop(params, X, y), backprop(params, X, rows)
    torch.testing.assert_close(tuple(ours), tuple(theirs), rtol=0, atol=0)
    small = backprop(params, X, y.to(torch.uint8))
    torch.testing.assert_close(tuple(small), tuple(ours), rtol=0, atol=0)


def test_one_output_takes_a_flat_target() -> None:
    params, X, y = problem((4, 3, 1), "squared_error", samples=6)
    for loss in ("squared_error", "binary_cross_entropy"):
        ours = backprop(params, X, y[:, 0], loss)
        torch.testing.assert_close(tuple(ours), tuple(backprop(params, X, y, loss)))


def test_worked_losses() -> None:
    """One layer with zero weights: softmax 1/3, sigmoid 1/2, identity 0, whatever X is."""
    X = torch.ones(2, 4, dtype=F64)
    zero = [(torch.zeros(3, 4, dtype=F64), torch.zeros(3, dtype=F64))]
    y = torch.tensor([[1.0, 0, 0], [0, 0, 1]], dtype=F64)
    assert float(backprop(zero, X, y).loss) == pytest.approx(math.log(3), abs=1e-15)
    binary = backprop(zero, X, y, "binary_cross_entropy")
    assert float(binary.loss) == pytest.approx(3 * math.log(2), abs=1e-15)
    squared = backprop(zero, X, y, "squared_error")
    assert float(squared.loss) == pytest.approx(0.5, abs=1e-15)
    torch.testing.assert_close(squared.delta[0], -y / 2)
    torch.testing.assert_close(binary.delta[0], (0.5 - y) / 2)


def test_large_logits_overflow_nowhere() -> None:
    params = [(1000 * torch.eye(2, dtype=F64), torch.zeros(2, dtype=F64))]
    X = torch.tensor([[1.0, 0], [1, 0]], dtype=F64)
    wrong_once = backprop(params, X, torch.tensor([0, 1]))
    assert float(wrong_once.loss) == 500
    both = backprop(params, X, torch.zeros(2, 2, dtype=F64), "binary_cross_entropy")
    assert float(both.loss) == pytest.approx(1000 + math.log(2), abs=1e-12)


def test_scalar_engine_finds_the_same_gradients() -> None:
    """A 2-4-1 network, tanh and a sigmoid output, written number by number with ``Value``."""
    params = network((2, 4, 1), seed=3)
    X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=F64)
    y = torch.tensor([0.0, 1, 1, 0], dtype=F64)
    weights = [[[Value(w) for w in row] for row in W.tolist()] for W, _ in params]
    biases = [[Value(c) for c in b.tolist()] for _, b in params]
    J = Value(0.0)
    for x, t in zip(X.tolist(), y.tolist(), strict=True):
        hidden = [
            sum((w * c for w, c in zip(row, x, strict=True)), b).tanh()
            for row, b in zip(weights[0], biases[0], strict=True)
        ]
        out = sum((w * h for w, h in zip(weights[1][0], hidden, strict=True)), biases[1][0])
        p = out.sigmoid()
        J = J - (t * p.log() + (1 - t) * (1 - p).log()) / 4
    J.backward()
    found = backprop(params, X, y, "binary_cross_entropy", "tanh")
    assert J.data == pytest.approx(float(found.loss), abs=1e-12)
    for (W, b), rows, column in zip(found.gradients, weights, biases, strict=True):
        engine = torch.tensor([[w.grad for w in row] for row in rows], dtype=F64)
        torch.testing.assert_close(W, engine, rtol=0, atol=1e-12)
        engine = torch.tensor([c.grad for c in column], dtype=F64)
        torch.testing.assert_close(b, engine, rtol=0, atol=1e-12)


def test_parameters_that_need_gradients_are_left_alone() -> None:
    params, X, y = problem((4, 3, 2), "cross_entropy", samples=6)
    layers = [(W.requires_grad_(), b.requires_grad_()) for W, b in params]
    found = backprop(layers, X, y)
    assert not found.loss.requires_grad
    assert all(W.grad is None for W, _ in layers)
