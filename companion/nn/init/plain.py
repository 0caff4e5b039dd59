"""Start values that do not look at the shape."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from companion.nn._check import check_float, check_number


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Set every entry to one value.

    Parameters
    ----------
    tensor : Tensor[...], changed in place and returned.
    val : the value.

    Raises
    ------
    TypeError
        If tensor is no tensor or val no number.

    Mirrors ``torch.nn.init.constant_``.
    Proven equal to it (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"tensor must be a torch.Tensor, got {type(tensor).__name__}")
    check_number(val, "val")
    with torch.no_grad():
        return tensor.fill_(val)


def zeros_(tensor: Tensor) -> Tensor:
    """Set every entry to 0: right for biases, fatal for weights, whose units then stay equal.

    Parameters
    ----------
    tensor : Tensor[...], changed in place and returned.

    Raises
    ------
    TypeError
        If tensor is no tensor.

    Mirrors ``torch.nn.init.zeros_``.
    Proven equal to it (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/hidden-layers
    """
    return constant_(tensor, 0.0)


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Draw every entry uniformly from [a, b).

    Parameters
    ----------
    tensor : Tensor[...], real and floating point, changed in place and returned.
    a, b : the ends.
    generator : where the numbers come from, torch's global one without it.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, or a is not at most b.

    Mirrors ``torch.nn.init.uniform_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_float(tensor, "tensor")
    check_number(a, "a")
    check_number(b, "b")
    check_generator(generator)
    if not a <= b:
        raise ValueError(f"a must be at most b, got a={a} and b={b}")
    with torch.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Draw every entry from the normal distribution.

    Parameters
    ----------
    tensor : Tensor[...], real and floating point, changed in place and returned.
    mean, std : of the distribution.
    generator : where the numbers come from, torch's global one without it.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, or std is not at least 0.

    Mirrors ``torch.nn.init.normal_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_float(tensor, "tensor")
    check_number(mean, "mean")
    check_number(std, "std")
    check_generator(generator)
    if not std >= 0:
        raise ValueError(f"std must be at least 0, got {std}")
    with torch.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def check_generator(generator: Any) -> None:
    """Raise ``TypeError`` unless ``generator`` is None or one of torch's."""
    if generator is not None and not isinstance(generator, torch.Generator):
        raise TypeError(f"generator must be a torch.Generator, got {type(generator).__name__}")
