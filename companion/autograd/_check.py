"""Input checks of ``companion.autograd``: errors name the argument and say what came."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

Params: TypeAlias = Sequence[tuple[Tensor, Tensor]]


def check_tensor(x: Any, name: str, ndim: int, dtype: torch.dtype | None = None) -> None:
    """Raise unless ``x`` is a floating-point tensor of this rank, and of this dtype if given."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, got {type(x).__name__}")
    if not x.is_floating_point() or dtype not in (None, x.dtype):
        raise TypeError(f"{name} must have {dtype or 'a floating-point dtype'}, got {x.dtype}")
    if x.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions, got shape {tuple(x.shape)}")


def check_choice(name: str, value: Any, choices: Iterable[str]) -> None:
    """Raise ``ValueError`` unless the value is one of the choices."""
    if value not in list(choices):
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}")


def check_number(name: str, value: Any) -> None:
    """Raise unless the value is a finite real number of at least 0."""
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    if not 0 <= float(value) < math.inf:
        raise ValueError(f"{name} must be finite and at least 0, got {value}")


def check_count(name: str, value: Any) -> None:
    """Raise unless the value is a whole number of at least 1."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be an int, got {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")


def check_network(params: Params, X: Tensor) -> None:
    """Raise unless the layers fit to the samples and to each other."""
    check_tensor(X, "X", 2)
    if not len(X):
        raise ValueError(f"X must have at least one sample, got shape {tuple(X.shape)}")
    if not isinstance(params, Sequence):
        raise TypeError(f"params must be a list of pairs (W, b), got {type(params).__name__}")
    if not len(params):
        raise ValueError("params must hold at least one layer (W, b)")
    width = X.shape[1]
    for k, layer in enumerate(params):
        if not isinstance(layer, Sequence) or len(layer) != 2:
            raise TypeError(f"params[{k}] must be a pair (W, b), got {type(layer).__name__}")
        W, b = layer
        check_tensor(W, f"params[{k}]: W", 2, X.dtype)
        check_tensor(b, f"params[{k}]: b", 1, X.dtype)
        if W.shape[1] != width or len(b) != len(W):
            raise ValueError(
                f"params[{k}] must take {width} inputs and have one bias for each row of W, "
                f"got W {tuple(W.shape)} and b {tuple(b.shape)}"
            )
        width = len(W)


def check_targets(y: Any, X: Tensor, outputs: int, classes: bool) -> Tensor:
    """Return the targets as Tensor[N, outputs]; ``classes`` allows numbers of classes for them."""
    if not isinstance(y, Tensor):
        raise TypeError(f"y must be a torch.Tensor, got {type(y).__name__}")
    integer = not (y.is_floating_point() or y.is_complex() or y.dtype == torch.bool)
    if classes and integer:
        return _one_hot(y, X, outputs)
    if y.dtype != X.dtype:
        raise TypeError(f"y must have {X.dtype}{' or integers' * classes}, got {y.dtype}")
    Y = y[:, None] if y.ndim == 1 and outputs == 1 else y
    if Y.shape != (len(X), outputs):
        raise ValueError(f"y must have shape {(len(X), outputs)}, got {tuple(y.shape)}")
    if classes and bool(((Y.sum(dim=1) - 1).abs() > 1e-4).any()):
        raise ValueError("y must hold classes or probabilities, got rows that do not sum to 1")
    return Y


def _one_hot(y: Tensor, X: Tensor, outputs: int) -> Tensor:
    if y.shape != (len(X),):
        raise ValueError(f"y must have shape {(len(X),)}, got {tuple(y.shape)}")
    low, high = y.aminmax()
    if low < 0 or high >= outputs:
        raise ValueError(f"y must hold classes 0 to {outputs - 1}, got {int(low)} to {int(high)}")
    return F.one_hot(y.long(), outputs).to(X.dtype)
