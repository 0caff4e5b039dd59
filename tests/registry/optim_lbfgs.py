"""Proof of ``companion.optim.LBFGS``: parameters, losses and counts beside the library's.

A row's call makes the optimizer of one of three problems; ``same_descent`` lets ours and the
library's take six steps from the same start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from tests.optim.descent import PROBLEMS, descend
from tests.optim.problem import options
from tests.registry._row import Bad, Call, Row, call, close
from tests.registry.optim import at_least_zero, bad

# Iterations feed rounding back: in float32 only the bowl, which pulls all paths together, is exact.
TOL = {torch.float64: 1e-10, torch.float32: 1e-4}
CHANGES: dict[str, Any] = {
    "lr": 0.7,
    "max_iter": 7,
    "max_eval": 5,
    "tolerance_grad": 1e-2,
    "tolerance_change": 1e-4,
    "history_size": 3,
    "line_search_fn": "strong_wolfe",
}


def inputs(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    for chosen in options(CHANGES):
        # Without a line search the valley of Rosenbrock's function throws the steps far away.
        names = PROBLEMS if "line_search_fn" in chosen else ("quadratic", "network")
        for name in names if dtype == torch.float64 else ("quadratic",):
            start = PROBLEMS[name].start(g, dtype)
            start[0].problem = name
            yield call(start, label=f"{name}, {chosen}", **chosen)


def same_descent(ours: Any, theirs: Any, tol: float) -> None:
    """Both may hold the same tensors, so the first descent is undone before the second."""
    assert ours.defaults == {key: theirs.defaults[key] for key in ours.defaults}
    tensors = ours.param_groups[0]["params"]
    problem = PROBLEMS[tensors[0].problem]
    before = [w.detach().clone() for w in tensors]
    mine, counts = descend(ours, problem, 6)
    with torch.no_grad():
        for w, old in zip(tensors, before, strict=True):
            w.copy_(old)
    expected, their_counts = descend(theirs, problem, 6)
    close(mine, expected, tol)
    if expected[0].dtype == torch.float64:
        assert counts == their_counts


def count(name: str) -> tuple[Bad, ...]:
    return (
        bad(f"{name} 0", rf"\b{name}\b must be at least 1, got 0", **{name: 0}),
        bad(f"{name} 2.5", rf"\b{name}\b must be an integer, got float", TypeError, **{name: 2.5}),
    )


ROWS = [
    Row(
        name="optim.LBFGS",
        proof="library",
        inputs=inputs,
        expected=torch.optim.LBFGS,
        compare=same_descent,
        tol=TOL,
        mirrors="torch.optim.LBFGS",
        bad=(
            *at_least_zero("tolerance_grad", "tolerance_change"),
            *count("max_iter"),
            *count("max_eval"),
            *count("history_size"),
            Bad(
                "empty group",
                lambda f: f([{"params": []}]),
                ValueError,
                "params must .* empty group",
            ),
            bad("search", "line_search_fn must be .* got armijo", line_search_fn="armijo"),
            Bad(
                "two groups",
                lambda f: f([{"params": [torch.zeros(2)]}, {"params": [torch.ones(2)]}]),
                ValueError,
                "params must be one group",
            ),
        ),
        deviation=(
            "Complex parameters (TypeError), options of NaN and counts below 1 (ValueError) are "
            "refused, an unknown line search by the constructor; no 0/0 between level points of "
            "one height; a tensor rate that a schedule fills is not the memory of the last step"
        ),
    )
]
