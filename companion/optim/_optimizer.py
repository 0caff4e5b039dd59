"""What all optimizers of ``companion.optim`` share: the loops, the state and the checks."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any, TypeAlias

import torch
from torch import Tensor

Params: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
Gradients: TypeAlias = Iterable[tuple[Tensor, Tensor]]  # each parameter w with its gradient g


def check_number(name: str, value: float, low: float = 0.0, high: float = math.inf) -> None:
    """Raise unless ``value`` is a real number with low <= value < high.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it lies outside the interval, or is NaN.
    """
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    if not low <= value < high:
        bound = "" if high == math.inf else f" and below {high:g}"
        raise ValueError(f"{name} must be at least {low:g}{bound}, got {value}")


def check_rate(lr: float | Tensor) -> None:
    """Raise unless the learning rate is a number of at least 0, or a tensor with one."""
    if isinstance(lr, Tensor):
        if lr.numel() != 1:
            raise ValueError(f"lr must have one element, got shape {tuple(lr.shape)}")
        lr = lr.item()
    check_number("lr", lr)


def zero_step() -> Tensor:
    """Return a step counter; on the CPU, because reading a device's would make the host wait."""
    dtype = torch.promote_types(torch.get_default_dtype(), torch.float32)
    return torch.zeros((), dtype=dtype, device="cpu")


class ReadableOptimizer(torch.optim.Optimizer):
    """An optimizer whose subclass writes only its rule: ``_update``, and its state if it has any.

    ``torch.optim.Optimizer`` owns ``param_groups``, ``state``, ``zero_grad`` and ``state_dict``.
    """

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with their own options, as ``torch.optim.Optimizer`` does.

        Raises
        ------
        TypeError
            If a parameter is complex.
        """
        super().add_param_group(param_group)
        for w in self.param_groups[-1]["params"]:
            if w.is_complex():
                self.param_groups.pop()
                raise TypeError(f"params must be real, got a parameter of {w.dtype}")

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update every parameter that has a gradient; return the closure's loss, if there is one.

        Raises
        ------
        RuntimeError
            If a gradient is sparse; then no parameter has changed.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        work = [(group, self._collect(group)) for group in self.param_groups]
        for group, gradients in work:
            self._update(group, self._prepare(group, gradients))
        return loss

    @abstractmethod
    def _update(self, group: dict[str, Any], gradients: Gradients) -> None:
        """Apply the rule to the parameters of one group."""

    def _initial_state(self, w: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Return what the rule remembers about a parameter before its first step."""
        raise NotImplementedError

    def _next_state(self, w: Tensor, group: dict[str, Any]) -> tuple[dict[str, Tensor], float]:
        """Return the state of a parameter, made at its first step, and the number of this step."""
        state: dict[str, Tensor] = self.state[w]
        if not state:
            state.update(step=zero_step(), **self._initial_state(w, group))
        t = state["step"].item() + 1
        state["step"].fill_(t)  # a third of the time of adding 1 to it
        return state, t

    def _collect(self, group: dict[str, Any]) -> list[tuple[Tensor, Tensor]]:
        """Return the parameters that have a gradient, with it."""
        found = []
        for w in group["params"]:
            g = w.grad
            if g is not None:
                if g.is_sparse:
                    raise RuntimeError(f"{type(self).__name__} does not support sparse gradients")
                found.append((w, g))
        return found

    def _prepare(self, group: dict[str, Any], gradients: Gradients) -> Gradients:
        """Turn the gradients, one at a time, into those of what is to be minimized."""
        if group["maximize"]:
            gradients = ((w, -g) for w, g in gradients)
        if group["weight_decay"] != 0:
            gradients = ((w, self._decay(w, g, group)) for w, g in gradients)
        return gradients

    def _decay(self, w: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        """Return g + λ w, the gradient with a penalty ½ λ |w|²."""
        return g.add(w, alpha=group["weight_decay"])
