"""AdaDelta: steps with the unit of the parameter, and no rate to choose."""

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


class Adadelta(ReadableOptimizer):
    """Scale each element's step by the ratio of its past steps to its past gradients.

    With gradient g and the forgetting factor ρ::

        E <- ρ E + (1 - ρ) g²
        Δ  = √(D + eps) / √(E + eps) g
        D <- ρ D + (1 - ρ) Δ²
        w <- w - lr Δ

    E and D start at 0, so eps (inside the roots, unlike that of the other optimizers) decides the
    first steps. ``weight_decay`` λ adds λ w to g, ``maximize`` turns its sign.

    Parameters
    ----------
    params : tensors, named tensors, or dictionaries with ``"params"`` and options of that group.
    lr : factor of the step, a number or a tensor with one; no gradient flows to it.
    rho, eps, weight_decay, maximize : as above, 0 <= rho <= 1.

    Raises
    ------
    TypeError, ValueError
        If an option is no number, NaN or out of range, or a parameter is complex.
    RuntimeError
        In ``step``, if a gradient is sparse; then nothing has changed.

    Mirrors ``torch.optim.Adadelta``.
    Proven equal to it, parameters and state over 100 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_rate(lr)
        check_number("rho", rho)
        if rho > 1:
            raise ValueError(f"rho must be at most 1, got {rho}")
        check_number("eps", eps)
        check_number("weight_decay", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _initial_state(self, w: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        return {name: torch.zeros_like(w) for name in ("square_avg", "acc_delta")}

    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        lr, rho, eps = float(group["lr"]), group["rho"], group["eps"]
        for w, g in gradients:
            state, _ = self._next_state(w, group)
            E, D = state["square_avg"], state["acc_delta"]
            E.mul_(rho).addcmul_(g, g, value=1 - rho)
            delta = D.add(eps).div_(E.add(eps)).sqrt_().mul_(g)
            D.mul_(rho).addcmul_(delta, delta, value=1 - rho)
            w.add_(delta, alpha=-lr)
