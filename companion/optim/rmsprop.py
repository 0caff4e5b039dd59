"""RMSprop: each element's rate is divided by a moving average of its gradient's size."""

from __future__ import annotations

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


class RMSprop(ReadableOptimizer):
    """Divide the rate of each element by the root of an average of its squared gradients.

    With gradient g and the forgetting factor α (ρ in other books)::

        E <- α E + (1 - α) g²       centered: also m <- α m + (1 - α) g
        w <- w - lr g / (√E + eps)  centered: √(E - m²) for √E

    With momentum μ the quotient q drives a velocity: v <- μ v + q, w <- w - lr v. All averages
    start at 0. ``weight_decay`` λ adds λ w to g, ``maximize`` turns its sign.

    Parameters
    ----------
    params : tensors, named tensors, or dictionaries with ``"params"`` and options of that group.
    lr : learning rate, a number or a tensor with one; no gradient flows to it.
    alpha, eps, weight_decay, momentum, centered, maximize : as above.

    Raises
    ------
    TypeError, ValueError
        If an option is no number, NaN or below 0, or a parameter is complex.
    RuntimeError
        In ``step``, if a gradient is sparse; then nothing has changed.

    Mirrors ``torch.optim.RMSprop``.
    Proven equal to it, parameters and state over 100 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_rate(lr)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        for name in ("alpha", "eps", "weight_decay", "momentum"):
            check_number(name, defaults[name])  # type: ignore[arg-type]
        super().__init__(params, defaults)

    def _initial_state(self, w: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        names = ["square_avg"]
        names += ["momentum_buffer"] if group["momentum"] > 0 else []
        names += ["grad_avg"] if group["centered"] else []
        return {name: torch.zeros_like(w) for name in names}

    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        lr, alpha, eps = float(group["lr"]), group["alpha"], group["eps"]
        mu, centered = group["momentum"], group["centered"]
        for w, g in gradients:
            state, _ = self._next_state(w, group)
            E = state["square_avg"]
            E.mul_(alpha).addcmul_(g, g, value=1 - alpha)
            if centered:
                m = state["grad_avg"]
                m.lerp_(g, 1 - alpha)
                E = E.addcmul(m, m, value=-1)
            size = E.sqrt().add_(eps)
            if mu > 0:
                v = state["momentum_buffer"]
                v.mul_(mu).addcdiv_(g, size)
                w.add_(v, alpha=-lr)
            else:
                w.addcdiv_(g, size, value=-lr)
