"""Adam: momentum and element-wise rates, both corrected for their start at zero."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from companion.optim._optimizer import (
    Gradients,
    Params,
    ReadableOptimizer,
    check_number,
    check_rate,
)


class Adam(ReadableOptimizer):
    """Step along the average gradient, divided by the root of the average squared gradient.

    With gradient g in step t = 1, 2, ... and betas (β₁, β₂)::

        m <- β₁ m + (1 - β₁) g      m̂ = m / (1 - β₁ᵗ)
        s <- β₂ s + (1 - β₂) g²     ŝ = s / (1 - β₂ᵗ)
        w <- w - lr m̂ / (√ŝ + eps)

    m and s start at 0, which the two quotients correct. With ``amsgrad`` the largest s so far
    takes the place of s. ``weight_decay`` λ adds λ w to g, or, with ``decoupled_weight_decay``,
    first shrinks w by the factor 1 - lr λ. ``maximize`` turns the sign of g.

    Parameters
    ----------
    params : tensors, named tensors, or dictionaries with ``"params"`` and options of that group.
    lr : learning rate, a number or a tensor with one; no gradient flows to it.
    betas : two numbers, 0 <= beta < 1.
    eps, weight_decay, amsgrad, maximize, decoupled_weight_decay : as above.

    Raises
    ------
    TypeError, ValueError
        If an option is no number, NaN or out of range, or a parameter is complex.
    RuntimeError
        In ``step``, if a gradient is sparse; then nothing has changed.

    Mirrors ``torch.optim.Adam``.
    Proven equal to it, parameters and state over 100 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_rate(lr)
        beta1, beta2 = betas
        check_number("betas[0]", beta1, high=1)
        check_number("betas[1]", beta2, high=1)
        check_number("eps", eps)
        check_number("weight_decay", weight_decay)
        defaults = {
            "lr": lr,
            "betas": (beta1, beta2),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _initial_state(self, w: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        names = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return {name: torch.zeros_like(w) for name in names}

    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        lr, (beta1, beta2), eps = float(group["lr"]), group["betas"], group["eps"]
        for w, g in gradients:
            state, t = self._next_state(w, group)
            m, s = state["exp_avg"], state["exp_avg_sq"]
            m.lerp_(g, 1 - beta1)
            s.mul_(beta2).addcmul_(g, g, value=1 - beta2)
            if group["amsgrad"]:
                largest = state["max_exp_avg_sq"]
                s = torch.maximum(largest, s, out=largest)
            # The corrections are numbers: multiplying m̂ / (√ŝ + ε) through with the root of the
            # second one saves two passes over the tensors.
            c1, root = 1 - beta1**t, math.sqrt(1 - beta2**t)
            w.addcdiv_(m, s.sqrt().add_(eps * root), value=-lr * root / c1)

    def _decay(self, w: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        if not group["decoupled_weight_decay"]:
            return super()._decay(w, g, group)
        w.mul_(1 - float(group["lr"]) * group["weight_decay"])
        return g
