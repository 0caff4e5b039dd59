"""Start values whose spread follows from the sizes of a layer and keeps variances alike."""

from __future__ import annotations

import math
import warnings

import torch
from torch import Tensor

from companion.nn._check import check_float, check_number
from companion.nn.init.plain import normal_, uniform_

GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d", "sigmoid"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that makes up for what an activation takes from the variance.

    1 for linear maps and sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²)) for leaky_relu,
    3/4 for selu.

    Parameters
    ----------
    nonlinearity : name of the activation or layer.
    param : slope of ``"leaky_relu"``, 0.01 without it; the others do not look at it.

    Raises
    ------
    TypeError, ValueError
        If the nonlinearity is unknown or the slope no number.

    Mirrors ``torch.nn.init.calculate_gain``.
    Proven equal to it (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        check_number(slope, "param")
        return math.sqrt(2 / (1 + slope**2))
    if not isinstance(nonlinearity, str):
        raise TypeError(f"nonlinearity must be a string, got {type(nonlinearity).__name__}")
    if nonlinearity not in GAINS:
        known = ", ".join(sorted([*GAINS, "leaky_relu"]))
        raise ValueError(f"nonlinearity must be one of {known}, got {nonlinearity!r}")
    return GAINS[nonlinearity]


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Draw uniformly, so that variances stay the same forwards and backwards on average.

    Uniform in ±√3 s with standard deviation s = gain √(2 / (m + n)) for n units with m inputs.

    Parameters
    ----------
    tensor : Tensor[n, m, ...], real and floating point, changed in place and returned.
    gain : from ``calculate_gain``.
    generator : where the numbers come from, torch's global one without it.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, or tensor fewer than 2 dimensions.

    Mirrors ``torch.nn.init.xavier_uniform_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    bound = math.sqrt(3) * xavier_deviation(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(
    tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Draw normally, so that variances stay the same forwards and backwards on average.

    Mean 0 and standard deviation gain √(2 / (m + n)) for n units with m inputs.

    Parameters
    ----------
    tensor, gain, generator : as for ``xavier_uniform_``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, or tensor fewer than 2 dimensions.

    Mirrors ``torch.nn.init.xavier_normal_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    return normal_(tensor, 0.0, xavier_deviation(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw uniformly, so that a rectifier keeps the variance.

    Uniform in ±√3 s with standard deviation s = gain / √fan.

    Parameters
    ----------
    tensor : Tensor[n, m, ...], real and floating point, changed in place and returned. An empty
        one stays as it is, with a ``UserWarning``, as in torch.
    a : slope of the leaky rectifier that follows.
    mode : ``"fan_in"`` keeps the variance forwards (fan m), ``"fan_out"`` backwards (fan n).
    nonlinearity : name for ``calculate_gain``.
    generator : where the numbers come from, torch's global one without it.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, tensor fewer than 2 dimensions, or a name is unknown.

    Mirrors ``torch.nn.init.kaiming_uniform_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    deviation = kaiming_deviation(tensor, a, mode, nonlinearity)
    if deviation is None:
        return tensor
    bound = math.sqrt(3) * deviation
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw normally, so that a rectifier keeps the variance.

    Mean 0 and standard deviation gain / √fan.

    Parameters
    ----------
    tensor, a, mode, nonlinearity, generator : as for ``kaiming_uniform_``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, tensor fewer than 2 dimensions, or a name is unknown.

    Mirrors ``torch.nn.init.kaiming_normal_``.
    Proven equal to it with the same generator (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    deviation = kaiming_deviation(tensor, a, mode, nonlinearity)
    return tensor if deviation is None else normal_(tensor, 0.0, deviation, generator)


def fans(tensor: Tensor) -> tuple[int, int]:
    """Return how many numbers meet in a unit, and how many units a number reaches."""
    check_float(tensor, "tensor")
    if tensor.ndim < 2:
        raise ValueError(f"tensor must have 2 or more dimensions, got {tuple(tensor.shape)}")
    field = math.prod(tensor.shape[2:])  # more than 1 for the window of a convolution
    return tensor.shape[1] * field, tensor.shape[0] * field


def xavier_deviation(tensor: Tensor, gain: float) -> float:
    """Return gain √(2 / (m + n))."""
    both = sum(fans(tensor))
    check_number(gain, "gain")
    if both == 0:
        raise ValueError(f"tensor must not have two sizes 0, got {tuple(tensor.shape)}")
    return gain * math.sqrt(2 / both)


def kaiming_deviation(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    """Return gain / √fan, or None with a warning for a tensor without entries."""
    check_float(tensor, "tensor")
    check_number(a, "a")
    if not isinstance(mode, str):
        raise TypeError(f"mode must be a string, got {type(mode).__name__}")
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be fan_in or fan_out, got {mode!r}")
    gain = calculate_gain(nonlinearity, a)
    if tensor.numel() == 0:
        warnings.warn("a tensor without entries is not initialised", stacklevel=3)
        return None
    fan_in, fan_out = fans(tensor)
    return gain / math.sqrt(fan_in if mode.lower() == "fan_in" else fan_out)
