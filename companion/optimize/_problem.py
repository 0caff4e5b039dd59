"""The objective as the methods see it: on tensors, counted, checked, with the path taken so far."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.calculus import approx_derivative
from companion.optimize._convert import to_number as to_number
from companion.optimize._convert import to_tensor as to_tensor
from companion.optimize._second_differences import second_differences

Function = Callable[..., Any]
DIFFERENCES = ("2-point", "3-point", "cs")
# What a method can say at its end; only status 0 is a success. The numbers are SciPy's, but 4.
MESSAGES = {
    0: "Optimization terminated successfully.",
    1: "Maximum number of iterations has been exceeded.",
    2: "Desired error not necessarily achieved due to precision loss.",
    3: "NaN result encountered.",
    4: "The Hessian is singular: Newton's step does not exist.",
    99: "`callback` raised `StopIteration`.",
}


class Problem:
    """An objective with its derivatives, a starting point and a record of the way.

    ``value``, ``gradient`` and ``hessian`` take and return tensors, whether the caller's functions
    work on tensors or on NumPy arrays: the kind of ``x0`` decides. The last point is remembered
    and not evaluated again. A derivative that is not given is replaced by differences: forward
    differences of the objective (``jac``), central differences of a given gradient or second
    differences of the objective (``hess``).
    """

    def __init__(
        self,
        fun: Function,
        x0: Any,
        args: tuple[Any, ...] = (),
        jac: Any = None,
        hess: Any = None,
        callback: Function | None = None,
    ) -> None:
        for name, given in (("fun", fun), ("hess", hess), ("callback", callback)):
            if not callable(given) and (name == "fun" or given is not None):
                raise TypeError(f"{name} must be callable, got {type(given).__name__}")
        known = callable(jac) or jac is None or isinstance(jac, bool) or jac in DIFFERENCES
        if not known:
            raise TypeError(f"jac must be callable, True, None or of {DIFFERENCES}, got {jac!r}")
        self.tensors = isinstance(x0, Tensor)
        self.x0 = to_tensor(x0)
        self.args = args if isinstance(args, tuple) else (args,)
        if jac is True:
            both = _ValueAndGradient(fun)
            fun, jac = both.value, both.gradient
        self.fun, self.hess, self.callback = fun, hess, callback
        self.jac: Any = jac or "2-point"
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
            self._values = (x.clone(), self.evaluate(x))
        return self._values[1]

    def evaluate(self, x: Tensor) -> float:
        """Return the objective at x, whether it is known or not."""
        self.nfev += 1
        return to_number(self.fun(self.native(x), *self.args))

    def gradient(self, x: Tensor) -> Tensor:
        """Return the gradient at x, of the shape of x."""
        if self._gradients is None or not torch.equal(self._gradients[0], x):
            self._gradients = (x.clone(), self._slope(x))
        return self._gradients[1]

    def remember(self, x: Tensor, value: float, gradient: Tensor | None = None) -> None:
        """Take in what a method knows of x, so that it is not evaluated again."""
        self._values = (x.clone(), value)
        if gradient is not None:
            self._gradients = (x.clone(), gradient)

    def hessian(self, x: Tensor) -> Tensor:
        """Return the matrix of second derivatives at x."""
        self.nhev += 1
        if self.hess is not None:
            return self._checked(self.hess(self.native(x), *self.args), x, "hess", x.numel())
        if self.jac in ("2-point", "3-point"):
            # Differences of differences would divide the rounding error by the step twice.
            return second_differences(self.evaluate, x, self.value(x))
        H = approx_derivative(self._slope, x, "3-point")
        return (H + H.mT) / 2

    def record(self, x: Tensor) -> bool:
        """Add an iterate to the trajectory, tell the callback, and say whether it wants to stop."""
        self.trajectory.append(x.clone())
        self.fun_history.append(self.value(x))
        if self.callback is None or len(self.trajectory) == 1:
            return False
        try:
            if _wants_result(self.callback):
                state = OptimizeResult(x=self.native(x), fun=self.fun_history[-1])
                self.callback(intermediate_result=state)
            else:
                self.callback(self.native(x))
        except StopIteration:
            return True
        return False

    def result(self, x: Tensor, status: int, message: str = "", **more: Any) -> OptimizeResult:
        """Return the end of the way with SciPy's fields, ``trajectory`` and ``fun_history``."""
        seen = bool(self.trajectory) and torch.equal(self.trajectory[-1], x)
        path = torch.stack(self.trajectory) if self.trajectory else x[None]
        fields = {
            "x": x,
            "fun": self.fun_history[-1] if seen else self.value(x),
            "success": status == 0,
            "status": status,
            "message": message or MESSAGES[status],
            "nit": max(len(self.trajectory) - 1, 0),
            "nfev": self.nfev,
            "njev": self.njev,
            "nhev": self.nhev,
            "trajectory": path,
            "fun_history": x.new_tensor(self.fun_history),
        }
        if self._gradients is not None and torch.equal(self._gradients[0], x):
            fields["jac"] = self._gradients[1]
        fields |= more
        return OptimizeResult(
            {k: self.native(v) if isinstance(v, Tensor) else v for k, v in fields.items()}
        )

    def _slope(self, x: Tensor) -> Tensor:
        """Return the gradient at x, whether it is known or not."""
        self.njev += 1
        if callable(self.jac):
            return self._checked(self.jac(self.native(x), *self.args), x, "jac")
        if self.jac == "2-point":
            self.value(x)  # then the differences start from a known value
        return approx_derivative(self._numbers, x, self.jac)

    def _numbers(self, x: Tensor) -> Tensor:
        """Return the objective as a tensor, for differences; complex numbers pass."""
        if x.is_complex():
            self.nfev += 1
            given = self.fun(self.native(x), *self.args)
            return torch.as_tensor(given, dtype=x.dtype, device=x.device).reshape(())
        known = self._values is not None and torch.equal(self._values[0], x)
        return x.new_tensor(self.value(x) if known else self.evaluate(x))

    def _checked(self, given: Any, x: Tensor, name: str, columns: int = 0) -> Tensor:
        """Return a copy of a derivative in the dtype of x, or say what is wrong with it."""
        shape = (x.numel(), columns) if columns else (x.numel(),)
        if not isinstance(given, Tensor):
            given = np.array(given)
            if given.dtype.kind not in "iuf":
                raise TypeError(f"{name} must return real numbers, got dtype {given.dtype}")
        found = torch.as_tensor(given, device=x.device).detach().to(x.dtype, copy=True)
        if x.numel() == 1 and found.numel() == 1:
            found = found.reshape(shape)
        if found.shape != torch.Size(shape):
            raise ValueError(f"{name} must return the shape {shape}, got {tuple(found.shape)}")
        return found


class _ValueAndGradient:
    """Two functions of one that returns both (``jac=True``), called once for each point."""

    def __init__(self, fun: Function) -> None:
        self.fun = fun
        self.x: Any = None
        self.found: Any = None

    def value(self, x: Any, *args: Any) -> Any:
        return self._look(x, args)[0]

    def gradient(self, x: Any, *args: Any) -> Any:
        return self._look(x, args)[1]

    def _look(self, x: Any, args: tuple[Any, ...]) -> Any:
        if self.x is None or not bool((self.x == x).all()):
            point = x.clone() if isinstance(x, Tensor) else x.copy()
            self.found, self.x = self.fun(x, *args), point
            if not (isinstance(self.found, tuple) and len(self.found) == 2):
                raise TypeError(f"fun must return (value, gradient) for jac=True, got {self.found}")
        return self.found


def _wants_result(callback: Function) -> bool:
    """Say whether a callback takes SciPy's ``intermediate_result`` instead of x."""
    try:
        return set(inspect.signature(callback).parameters) == {"intermediate_result"}
    except ValueError:  # a built-in function without a signature
        return False
