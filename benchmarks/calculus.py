"""What a gradient costs: in evaluations of the function, and against ``torch.func.grad``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from benchmarks._case import Case
from companion.calculus import approx_derivative, grad, hessian, jacfwd, taylor_coefficients

SIZES = (100, 1000)


def rosenbrock(x: Any) -> Any:
    """Σ 100 (xₖ₊₁ - xₖ²)² + (1 - xₖ)², of all variables."""
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def ways(x: Tensor) -> dict[str, Callable[[], object]]:
    """Return one call that gives the gradient for each way to it."""
    return {
        "reverse mode": partial(grad(rosenbrock), x),
        "dual numbers": partial(jacfwd(rosenbrock), x),
        "forward differences": partial(approx_derivative, rosenbrock, x, "2-point"),
        "central differences": partial(approx_derivative, rosenbrock, x, "3-point"),
    }


def cases() -> list[Case]:
    """Return each way to a gradient beside one evaluation, and the modes beside the library."""
    found = []
    for n in SIZES:
        x = torch.linspace(-1, 2, n, dtype=torch.float64)
        size, once = f"n = {n}", partial(rosenbrock, x)
        theirs = partial(torch.func.grad(rosenbrock), x)
        for name, ours in ways(x).items():
            label = f"gradient, {name}"
            found += [
                Case(family="calculus", name=label, size=size, peer=peer, ours=ours, theirs=call)
                for peer, call in (("one evaluation", once), ("torch.func.grad", theirs))
            ]
    x = torch.linspace(-1, 2, 20, dtype=torch.float64)
    found.append(Case(family="calculus", name="hessian", size="n = 20", peer="torch.func.hessian",
                      ours=partial(hessian(rosenbrock), x),
                      theirs=partial(torch.func.hessian(rosenbrock), x)))  # fmt: skip
    found.append(taylor())
    return found


def taylor() -> Case:
    """Taylor coefficients of order 8 beside the library's forward mode, nested eight times."""
    a = torch.tensor(0.7, dtype=torch.float64)

    def func(x: Any) -> Any:
        return torch.exp(torch.sin(x))

    def nested() -> object:
        f = func
        for _ in range(8):
            f = torch.func.grad(f)
        return f(a)

    return Case(family="calculus", name="taylor_coefficients", size="order 8",
                peer="torch.func.grad, 8 times", ours=partial(taylor_coefficients, func, a, 8),
                theirs=nested)  # fmt: skip
