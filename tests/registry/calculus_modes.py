"""Rows of the derivatives that ``companion.calculus`` composes: ``torch.func``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tests.calculus.programs import runs, total
from tests.registry._row import Bad, Call, Row, call, close

EXACT = {torch.float64: 1e-12, torch.float32: 1e-4}
ONES = torch.ones(3)
Made = Callable[..., Any]


def vjp_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for func, args in runs(g, dtype):
        yield call(func, *args, label=func.__name__)


def same_pull(ours: Any, expected: Any, tol: float) -> None:
    """Compare the values, and what both functions make of one cotangent."""
    close(ours[0], expected[0], tol)
    v = torch.linspace(-1, 2, ours[0].numel(), dtype=ours[0].dtype).reshape(ours[0].shape)
    close(ours[1](v), expected[1](v), tol)


class At:
    """A program, and the arguments at which its derivatives are compared."""

    def __init__(self, func: Made, args: tuple[Any, ...]) -> None:
        self.func, self.args, self.__name__ = func, args, func.__name__

    def __call__(self, *args: Any) -> Any:
        return self.func(*args)


def choices(scalar: bool) -> Any:
    """Return the inputs of a transformation: every program, by one argument and by all."""

    def calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for func, args in runs(g, dtype):
            f = At(total(func) if scalar else func, args)
            yield call(f, label=func.__name__)
            yield call(f, len(args) - 1, label=f"{func.__name__} last")
            yield call(f, tuple(range(len(args))), label=f"{func.__name__} all")

    return calls


def tree_map(change: Made, tree: Any) -> Any:
    """Change every tensor of nested tuples."""
    return tuple(tree_map(change, t) for t in tree) if isinstance(tree, tuple) else change(tree)


def with_func(made: Made) -> Made:
    """Return a transformation that gives its function back as well, for the comparison."""
    return lambda func, *more: (func, made(func, *more))


def same_function(ours: Any, expected: Any, tol: float) -> None:
    func, theirs = expected
    # The library's jacfwd turns a float32 number without dimensions times 0.5 into float64.
    same = tree_map(lambda t: t.to(func.args[0].dtype), theirs(*func.args))
    close(ours(*func.args), same, tol)


CASES: tuple[tuple[str, type[Exception], str, Callable[[Any], Any]], ...] = (
    ("no function", TypeError, "^func must be callable", lambda d: d(1.0)),
    ("argnums float", TypeError, "^argnums .* got float", lambda d: d(torch.sum, 0.0)),
    ("argnums bool", TypeError, "^argnums .* got bool", lambda d: d(torch.sum, True)),
    ("argnums list", TypeError, "^argnums .* got list", lambda d: d(torch.sum, [0])),
    ("argnums none", ValueError, "^argnums .* empty", lambda d: d(torch.sum, ())),
    ("argnums high", ValueError, "^argnums .* 1, got 1", lambda d: d(torch.sum, 1)(ONES)),
    ("argnums low", ValueError, "^argnums .* got -2", lambda d: d(torch.sum, -2)(ONES)),
    ("twice", ValueError, r"^argnums .* \(0, -1\)", lambda d: d(torch.sum, (0, -1))(ONES)),
    ("number", TypeError, "must be a torch.Tensor, got float", lambda d: d(torch.sin)(1.0)),
    ("integers", TypeError, "floating-point dtype, got torch.int32", lambda d: d(abs)(ONES.int())),
    ("result", TypeError, "^func must return .* got int", lambda d: d(lambda x: 1)(ONES)),
    ("rule", TypeError, "no rule for the function 'erf'", lambda d: d(torch.erf)(ONES)),
)
BAD = tuple(Bad(label, make, error, match) for label, error, match, make in CASES)


def row(name: str, made: Made, scalar: bool = False, bad: tuple[Bad, ...] = (), **more: Any) -> Row:
    """Return the row of a transformation of ``torch.func``."""
    return Row(
        name=f"calculus.{name}",
        proof="library",
        inputs=choices(scalar),
        expected=with_func(made),
        compare=same_function,
        tol=EXACT,
        mirrors=f"torch.func.{name}",
        bad=(*BAD, *bad),
        **more,
    )


VECTOR = Bad(
    "vector", lambda d: d(torch.sin)(ONES), ValueError, r"^func must return a number.*\(3,\)"
)
NEGATIVE = "a negative argnums counts from the end; the library's jacfwd gives zeros for it"
ROWS = [
    Row(
        name="calculus.vjp",
        proof="library",
        inputs=vjp_calls,
        expected=torch.func.vjp,
        compare=same_pull,
        tol=EXACT,
        mirrors="torch.func.vjp",
        bad=(
            Bad("no function", lambda v: v(1.0, ONES), TypeError, "^func must be callable"),
            Bad("no primals", lambda v: v(torch.sin), ValueError, "^primals .* got none"),
            Bad("number", lambda v: v(torch.sin, 1.0), TypeError, "^primals .* got float"),
            Bad("integers", lambda v: v(torch.sin, ONES.int()), TypeError, "^primals .*int32"),
            Bad("result", lambda v: v(lambda x: 1, ONES), TypeError, "^func must return.*int"),
            Bad("list", lambda v: v(torch.sin, ONES)[1]([1.0]), TypeError, "^v must .* got list"),
            Bad("dtype", lambda v: v(torch.sin, ONES)[1](ONES.double()), TypeError, "^v .*64"),
            Bad("shape", lambda v: v(torch.sum, ONES)[1](ONES), ValueError, r"^v .*\(\).*\(3,\)"),
        ),
    ),
    row("grad", torch.func.grad, scalar=True, bad=(VECTOR,)),
    row("jacrev", torch.func.jacrev),
    row("jacfwd", torch.func.jacfwd, deviation=NEGATIVE),
    row("hessian", torch.func.hessian, deviation=NEGATIVE),
]
