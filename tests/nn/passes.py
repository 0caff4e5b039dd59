"""Both passes of a layer or function, so that ours and the library's can be compared."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def leaf(x: Any) -> Any:
    """Return a copy that collects a gradient; what is no floating-point tensor stays itself."""
    if isinstance(x, Tensor) and x.is_floating_point():
        return x.detach().clone().requires_grad_()
    return x


def weights_like(y: Tensor) -> Tensor:
    """Return weights of a loss that treats no two entries alike."""
    return torch.linspace(-1.0, 2.0, y.numel(), dtype=y.dtype, device=y.device).view(y.shape)


def both_passes(function: Any, *args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """Return the output and the gradient for every tensor argument."""
    leaves = [leaf(x) for x in args]
    y = function(*leaves, **kwargs)
    y.backward(weights_like(y))
    return (y.detach(), *(x.grad for x in leaves if isinstance(x, Tensor)))


def module_passes(layer: Any, x: Any, *, seed: int = 7, **options: Any) -> tuple[Tensor, ...]:
    """Make the layer from a seed; return its output and the gradients for input and parameters."""
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    module = layer(**options)
    torch.set_rng_state(state)
    if isinstance(x, Tensor):
        module.to(x.device)
    found = both_passes(module, x)
    return (*found, *(w.grad for w in module.parameters()))
