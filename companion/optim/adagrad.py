"""AdaGrad: each element's rate falls with the squared gradients that it has seen."""

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
    zero_step,
)


class Adagrad(ReadableOptimizer):
    """Divide the rate of each element by the root of its summed squared gradients.

    With gradient g in step t::

        G <- G + g²                 G starts as initial_accumulator_value
        w <- w - lr_t g / (√G + eps),   lr_t = lr / (1 + (t - 1) lr_decay)

    ``weight_decay`` λ adds λ w to g, ``maximize`` turns its sign. The state is made when the
    optimizer is made, also for a parameter that never gets a gradient.

    Parameters
    ----------
    params : tensors, named tensors, or dictionaries with ``"params"`` and options of that group.
    lr : learning rate, a number or a tensor with one; no gradient flows to it.
    lr_decay, weight_decay, initial_accumulator_value, eps, maximize : as above.

    Raises
    ------
    TypeError, ValueError
        If an option is no number, NaN or below 0, or a parameter is complex.
    RuntimeError
        In ``step``, if a gradient is sparse; then nothing has changed.

    Mirrors ``torch.optim.Adagrad``.
    Proven equal to it, parameters and state over 100 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        check_rate(lr)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        for name in ("lr_decay", "weight_decay", "initial_accumulator_value", "eps"):
            check_number(name, defaults[name])  # type: ignore[arg-type]
        super().__init__(params, defaults)
        for group in self.param_groups:
            for w in group["params"]:
                self.state[w].update(step=zero_step(), **self._initial_state(w, group))

    def _initial_state(self, w: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        # The value of the constructor holds for every group, as in torch.
        return {"sum": torch.full_like(w, self.defaults["initial_accumulator_value"])}

    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        lr, lr_decay, eps = float(group["lr"]), group["lr_decay"], group["eps"]
        for w, g in gradients:
            state, t = self._next_state(w, group)
            G = state["sum"]
            G.addcmul_(g, g)
            rate = lr / (1 + (t - 1) * lr_decay)
            w.addcdiv_(g, G.sqrt().add_(eps), value=-rate)
