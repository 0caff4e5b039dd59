"""Stochastic gradient descent with momentum."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from companion.optim._optimizer import (
    Gradients,
    Params,
    ReadableOptimizer,
    check_number,
    check_rate,
)


class SGD(ReadableOptimizer):
    """Gradient descent on the gradient that is given, with momentum if wanted.

    With gradient g (of a batch, then it is stochastic), momentum μ and dampening τ::

        v <- μ v + (1 - τ) g        v starts as g
        w <- w - lr v               nesterov: w <- w - lr (g + μ v)

    Without momentum v is g. ``weight_decay`` λ adds λ w to g, ``maximize`` turns its sign. With
    ``nesterov`` the stored w is the look-ahead point, as in torch.

    Parameters
    ----------
    params : tensors, named tensors, or dictionaries with ``"params"`` and options of that group.
    lr : learning rate, a number or a tensor with one; no gradient flows to it.
    momentum, dampening, weight_decay, nesterov, maximize : as above.

    Raises
    ------
    TypeError, ValueError
        If an option is no number, NaN or out of range, or a parameter is complex;
        also if nesterov has no momentum or a dampening.
    RuntimeError
        In ``step``, if a gradient is sparse; then nothing has changed.

    Mirrors ``torch.optim.SGD``.
    Proven equal to it, parameters and state over 100 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_rate(lr)
        check_number("momentum", momentum)
        check_number("dampening", dampening, low=-math.inf)
        check_number("weight_decay", weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(
                "nesterov needs a momentum and no dampening, "
                f"got momentum={momentum}, dampening={dampening}"
            )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        lr, mu, tau = float(group["lr"]), group["momentum"], group["dampening"]
        for w, g in gradients:
            if mu != 0:
                v = self._velocity(w, g, mu, tau)
                g = g.add(v, alpha=mu) if group["nesterov"] else v
            w.add_(g, alpha=-lr)

    def _velocity(self, w: Tensor, g: Tensor, mu: float, tau: float) -> Tensor:
        """Return v <- μ v + (1 - τ) g, and g where there is no v yet."""
        state: dict[str, Tensor] = self.state[w]
        if "momentum_buffer" in state:
            return state["momentum_buffer"].mul_(mu).add_(g, alpha=1 - tau)
        state["momentum_buffer"] = g.clone()
        return state["momentum_buffer"]
