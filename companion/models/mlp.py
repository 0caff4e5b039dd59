"""The multilayer perceptron: dense layers with an activation between them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import torch
from torch.nn import Module, Sequential

from companion.nn import Linear, ReLU


def mlp(
    sizes: Sequence[int],
    activation: Callable[[], Module] = ReLU,
    *,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> Sequential:
    """Build a network of dense layers with an activation between them, none after the last.

    For L + 1 sizes there are L layers aˡ = f(Wˡ aˡ⁻¹ + bˡ), and the last without f: it gives
    scores, which a loss such as ``CrossEntropyLoss`` turns into probabilities. The numbers of
    parameters are Σ (n_in + 1) n_out. The layers stand at the even places of the result.

    Parameters
    ----------
    sizes : widths of the input, of each hidden layer and of the output: at least two.
    activation : a class of ``companion.nn``, or a function that returns a new layer, such as
        ``lambda: nn.LeakyReLU(0.2)``; called once for each hidden layer.
    device, dtype : of the parameters. They are drawn from torch's global generator.

    Raises
    ------
    TypeError
        If ``sizes`` are no integers, or ``activation`` gives no layer.
    ValueError
        If there are fewer than two sizes, or one is below 1.

    Proven equal to the same ``torch.nn.Sequential``, start included (``tests/models/test_mlp.py``).
    Book: chapters/07-neural-networks/hidden-layers
    """
    widths = _checked(sizes)
    layers: list[Module] = []
    for m, n in itertools.pairwise(widths):
        if layers:
            layers.append(_new(activation))
        layers.append(Linear(m, n, device=device, dtype=dtype))
    return Sequential(*layers)


def _checked(sizes: Sequence[int]) -> list[int]:
    """Return the sizes; raise unless they are two or more positive integers."""
    if not isinstance(sizes, Sequence) or isinstance(sizes, str):
        raise TypeError(f"sizes must be a sequence of integers, got {type(sizes).__name__}")
    for size in sizes:
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"sizes must be integers, got {type(size).__name__}")
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must be two or more, each at least 1, got {list(sizes)}")
    return list(sizes)


def _new(activation: Callable[[], Module]) -> Module:
    """Return a new activation layer."""
    if isinstance(activation, Module) or not callable(activation):
        raise TypeError(
            f"activation must be a class or a function that returns a layer, got {activation!r}"
        )
    layer = activation()
    if not isinstance(layer, Module):
        raise TypeError(f"activation must return a layer, got {type(layer).__name__}")
    return layer
