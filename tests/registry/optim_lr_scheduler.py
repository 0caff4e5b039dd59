"""Proofs of ``companion.optim.lr_scheduler``: every rate beside the library's, over 60 steps.

A row's call makes the schedule; ours and the library's then step equal optimizers, ours and the
library's, of three groups, with rates that are numbers or tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from companion import optim
from tests.optim.problem import options
from tests.optim.rates import MAKERS, course, make, same
from tests.registry._row import Bad, Call, Row, call

TOL = {torch.float64: 1e-15, torch.float32: 1e-15}
MUST: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": 7},
    "ExponentialLR": {"gamma": 0.93},
    "LinearLR": {},
    "CosineAnnealingLR": {"T_max": 20},
    "ReduceLROnPlateau": {"patience": 3},
    "OneCycleLR": {"max_lr": 0.7, "total_steps": 60},
}
CHANGES: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": 1, "gamma": 0.5},
    "ExponentialLR": {"gamma": 1.01},
    "LinearLR": {"start_factor": 0.7, "end_factor": 0.2, "total_iters": 23},
    "CosineAnnealingLR": {"T_max": 13, "eta_min": 0.001},
    "ReduceLROnPlateau": {"mode": "max", "factor": 0.6, "patience": 1, "threshold": 0.05,
                          "threshold_mode": "abs", "cooldown": 2, "min_lr": [0.05, 0.0, 0.3],
                          "eps": 0.01},
    "OneCycleLR": {"max_lr": [0.1, 0.2, 0.3], "pct_start": 0.45, "anneal_strategy": "linear",
                   "cycle_momentum": False, "base_momentum": 0.3,
                   "max_momentum": [0.9, 0.8, 0.7], "div_factor": 3.0, "final_div_factor": 10.0,
                   "three_phase": True},
}  # fmt: skip


def inputs(name: str) -> Callable[[torch.Generator, torch.dtype], Iterable[Call]]:
    def produce(_: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
        for chosen in options(CHANGES[name]):
            for kind in MAKERS:
                for tensor in (False, True):
                    optimizer = make(kind, dtype, tensor)
                    label = f"{kind.__module__}, tensor {tensor}, {chosen}"
                    yield call(optimizer, label=label, **(MUST[name] | chosen))

    return produce


def library(name: str) -> Callable[..., Any]:
    """The library's schedule, on an optimizer that ours has not touched."""
    theirs = getattr(torch.optim.lr_scheduler, name)
    return lambda optimizer, **chosen: theirs(optimizer.again(), **chosen)


def same_course(ours: Any, theirs: Any, tol: float) -> None:
    same(course(ours, 60), course(theirs, 60), tol)
    mine, expected = ours.state_dict(), theirs.state_dict()
    assert mine.keys() <= expected.keys()
    for key in mine.keys() - {"_last_lr", "base_lrs"}:  # the rates are compared above
        assert mine[key] == expected[key], key


def bad(
    label: str, match: str, error: type[Exception] = ValueError, /, kind: Any = None, **given: Any
) -> Callable[[dict[str, Any]], Bad]:
    """A call with the arguments that must be given, and others that are wrong."""

    def build(must: dict[str, Any]) -> Bad:
        def attempt(f: Any) -> Any:
            return f(make(kind or optim.SGD, torch.float64), **(must | given))

        return Bad(label, attempt, error, match)

    return build


def number(name: str, wrong: float = -0.5) -> list[Callable[[dict[str, Any]], Bad]]:
    return [
        bad(f"{name} {wrong}", rf"\b{name}\b.* got {wrong}", **{name: wrong}),
        bad(f"{name} NaN", rf"\b{name}\b.* got nan", **{name: float("nan")}),
        bad(f"{name} text", rf"\b{name}\b.* got str", TypeError, **{name: "1"}),
    ]


def integer(name: str, least: int) -> list[Callable[[dict[str, Any]], Bad]]:
    below = least - 1
    return [
        bad(f"{name} {below}", rf"\b{name}\b must be at least {least}, got", **{name: below}),
        bad(f"{name} 2.5", rf"\b{name}\b must be an integer, got float", TypeError, **{name: 2.5}),
    ]


LAST = [
    *integer("last_epoch", -1),
    bad("resumed without a start", "initial_lr", KeyError, last_epoch=3, kind=torch.optim.SGD),
]
WRONG: dict[str, list[Callable[[dict[str, Any]], Bad]]] = {
    "StepLR": [*integer("step_size", 1), *number("gamma"), *LAST],
    "ExponentialLR": [*number("gamma"), *LAST],
    "LinearLR": [
        *number("start_factor"),
        *number("end_factor"),
        *integer("total_iters", 1),
        *LAST,
        bad("no start", r"start_factor must be in \(0, 1\].* got 0 and", start_factor=0),
        bad("large start", r"start_factor .* got 1.5 and", start_factor=1.5),
        bad("large end", r"end_factor in \[0, 1\].* and 1.5", end_factor=1.5),
    ],
    "CosineAnnealingLR": [
        *number("T_max"),
        *number("eta_min"),
        *LAST,
        bad("no period", "T_max must be above 0", T_max=0),
    ],
    "ReduceLROnPlateau": [
        *number("factor"),
        *number("threshold"),
        *number("eps"),
        *number("min_lr"),
        *integer("patience", 0),
        *integer("cooldown", 0),
        bad("no reduction", r"\bfactor\b.* below 1, got 1.0", factor=1.0),
        bad("mode", r"\bmode must be 'min' or 'max', got 'least'", mode="least"),
        bad("kind of threshold", r"threshold_mode must be .* got 'x'", threshold_mode="x"),
        bad("two bounds", "min_lr must have one value for 3 groups, got 2", min_lr=[0.1, 0.1]),
        bad("verbose", "unexpected keyword argument 'verbose'", TypeError, verbose=True),
    ],
    "OneCycleLR": [
        *number("max_lr"),
        *number("pct_start"),
        *number("div_factor"),
        *number("final_div_factor"),
        *number("base_momentum"),
        *number("max_momentum"),
        *integer("total_steps", 1),
        *LAST,
        bad("two maxima", "max_lr must have one value for 3 groups, got 2", max_lr=[1.0, 1.0]),
        bad("late top", "pct_start must be at most 1, got 1.5", pct_start=1.5),
        bad("no rise", "the rise would have no length", pct_start=0.1, total_steps=10),
        bad("divided by 0", r"\bdiv_factor must be above 0", div_factor=0),
        bad("finally divided by 0", "final_div_factor must be above 0", final_div_factor=0),
        bad("strategy", "anneal_strategy must be .* got 'x'", anneal_strategy="x"),
        bad("no length", "total_steps or both", total_steps=None, epochs=3),
        bad("no epochs", r"\bepochs\b", total_steps=None, epochs=0, steps_per_epoch=3),
        bad("no steps", "steps_per_epoch", total_steps=None, epochs=3, steps_per_epoch=0),
        bad("no momentum", "cycle_momentum needs", kind=optim.Adagrad),
    ],
}


def row(name: str) -> Row:
    must = MUST[name]
    no_optimizer = Bad("no optimizer", lambda f: f([], **must), TypeError, r"\boptimizer\b.* list")
    return Row(
        name=f"optim.lr_scheduler.{name}",
        proof="library",
        inputs=inputs(name),
        expected=library(name),
        compare=same_course,
        tol=TOL,
        mirrors=f"torch.optim.lr_scheduler.{name}",
        bad=(no_optimizer, *(build(must) for build in WRONG[name])),
    )


ROWS = [row(name) for name in MUST]
