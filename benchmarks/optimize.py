"""The minimisers against SciPy on Rosenbrock's function: evaluations, and time."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize

from benchmarks._case import Case
from companion import optimize

METHODS = ("BFGS", "CG", "L-BFGS-B", "Nelder-Mead")
SIZES = (2, 10)


def run(minimize: Callable[..., Any], method: str, n: int) -> Any:
    """Minimise from the usual start, with the gradient where the method uses one."""
    x0 = np.tile([-1.2, 1.0], n // 2)
    jac = None if method == "Nelder-Mead" else scipy.optimize.rosen_der
    return minimize(scipy.optimize.rosen, x0, method=method, jac=jac)


def case(method: str, n: int) -> Case:
    """Compare the time; the label tells the evaluations of both, which no clock disturbs."""
    ours = functools.partial(run, optimize.minimize, method, n)
    theirs = functools.partial(run, scipy.optimize.minimize, method, n)
    evaluations = f"{ours().nfev} and {theirs().nfev} evaluations"
    return Case(family="optimize", name=method, size=f"n = {n}, {evaluations}",
                peer="scipy.optimize.minimize", ours=ours, theirs=theirs)  # fmt: skip


def cases() -> list[Case]:
    """Return one case for each method and size."""
    return [case(method, n) for method, n in itertools.product(METHODS, SIZES)]
