"""Exercises of the page on optimizers: Adam, and its weight decay."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization._walks import Gradient, bowl, walk_of
from companion.optim import Adam, AdamW

PAGE = "03-optimization/optimizers"
Betas = tuple[float, float]


def adam(grad: Gradient, w0: Tensor, lr: float, betas: Betas, eps: float, n: int) -> Tensor:
    w = w0.clone()
    return walk_of(Adam([w], lr=lr, betas=betas, eps=eps), grad, w, n)


def not_corrected(
    grad: Gradient, w0: Tensor, lr: float, betas: Betas, eps: float, n: int
) -> Tensor:
    w, m, s = w0, torch.zeros_like(w0), torch.zeros_like(w0)
    for _ in range(n):
        g = grad(w)
        m, s = betas[0] * m + (1 - betas[0]) * g, betas[1] * s + (1 - betas[1]) * g**2
        w = w - lr * m / (torch.sqrt(s) + eps)
    return w


def reset_each_step(
    grad: Gradient, w0: Tensor, lr: float, betas: Betas, eps: float, n: int
) -> Tensor:
    w = w0
    for t in range(1, n + 1):
        g = grad(w)
        m, s = (1 - betas[0]) * g, (1 - betas[1]) * g**2
        w = w - lr * m / (1 - betas[0] ** t) / (torch.sqrt(s / (1 - betas[1] ** t)) + eps)
    return w


def corrected_from(first: int, inside: bool = False) -> Any:
    """Make Adam that counts from ``first``, with ε outside or inside the root."""

    def steps(grad: Gradient, w0: Tensor, lr: float, betas: Betas, eps: float, n: int) -> Tensor:
        w, m, s = w0, torch.zeros_like(w0), torch.zeros_like(w0)
        for t in range(first, first + n):
            g = grad(w)
            m, s = betas[0] * m + (1 - betas[0]) * g, betas[1] * s + (1 - betas[1]) * g**2
            corrected = s / (1 - betas[1] ** t)
            size = torch.sqrt(corrected + eps) if inside else torch.sqrt(corrected) + eps
            w = w - lr * (m / (1 - betas[0] ** t)) / size
        return w

    return steps


def adam_inputs(generator: Generator) -> list[Arguments]:
    """Gradients near 1 and near 1e-4, where the place of ε shows."""
    cases: list[Arguments] = []
    for size, scale, n in ((2, 1.0, 1), (2, 1e-4, 2), (3, 1.0, 12), (3, 1e-4, 25)):
        grad, w0 = bowl(generator, size, scale=scale)
        lr = float(uniform(generator, 0.02, 0.1))
        betas = (0.9, 0.999) if n < 20 else (0.8, 0.95)
        cases.append((grad, w0, lr, betas, 1e-8, n))
    return cases


ADAM = Exercise(
    name="optimization.adam",
    page=PAGE,
    task="Return w after `n` steps of Adam. Both moments start at 0.",
    signature="adam(grad, w0, lr, betas, eps, n) -> Tensor[d]",
    reference=adam,
    inputs=adam_inputs,
    tried="gradients near 1 and near 1e-4, up to 25 steps",
    misconceptions=(
        Misconception(
            "leaves out the correction",
            not_corrected,
            "The moments start at 0 and are not corrected for it: with the usual betas the first "
            "step is 3.16 α instead of α. Divide by 1 - β₁ᵗ and 1 - β₂ᵗ.",
        ),
        Misconception(
            "resets the moments",
            reset_each_step,
            "The moments are new in each step while t runs on. That is sign descent with factors "
            "1, 0.744, ..., 0.484 (t=10), 2.515 (t=1000): keep m and s from step to step.",
        ),
        Misconception(
            "puts ε inside the root",
            corrected_from(1, inside=True),
            "ε stands inside the root. Then the step differs from torch's by 29 % already at "
            "|g|=√ε=1e-4: add it after the root.",
        ),
        Misconception(
            "counts steps from 0",
            corrected_from(0),
            "At t=0 both corrections divide by 1 - β⁰ = 0. The first step is t=1.",
        ),
    ),
    hints=("Count from t = 1: then 1 - βᵗ is never 0, and the first step is α·sign(g).",),
)


def adamw(
    grad: Gradient,
    w0: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    n: int,
) -> Tensor:
    w = w0.clone()
    optimizer = AdamW([w], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
    return walk_of(optimizer, grad, w, n)


def adamw_with(before: Any, inside: float = 0.0, in_gradient: float = 0.0) -> Any:
    """Make Adam whose weights shrink by ``before(lr, λ)``; λw may also join g or m̂."""

    def steps(
        grad: Gradient,
        w0: Tensor,
        lr: float,
        betas: Betas,
        eps: float,
        weight_decay: float,
        n: int,
    ) -> Tensor:
        w, m, s = w0, torch.zeros_like(w0), torch.zeros_like(w0)
        for t in range(1, n + 1):
            g = grad(w) + in_gradient * weight_decay * w
            w = before(lr, weight_decay) * w
            m, s = betas[0] * m + (1 - betas[0]) * g, betas[1] * s + (1 - betas[1]) * g**2
            size = torch.sqrt(s / (1 - betas[1] ** t)) + eps
            w = w - lr * (m / (1 - betas[0] ** t) + inside * weight_decay * w) / size
        return w

    return steps


def adamw_inputs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for size, n in ((2, 1), (2, 4), (4, 20)):
        grad, w0 = bowl(generator, size)
        lr, decay = float(uniform(generator, 0.01, 0.05)), float(uniform(generator, 0.2, 0.6))
        cases.append((grad, w0, lr, (0.9, 0.999), 1e-8, decay, n))
    return cases


ADAMW = Exercise(
    name="optimization.adamw",
    page=PAGE,
    task="Return w after `n` steps of AdamW, which shrinks w by the factor 1 - αλ and then takes "
    "a step of Adam with the gradient at the point before.",
    signature="adamw(grad, w0, lr, betas, eps, weight_decay, n) -> Tensor[d]",
    reference=adamw,
    inputs=adamw_inputs,
    tried="one step, four and twenty",
    misconceptions=(
        Misconception(
            "adds λw to the gradient",
            adamw_with(lambda lr, decay: 1.0, in_gradient=1.0),
            "λw was added to g, which is Adam with a penalty. With a loss that is flat, weights 1 "
            "and 10 both move by 0.1 in ten steps: (0.9003, 9.9000). Shrink w in its own line.",
        ),
        Misconception(
            "shrinks by 1 - λ",
            adamw_with(lambda lr, decay: 1 - decay),
            "The decay follows the learning rate: multiply by 1 - αλ, not by 1 - λ.",
        ),
        Misconception(
            "divides the decay",
            adamw_with(lambda lr, decay: 1.0, inside=1.0),
            "λw joined the corrected moment, so it is divided as well. The decay must not be "
            "divided by the gradient scale.",
        ),
    ),
    hints=("Two separate lines: first the decay of w, then the step of Adam.",),
)


EXERCISES = [ADAM, ADAMW]
