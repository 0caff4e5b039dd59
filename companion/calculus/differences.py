"""Derivatives from differences of function values: forward, central, and the complex step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from companion.calculus._check import check_callable, check_result, check_step, check_tensor

Function = Callable[[Tensor], Tensor]
# The power of the machine epsilon where truncation and rounding balance. The complex step
# subtracts nothing, so there its truncation, of order h², only has to vanish in rounding.
POWERS = {"2-point": 1 / 2, "3-point": 1 / 3, "cs": 1 / 2}
SCHEMES = {"forward": "2-point", "central": "3-point"}


def derivative(
    f: Function,
    x: Tensor,
    h: float | None = None,
    scheme: Literal["forward", "central"] = "central",
) -> Tensor:
    """Approximate the derivative of a function of one variable at every element of ``x``.

    ::

        forward  f'(x) ≈ (f(x + h) - f(x)) / h              error h/2 |f''|
        central  f'(x) ≈ (f(x + h) - f(x - h)) / (2 h)      error h²/6 |f'''|

    Parameters
    ----------
    f : maps a tensor to a tensor of the same shape, element by element.
    x : Tensor[...], where the derivative is wanted.
    h : step; by default max(1, \\|x\\|) times √ε (forward) or ε^(1/3) (central), with the machine
        epsilon ε. A step that is lost when it is added to x gives NaN.
    scheme : ``"forward"`` or ``"central"``.

    Raises
    ------
    TypeError
        If f is not callable or returns no tensor, x no floating-point tensor, or h no number.
    ValueError
        If h is not above 0, the scheme unknown, or f changes the shape.

    Proven equal to the closed form, and of order 1 and 2 in h (``tests/test_registry.py``,
    ``tests/calculus/test_differences.py``).

    Book: chapters/03-optimization/derivatives
    """
    check_callable(f, "f")
    check_tensor(x, "x")
    check_step(h, "h")
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {list(SCHEMES)}, got {scheme!r}")
    steps = _steps(x, SCHEMES[scheme], h)
    right = x + steps
    left = x if scheme == "forward" else x - steps
    y = check_result(f(right), "f")
    if y.shape != x.shape:
        raise ValueError(f"f must keep the shape {tuple(x.shape)}, got {tuple(y.shape)}")
    return (y - f(left)) / (right - left)


def approx_derivative(
    fun: Function,
    x0: Tensor,
    method: Literal["2-point", "3-point", "cs"] = "3-point",
    abs_step: float | None = None,
) -> Tensor:
    """Approximate the gradient or Jacobian of ``fun``, one column J[..., k] per input k.

    With the unit vector e of input k and n inputs::

        2-point  (f(x + h e) - f(x)) / h              n + 1 evaluations, error O(h)
        3-point  (f(x + h e) - f(x - h e)) / (2 h)    2 n evaluations,   error O(h²)
        cs       Im f(x + i h e) / h                  n evaluations,     O(h²), no cancellation

    The names, arguments and methods are those of SciPy's function; by default SciPy
    shifts a negative input to the left in its 2-point method, here all go to the right.

    Parameters
    ----------
    fun : maps a tensor of the shape of x0 to a tensor of any shape; for ``"cs"`` it must accept
        complex numbers and be analytic (no ``abs``, no conjugate).
    x0 : Tensor[...], not empty.
    abs_step : step for every input; by default max(1, \\|x\\|) times √ε, ε^(1/3) or √ε for the
        three methods, with the machine epsilon ε. A step lost in rounding gives NaN.

    Returns
    -------
    Tensor of shape ``fun(x0).shape + x0.shape``: [n] for a number, [m, n] for m numbers.

    Raises
    ------
    TypeError
        If fun is not callable or returns no tensor, x0 no floating-point tensor, or abs_step no
        number; for ``"cs"`` also if fun returns real numbers.
    ValueError
        If x0 is empty, abs_step not above 0, or the method unknown.

    Proven equal to closed forms, of order 1 and 2 in the step, and for ``"2-point"`` to
    ``scipy.optimize.approx_fprime`` (``tests/test_registry.py``,
    ``tests/calculus/test_differences.py``).

    Book: chapters/03-optimization/derivatives
    """
    check_callable(fun, "fun")
    check_tensor(x0, "x0")
    check_step(abs_step, "abs_step")
    if method not in POWERS:
        raise ValueError(f"method must be one of {list(POWERS)}, got {method!r}")
    if x0.numel() == 0:
        raise ValueError(f"x0 must not be empty, got shape {tuple(x0.shape)}")
    steps = _steps(x0, method, abs_step).reshape(-1)
    column = {"2-point": _forward, "3-point": _central, "cs": _complex}[method](fun, x0)
    columns = [column(k, h) for k, h in enumerate(steps)]
    return torch.stack(columns, dim=-1).reshape(columns[0].shape + x0.shape)


Column = Callable[[int, Tensor], Tensor]


def _forward(fun: Function, x: Tensor) -> Column:
    start = check_result(fun(x), "fun")

    def column(k: int, h: Tensor) -> Tensor:
        right = _moved(x, k, h)
        return (fun(right) - start) / _distance(right, x, k)

    return column


def _central(fun: Function, x: Tensor) -> Column:
    def column(k: int, h: Tensor) -> Tensor:
        right, left = _moved(x, k, h), _moved(x, k, -h)
        return (check_result(fun(right), "fun") - fun(left)) / _distance(right, left, k)

    return column


def _complex(fun: Function, x: Tensor) -> Column:
    def column(k: int, h: Tensor) -> Tensor:
        y = check_result(fun(_moved(x, k, 1j * h)), "fun")
        if not y.is_complex():
            raise TypeError(f"fun must return complex numbers for method 'cs', got {y.dtype}")
        return y.imag / h

    return column


def _steps(x: Tensor, method: str, h: float | None) -> Tensor:
    """Return the step of each element."""
    if h is not None:
        return torch.full_like(x, h)
    epsilon = torch.finfo(x.dtype).eps
    relative: float = epsilon ** POWERS[method]
    return relative * x.abs().clamp(min=1)


def _moved(x: Tensor, k: int, h: Tensor) -> Tensor:
    """Return a copy of x whose element k is larger by h."""
    shift = torch.zeros_like(x, dtype=h.dtype, memory_format=torch.contiguous_format)
    shift.view(-1)[k] = h
    return x + shift


def _distance(right: Tensor, left: Tensor, k: int) -> Tensor:
    """Return the step that was really taken: rounding x + h changes it."""
    return right.reshape(-1)[k] - left.reshape(-1)[k]
