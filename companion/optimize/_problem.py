"""The objective as the methods see it: on tensors, counted, checked, with the path taken so far."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.calculus import approx_derivative

DIFFERENCES = ("2-point", "3-point", "cs")
# What a method can say at its end; only status 0 is a success. The numbers are SciPy's.
MESSAGES = {
    0: "Optimization terminated successfully.",
    1: "Maximum number of iterations has been exceeded.",
    2: "Desired error not necessarily achieved due to precision loss.",
    3: "NaN result encountered.",
    99: "`callback` raised `StopIteration`.",
}


def to_tensor(x: Any, name: str = "x0") -> Tensor:
    """Return a starting point as a tensor of one dimension, a copy of its own.

    Raises
    ------
    TypeError
        If it holds no real numbers.
    ValueError
        If it has more than one dimension, no entries, or entries that are not finite.
    """
    if not isinstance(x, Tensor):
        array = np.asarray(x)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
        x = torch.as_tensor(array.astype(array.dtype if array.dtype.kind == "f" else float))
    if not x.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {x.dtype}")
    if x.ndim > 1 or x.numel() == 0:
        raise ValueError(f"{name} must be one number or a vector, got shape {tuple(x.shape)}")
    if not bool(torch.isfinite(x).all()):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    start: Tensor = x.detach().clone().reshape(-1)
    return start


def to_number(value: Any, name: str = "fun") -> float:
    """Return what an objective gave as a float; NaN and infinity pass.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it has more than one entry.
    """
    if isinstance(value, Tensor | np.ndarray) and math.prod(value.shape) != 1:
        raise ValueError(f"{name} must return one number, got shape {tuple(value.shape)}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must return a real number, got {type(value).__name__}") from None


class Problem:
    """An objective with its derivatives, a starting point and a record of the way.

    ``value``, ``gradient`` and ``hessian`` take and return tensors, whether the caller's functions
    work on tensors or on NumPy arrays: the kind of ``x0`` decides. The same point is evaluated
    once. A derivative that is not given is replaced by differences: forward differences of the
    objective (``jac``), central differences of the gradient (``hess``).
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        x0: Any,
        args: tuple[Any, ...] = (),
        jac: Any = None,
        hess: Any = None,
        callback: Callable[..., Any] | None = None,
    ) -> None:
        for name, given in (("fun", fun), ("hess", hess), ("callback", callback)):
            if not callable(given) and (name == "fun" or given is not None):
                raise TypeError(f"{name} must be callable, got {type(given).__name__}")
        if not (callable(jac) or jac is True or jac is None or jac in DIFFERENCES):
            raise TypeError(
                f"jac must be callable, True, None or one of {DIFFERENCES}, got {jac!r}"
            )
        self.tensors = isinstance(x0, Tensor)
        self.x0 = to_tensor(x0)
        self.args = args if isinstance(args, tuple) else (args,)
        self.fun, self.jac, self.hess, self.callback = fun, jac, hess, callback
        self.nfev = self.njev = self.nhev = 0
        self.trajectory: list[Tensor] = []
        self.fun_history: list[float] = []
        self._values: tuple[Tensor, float] | None = None
        self._gradients: tuple[Tensor, Tensor] | None = None

    def native(self, x: Tensor) -> Any:
        """Return a copy of x of the caller's kind, so that nobody can change the iterate."""
        return x.detach().clone() if self.tensors else x.detach().cpu().numpy().copy()

    def value(self, x: Tensor) -> float:
        """Return the objective at x."""
        if self._values is None or not torch.equal(self._values[0], x):
            self.nfev += 1
            given = self.fun(self.native(x), *self.args)
            if self.jac is True:
                given, slope = given
                self._gradients = (x.clone(), self._checked(slope, x, "jac", x.shape))
            self._values = (x.clone(), to_number(given))
        return self._values[1]

    def gradient(self, x: Tensor) -> Tensor:
        """Return the gradient at x, of the shape of x."""
        if self._gradients is None or not torch.equal(self._gradients[0], x):
            self.njev += 1
            if callable(self.jac):
                slope = self.jac(self.native(x), *self.args)
                self._gradients = (x.clone(), self._checked(slope, x, "jac", x.shape))
            elif self.jac is True:
                self._values = None
                self.value(x)
            else:
                slope = approx_derivative(self._numbers, x, self.jac or "2-point")
                self._gradients = (x.clone(), slope)
        assert self._gradients is not None  # for mypy: every branch above has set it
        return self._gradients[1]

    def hessian(self, x: Tensor) -> Tensor:
        """Return the matrix of second derivatives at x."""
        self.nhev += 1
        if self.hess is None:
            H = approx_derivative(self.gradient, x, "3-point")
            return (H + H.mT) / 2
        H = self.hess(self.native(x), *self.args)
        return self._checked(H, x, "hess", (len(x), len(x)))

    def record(self, x: Tensor) -> bool:
        """Add an iterate to the trajectory, tell the callback, and say whether it wants to stop."""
        self.trajectory.append(x.clone())
        self.fun_history.append(self.value(x))
        if self.callback is None or len(self.trajectory) == 1:
            return False
        try:
            if "intermediate_result" in inspect.signature(self.callback).parameters:
                state = OptimizeResult(x=self.native(x), fun=self.value(x))
                self.callback(intermediate_result=state)
            else:
                self.callback(self.native(x))
        except StopIteration:
            return True
        return False

    def result(self, x: Tensor, status: int, message: str = "", **more: Any) -> OptimizeResult:
        """Return the end of the way with SciPy's fields, ``trajectory`` and ``fun_history``."""
        path = torch.stack(self.trajectory) if self.trajectory else x[None]
        history = x.new_tensor(self.fun_history)
        fields = {
            "x": self.native(x),
            "fun": self.value(x),
            "success": status == 0,
            "status": status,
            "message": message or MESSAGES[status],
            "nit": max(len(self.trajectory) - 1, 0),
            "trajectory": self.native(path),
            "fun_history": self.native(history),
        }
        if self._gradients is not None and torch.equal(self._gradients[0], x):
            fields["jac"] = self.native(self._gradients[1])
        counts = {"nfev": self.nfev, "njev": self.njev, "nhev": self.nhev}
        given = {k: self.native(v) if isinstance(v, Tensor) else v for k, v in more.items()}
        return OptimizeResult(**fields, **counts, **given)

    def _numbers(self, x: Tensor) -> Tensor:
        """Return the objective as a tensor, for differences; complex numbers pass."""
        self.nfev += 1
        given = self.fun(self.native(x), *self.args)
        if isinstance(given, tuple):
            given = given[0]
        if x.is_complex():
            return torch.as_tensor(given, dtype=x.dtype, device=x.device).reshape(())
        return x.new_tensor(to_number(given))

    def _checked(self, given: Any, x: Tensor, name: str, shape: tuple[int, ...]) -> Tensor:
        """Return a derivative as a tensor of the dtype of x, or say how its shape is wrong."""
        found = torch.as_tensor(given, dtype=x.dtype, device=x.device).detach()
        if len(shape) == 1 and found.numel() == shape[0] == 1:
            found = found.reshape(shape)
        if found.shape != torch.Size(shape):
            raise ValueError(
                f"{name} must return the shape {tuple(shape)}, got {tuple(found.shape)}"
            )
        return found
