"""Proofs of ``companion.optim``: 100 steps beside ``torch.optim``, for all pairs of options.

A row's call makes the optimizer; ``same_walk`` then lets ours and the library's take the same
steps from the same start, and compares every parameter after every step and the state at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from tests.optim.problem import options, parameters, states, walk
from tests.registry._row import Bad, Call, Row, call, close

TOL = {torch.float64: 1e-12, torch.float32: 1e-4}
SGD = {"lr": 0.02, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1, "maximize": True}
ADAM = {"lr": 0.03, "betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.2, "amsgrad": True,
        "maximize": True}  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {
    "SGD": SGD,
    "Adagrad": {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.2, "eps": 1e-3,
                "initial_accumulator_value": 0.4, "maximize": True},
    "RMSprop": {"lr": 0.03, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.2, "momentum": 0.7,
                "centered": True, "maximize": True},
    "Adadelta": {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.2, "maximize": True},
    "Adam": ADAM | {"decoupled_weight_decay": True},
    "AdamW": ADAM,
}  # fmt: skip
NESTEROV = {"nesterov": True, "momentum": 0.8}


def choices(name: str) -> Iterable[dict[str, Any]]:
    """Every pair of options; Nesterov's needs a momentum and knows no dampening."""
    yield from options(CHANGES[name])
    yield CHANGES[name]
    if name == "SGD":
        rest = {key: SGD[key] for key in ("lr", "weight_decay", "maximize")}
        yield from (NESTEROV | more for more in options(rest))


def inputs(name: str) -> Callable[[torch.Generator, torch.dtype], Iterable[Call]]:
    def make(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
        for chosen in choices(name):
            yield call(parameters(g, dtype), label=str(chosen), **chosen)

    return make


def same_walk(ours: Any, theirs: Any, tol: float) -> None:
    """Both may hold the same tensors, so the first walk is undone before the second."""
    assert ours.defaults == {key: theirs.defaults[key] for key in ours.defaults}
    tensors = ours.param_groups[0]["params"]
    start = [w.clone() for w in tensors]
    mine = [w.cpu() for w in walk(ours, 100)]
    for w, before in zip(tensors, start, strict=True):
        w.copy_(before)
        w.grad = None
    close(mine, walk(theirs, 100), tol)
    assert states(ours).keys() == states(theirs).keys()
    for number, expected in states(theirs).items():
        assert states(ours)[number].keys() == expected.keys()
        for key, value in expected.items():
            close(states(ours)[number][key].cpu(), value, tol)


def bad(label: str, match: str, error: type[Exception] = ValueError, **given: Any) -> Bad:
    return Bad(label, lambda f: f([torch.zeros(2)], **given), error, match)


def at_least_zero(*names: str) -> tuple[Bad, ...]:
    """The options that must not be below 0, and everything else that holds for all optimizers."""
    found = [Bad("a tensor", lambda f: f(torch.zeros(2)), TypeError, r"\bparams\b")]
    found.append(Bad("no parameters", lambda f: f([]), ValueError, "empty parameter list"))
    complex_one = torch.zeros(2, dtype=torch.complex64)
    found.append(Bad("complex", lambda f: f([complex_one]), TypeError, "params must be real"))
    found.append(bad("two rates", r"\blr\b.*\(2,\)", lr=torch.ones(2)))
    for name in ("lr", *names):
        found.append(bad(f"{name} below 0", rf"\b{name}\b.* got -0.5", **{name: -0.5}))
        found.append(bad(f"{name} NaN", rf"\b{name}\b.* got nan", **{name: float("nan")}))
        found.append(bad(f"{name} text", rf"\b{name}\b.* got str", TypeError, **{name: "1"}))
    for name in ("foreach", "fused", "capturable", "differentiable"):
        found.append(bad(name, f"unexpected keyword argument '{name}'", TypeError, **{name: True}))
    return tuple(found)


def row(name: str, *checked: str, also: tuple[Bad, ...] = ()) -> Row:
    return Row(
        name=f"optim.{name}",
        proof="library",
        inputs=inputs(name),
        expected=getattr(torch.optim, name),
        compare=same_walk,
        tol=TOL,
        mirrors=f"torch.optim.{name}",
        bad=at_least_zero(*checked) + also,
        deviation=DEVIATION,
    )


DEVIATION = (
    "Sparse gradients (RuntimeError) and complex parameters (TypeError) are refused; options of "
    "NaN raise ValueError"
)
BETAS = (
    bad("first beta", r"betas\[0\].* below 1, got 1.0", betas=(1.0, 0.9)),
    bad("second beta", r"betas\[1\].* got -0.1", betas=(0.9, -0.1)),
    bad("second beta 1", r"betas\[1\].* below 1, got 1", betas=(0.9, 1)),
    bad("tensor betas", r"betas\[0\].* got Tensor", TypeError, betas=(torch.ones(()), 0.9)),
)
NO_MOMENTUM = (
    bad("nesterov alone", r"nesterov needs .*momentum=0\b", nesterov=True),
    bad("dampened", r"dampening=0.1", nesterov=True, momentum=0.9, dampening=0.1),
    bad("dampening text", r"\bdampening\b.* got str", TypeError, dampening="1"),
)
MORE_THAN_ONE = (bad("rho", r"\brho\b.* got 1.5", rho=1.5),)

ROWS = [
    row("SGD", "momentum", "weight_decay", also=NO_MOMENTUM),
    row("Adagrad", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"),
    row("RMSprop", "alpha", "eps", "weight_decay", "momentum"),
    row("Adadelta", "rho", "eps", "weight_decay", also=MORE_THAN_ONE),
    row("Adam", "eps", "weight_decay", also=BETAS),
    row("AdamW", "eps", "weight_decay", also=BETAS),
]
