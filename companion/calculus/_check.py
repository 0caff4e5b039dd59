"""Input checks of ``companion.calculus``: errors name the argument and say what came."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from torch import Tensor

from companion.calculus._number import Number


def check_callable(function: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``function`` can be called."""
    if not callable(function):
        raise TypeError(f"{name} must be callable, got {type(function).__name__}")


def check_tensor(x: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``x`` is a tensor of a real floating-point dtype."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, got {type(x).__name__}")
    if not x.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {x.dtype}")


def check_number(x: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``x`` is a tensor as above or a number that carries derivatives.

    Derivatives of derivatives hand such numbers to functions that else get tensors.
    """
    if not isinstance(x, Number):
        check_tensor(x, name)


def check_step(h: float | None, name: str) -> None:
    """Raise unless ``h`` is None or a finite number above 0."""
    if h is None:
        return
    if not isinstance(h, Real):
        raise TypeError(f"{name} must be a real number or None, got {type(h).__name__}")
    if not 0 < h < math.inf:
        raise ValueError(f"{name} must be finite and above 0, got {h}")


def check_result(y: Any, name: str) -> Tensor:
    """Return ``y`` if a function gave a tensor.

    Raises
    ------
    TypeError
        If it gave anything else.
    """
    if not isinstance(y, Tensor):
        raise TypeError(f"{name} must return a torch.Tensor, got {type(y).__name__}")
    return y


def check_output(y: Any) -> Any:
    """Return the result of ``func`` if it is a tensor, or a number that carries derivatives."""
    return y if isinstance(y, Number) else check_result(y, "func")


def check_fit(x: Any, name: str, like: Any, like_name: str) -> None:
    """Raise unless x is a tensor or number with the dtype and the shape of another one."""
    check_number(x, name)
    if x.dtype != like.dtype:
        raise TypeError(f"{name} must have the dtype {like.dtype} of {like_name}, got {x.dtype}")
    if x.shape != like.shape:
        raise ValueError(
            f"{name} must have the shape {tuple(like.shape)} of {like_name}, got {tuple(x.shape)}"
        )
