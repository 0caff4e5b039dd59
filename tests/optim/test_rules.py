"""First steps in closed form: the expectations come from the formulas, not from a library."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from companion import optim

F64 = torch.float64


def after(name: str, gradients: list[float], w0: float = 0.0, **options: Any) -> float:
    """One number after steps with the given gradients."""
    w = torch.tensor(w0, dtype=F64)
    optimizer = getattr(optim, name)([w], **options)
    for g in gradients:
        w.grad = torch.tensor(g, dtype=F64)
        optimizer.step()
    return float(w)


@pytest.mark.parametrize("g", [1e-3, 1.0, 1e3, -1e3])
def test_first_step_has_a_size_of_its_own(g: float) -> None:
    """Adam's is lr, RMSprop's lr/√(1-α), Adadelta's √(eps/(1-ρ)): the gradient gives the sign."""
    sign = math.copysign(1.0, g)
    assert after("Adam", [g], lr=0.1, eps=0) == pytest.approx(-0.1 * sign, rel=1e-12)
    expected = -0.1 * sign / math.sqrt(1 - 0.99)
    assert after("RMSprop", [g], lr=0.1, eps=0) == pytest.approx(expected, rel=1e-12)
    expected = -g * math.sqrt(1e-6 / (0.1 * g * g + 1e-6))
    assert after("Adadelta", [g]) == pytest.approx(expected, rel=1e-12)


def test_adam_outside_the_root_adds_eps() -> None:
    g, eps = 1e-4, 1e-8
    assert after("Adam", [g], lr=0.1, eps=eps) == pytest.approx(-0.1 * g / (g + eps), rel=1e-12)


def test_adagrad_slows_as_the_root_of_the_steps() -> None:
    """With a constant gradient step k is lr / √k."""
    expected = -0.5 * sum(1 / math.sqrt(k) for k in range(1, 11))
    assert after("Adagrad", [3.0] * 10, lr=0.5, eps=0) == pytest.approx(expected, rel=1e-12)


def test_momentum_reaches_its_terminal_step() -> None:
    """The steps form a geometric series: step k is lr g (1 - μᵏ) / (1 - μ)."""
    mu, lr, n = 0.9, 0.1, 40
    expected = -lr * sum((1 - mu**k) / (1 - mu) for k in range(1, n + 1))
    assert after("SGD", [1.0] * n, lr=lr, momentum=mu) == pytest.approx(expected, rel=1e-12)


def test_decay_with_and_without_the_averages() -> None:
    """Without a loss AdamW shrinks every weight by (1 - lr λ)ᵏ, Adam by about lr a step."""
    for w0 in (1.0, 10.0):
        shrunk = after("AdamW", [0.0] * 10, w0, lr=0.01, weight_decay=0.5)
        assert shrunk == pytest.approx(w0 * 0.995**10, rel=1e-12)
        moved = w0 - after("Adam", [0.0] * 10, w0, lr=0.01, weight_decay=0.5)
        assert moved == pytest.approx(0.1, rel=0.01)


def test_amsgrad_never_forgets_a_large_gradient() -> None:
    """After one large gradient, then small ones, the largest s rules the step."""
    gradients = [100.0] + [1.0] * 50
    plain, cautious = (after("Adam", gradients, betas=(0.0, 0.5), amsgrad=a) for a in (False, True))
    largest = 0.5 * 100.0**2
    steps = [1 / math.sqrt(largest / (1 - 0.5**t)) for t in range(2, 52)]
    expected = -1e-3 * (1 + sum(steps))
    assert cautious == pytest.approx(expected, rel=1e-6)
    assert abs(plain) > 10 * abs(cautious)


@pytest.mark.parametrize(("lr", "stable"), [(3.79, True), (3.81, False)])
def test_heavy_ball_is_stable_below_two_times_one_plus_mu(lr: float, stable: bool) -> None:
    w = torch.ones((), dtype=F64)
    optimizer = optim.SGD([w], lr=lr, momentum=0.9)
    for _ in range(2000):
        w.grad = w.clone()
        optimizer.step()
    assert (float(w.abs()) < 1e-2) == stable


def test_nesterov_stores_the_look_ahead_point() -> None:
    """Written with its velocity Δ, torch's w is w - γ Δ of the textbook."""
    lr, gamma = 0.02, 0.9
    curvature = torch.tensor([1.0, 10.0], dtype=F64)
    w = torch.ones(2, dtype=F64)
    optimizer = optim.SGD([w], lr=lr, momentum=gamma, nesterov=True)
    point: Tensor = torch.ones(2, dtype=F64)
    delta = torch.zeros(2, dtype=F64)
    for _ in range(50):
        w.grad = curvature * w
        optimizer.step()
        delta = gamma * delta + lr * curvature * (point - gamma * delta)
        point = point - delta
        torch.testing.assert_close(w, point - gamma * delta, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", [name for name in optim.__all__ if name != "LBFGS"])
def test_maximize_climbs(name: str) -> None:
    assert after(name, [1.0, 1.0], maximize=True) == -after(name, [1.0, 1.0]) > 0
