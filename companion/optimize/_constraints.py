"""SciPy's dictionaries of constraints, in the signs of the book: g(x) = 0 and h(x) <= 0."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from companion.calculus import approx_derivative
from companion.optimize._problem import DIFFERENCES, Problem

KEYS = {"type", "fun", "jac", "args"}


class Constraint:
    """One dictionary: values and Jacobian as tensors, with the sign of the book."""

    def __init__(self, given: Any, name: str, problem: Problem) -> None:
        if not isinstance(given, dict):
            raise TypeError(f"{name} must be a dictionary, got {type(given).__name__}")
        if given.get("type") not in ("eq", "ineq"):
            raise ValueError(f"{name}['type'] must be 'eq' or 'ineq', got {given.get('type')!r}")
        if unknown := sorted(set(given) - KEYS):
            raise ValueError(f"{name} must have the keys {sorted(KEYS)}, got {unknown[0]!r}")
        if not callable(given.get("fun")):
            raise TypeError(f"{name}['fun'] must be callable, got {given.get('fun')!r}")
        self.jac: Any = given.get("jac") or "3-point"
        if not (callable(self.jac) or self.jac in DIFFERENCES):
            raise TypeError(f"{name}['jac'] must be callable, None or one of {DIFFERENCES}")
        arguments = given.get("args", ())
        self.args = arguments if isinstance(arguments, tuple) else (arguments,)
        self.fun, self.name, self.problem = given["fun"], name, problem
        self.is_equality = given["type"] == "eq"
        self.sign = 1.0 if self.is_equality else -1.0
        self.size = len(self.value(problem.x0))

    def value(self, x: Tensor) -> Tensor:
        """Return g, or h = -fun, as a vector."""
        y = self._tensor(self.fun(self.problem.native(x), *self.args), x)
        if y.ndim > 1 or (hasattr(self, "size") and y.numel() != self.size):
            raise ValueError(f"{self.name}['fun'] must return a vector, got {tuple(y.shape)}")
        return self.sign * y.reshape(-1)

    def jacobian(self, x: Tensor) -> Tensor:
        """Return the Jacobian of g or h, one row for each entry."""
        if not callable(self.jac):
            return approx_derivative(self.value, x, self.jac)
        J = self._tensor(self.jac(self.problem.native(x), *self.args), x)
        shape = (self.size, len(x))
        if J.shape != shape and not (self.size == 1 and J.shape == shape[1:]):
            raise ValueError(f"{self.name}['jac'] must return {shape}, got {tuple(J.shape)}")
        return self.sign * J.reshape(shape)

    def _tensor(self, given: Any, x: Tensor) -> Tensor:
        return torch.as_tensor(given, dtype=x.dtype, device=x.device).detach()


class Constraints:
    """All constraints of a problem, one below the other."""

    def __init__(self, given: Any, problem: Problem) -> None:
        given = () if given is None else given
        several = isinstance(given, list | tuple)
        named = (
            {f"constraints[{k}]": c for k, c in enumerate(given)}
            if several
            else {"constraints": given}
        )
        self.parts = [Constraint(c, name, problem) for name, c in named.items()]
        self.sizes = [part.size for part in self.parts]
        x = problem.x0
        flags = [x.new_full((part.size,), float(part.is_equality)) for part in self.parts]
        self.is_equality = torch.cat([x.new_zeros(0), *flags]) > 0

    def value(self, x: Tensor) -> Tensor:
        """Return all g and h at x, in the order of the dictionaries."""
        return torch.cat([x.new_zeros(0), *(part.value(x) for part in self.parts)])

    def jacobian(self, x: Tensor) -> Tensor:
        """Return the Jacobian of all of them."""
        return torch.cat([x.new_zeros(0, len(x)), *(part.jacobian(x) for part in self.parts)])

    def project(self, multipliers: Tensor) -> Tensor:
        """Return multipliers that may stand: those of inequalities are not negative."""
        return torch.where(self.is_equality, multipliers, multipliers.clamp(min=0))

    def split(self, multipliers: Tensor) -> list[Tensor]:
        """Return one tensor for each dictionary."""
        return list(torch.split_with_sizes(multipliers, self.sizes)) if self.parts else []
