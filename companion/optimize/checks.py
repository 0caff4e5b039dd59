"""Check a gradient that was written by hand against differences of the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from companion.optimize._kinds import as_real, check_function

EPSILON = float(np.sqrt(np.finfo(float).eps))


def approx_fprime(xk: Any, f: Callable[..., Any], epsilon: Any = EPSILON, *args: Any) -> Any:
    """Approximate the gradient or Jacobian of f by forward differences.

    Column k is (f(x + ε_k e_k) - f(x)) / ε_k: n + 1 evaluations, error ε_k/2 \\|f''\\|.

    Parameters
    ----------
    xk : Tensor[n] or array, the point; it decides the kind of everything else.
    f : maps the point to a number or to m numbers, called as ``f(x, *args)``.
    epsilon : step, one for all or one for each input. A step that is lost when it is added to x is
        replaced by √ε_machine max(1, \\|x\\|), away from 0.

    Returns
    -------
    Tensor[n] for a number, Tensor[m, n] for m numbers.

    Raises
    ------
    TypeError
        If f is not callable, or xk or epsilon hold no real numbers.
    ValueError
        If xk is no vector, or epsilon is zero or has another shape.

    Mirrors ``scipy.optimize.approx_fprime``.

    Proven equal to ``scipy.optimize.approx_fprime`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/newton
    """
    check_function(f, "f")
    x = as_real(xk, "xk").detach().reshape(-1) if np.ndim(xk) == 0 else as_real(xk, "xk").detach()
    if x.ndim != 1 or not len(x):
        raise ValueError(f"xk must be a vector with entries, got shape {tuple(x.shape)}")

    def value(point: Tensor) -> Tensor:
        y = f(point.clone() if isinstance(xk, Tensor) else point.numpy().copy(), *args)
        y = torch.as_tensor(y, dtype=x.dtype, device=x.device).detach()
        if y.ndim > 1:
            raise ValueError(f"f must return a number or a vector, got shape {tuple(y.shape)}")
        return y.reshape(-1)

    start, columns = value(x), []
    for k, step in enumerate(_steps(x, epsilon)):
        right = x.clone()
        right[k] += step
        columns.append((value(right) - start) / (right[k] - x[k]))
    J = torch.stack(columns, dim=-1)
    J = J[0] if len(J) == 1 else J
    return J if isinstance(xk, Tensor) else J.numpy()


def check_grad(
    func: Callable[..., Any],
    grad: Callable[..., Any],
    x0: Any,
    *args: Any,
    epsilon: Any = EPSILON,
) -> float:
    """Return the Euclidean norm of a gradient minus its forward differences.

    A correct gradient of values of order 1 gives about 1e-7 in double precision; a wrong one gives
    the size of its mistake.

    Parameters
    ----------
    func : the function, called as ``func(x, *args)``.
    grad : its gradient or Jacobian, called in the same way.
    x0 : Tensor[n] or array, the point.
    epsilon : step of the differences, see :func:`approx_fprime`.

    Raises
    ------
    TypeError
        If func or grad are not callable, or x0 holds no real numbers.
    ValueError
        If x0 is no vector, or grad has another shape than the differences.

    Mirrors ``scipy.optimize.check_grad``.

    Proven equal to ``scipy.optimize.check_grad`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/newton
    """
    check_function(func, "func")
    check_function(grad, "grad")
    expected = as_real(approx_fprime(x0, func, epsilon, *args), "func")
    found = as_real(grad(x0.clone() if isinstance(x0, Tensor) else np.array(x0), *args), "grad")
    if found.shape != expected.shape:
        raise ValueError(
            f"grad must return the shape {tuple(expected.shape)}, got {tuple(found.shape)}"
        )
    return float(torch.linalg.vector_norm(found.detach() - expected))


def _steps(x: Tensor, epsilon: Any) -> Tensor:
    """Return the step of each input, none of which is lost in rounding."""
    steps = as_real(epsilon, "epsilon", x)
    if steps.numel() not in (1, len(x)) or steps.ndim > 1:
        raise ValueError(f"epsilon must have 1 or {len(x)} entries, got shape {tuple(steps.shape)}")
    if not bool((steps != 0).all()):
        raise ValueError(f"epsilon must not be zero, got {steps.tolist()}")
    safe = torch.finfo(x.dtype).eps ** 0.5 * x.abs().clamp(min=1)
    return torch.where(x + steps == x, torch.where(x < 0, -safe, safe), steps)
