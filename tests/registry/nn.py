"""Rows of ``companion.nn``: output and gradients against ``torch.nn``, for every option."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.nn.passes import both_passes, module_passes
from tests.registry._row import Arg, Bad, Call, Row, call, close

TOL = {torch.float64: 1e-12, torch.float32: 2e-6}
SHAPES = [(), (5,), (3, 4), (2, 3, 4), (0, 3)]
Options = Iterable[dict[str, Any]]


def inputs(shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype) -> Iterator[Tensor]:
    """Ordinary numbers, a corner, extreme and non-finite ones, and memory in another order."""
    x = 3 * torch.randn(shape, generator=g, dtype=dtype)
    yield x
    if len(shape) > 1 and x.numel():
        yield x.mT.contiguous().mT
        for special in (0.0, 1000.0, -1000.0, 21.0, math.inf, -math.inf, math.nan):
            x = x.clone()
            x[-1, -1] = special
            yield x


def activation_calls(options: Options) -> Callable[..., Iterator[Call]]:
    def make(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for chosen in options:
            for shape in SHAPES:
                for x in inputs(shape, g, dtype):
                    yield call(x, label=f"{shape} {chosen}", **chosen)

    return make


def softmax_calls(options: Options = ({},)) -> Callable[..., Iterator[Call]]:
    """Every dimension of every shape; sums of nothing and sums with infinity as well."""

    def make(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for chosen in options:
            for shape in [*SHAPES, (3, 0)]:
                for dim in range(-max(len(shape), 1), max(len(shape), 1)):
                    for x in inputs(shape, g, dtype):
                        yield call(x, dim=dim, label=f"{shape} dim {dim} {chosen}", **chosen)

    return make


def operands(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in [(3,), (5, 3), (0, 3), (1, 3), (2, 4, 3), (2, 0, 3), (2, 2, 2, 3)]:
        x = torch.randn(shape, generator=g, dtype=dtype)
        W = torch.randn(2, 3, generator=g, dtype=dtype)
        b = torch.randn(2, generator=g, dtype=dtype)
        yield call(x, W, b, label=f"{shape}")
        yield call(x, W, label=f"{shape} without bias")
        yield call(x.mT.contiguous().mT if x.ndim > 1 else x, W.t().contiguous().t(), b)
    yield call(x.new_ones(4, 0), x.new_ones(2, 0), b, label="no inputs")
    yield call(x.new_ones(4, 3), x.new_ones(0, 3), x.new_ones(0), label="no units")


def linear_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for bias in (True, False):
        for shape in [(3,), (5, 3), (0, 3), (2, 4, 3), (2, 0, 3)]:
            x = torch.randn(shape, generator=g, dtype=dtype)
            kinds = {"in_features": 3, "out_features": 2, "bias": bias, "dtype": dtype}
            yield call(x, label=f"{shape} bias={bias}", **kinds)


def flatten_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in [(2, 3), (2, 3, 4), (2, 3, 1, 2), (0, 3, 2), (2, 0, 3)]:
        x = torch.randn(shape, generator=g, dtype=dtype)
        yield call(x, label=f"{shape}")
        yield call(x.mT, label=f"{shape} other memory")
        for first in range(-len(shape), len(shape)):
            for last in range(first % len(shape), len(shape)):
                yield call(x, start_dim=first, end_dim=last, label=f"{shape} {first}:{last}")
                yield call(x, start_dim=first, end_dim=last - len(shape))
    for shape in [(), (3,)]:
        yield call(torch.randn(shape, generator=g, dtype=dtype), start_dim=0, label=f"{shape}")


def identity_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in SHAPES:
        yield call(torch.randn(shape, generator=g, dtype=dtype), unused=1)


def same(ours: tuple[Tensor, ...], theirs: tuple[Tensor, ...], tol: float) -> None:
    """Compare output and gradients; an input that was converted first is as coarse as its type."""
    close(ours, theirs, max(tol, TOL[theirs[0].dtype]))


TWO = torch.ones(2, 3)
LISTS: tuple[Bad, ...] = (
    Bad("list", lambda f: f([1.0]), TypeError, r"^input must be a torch.Tensor, got list"),
    Bad("integers", lambda f: f(TWO.int()), TypeError, "^input .*floating-point.*torch.int32"),
    Bad("complex", lambda f: f(TWO * 1j), TypeError, r"^input .* real .*complex64"),
)


def refuses(name: str, value: Any, error: type[Exception], match: str, *first: Any) -> Bad:
    """An option that a function (after its input) or a layer must refuse."""
    return Bad(f"{name} {value}", lambda f: f(*first, **{name: value}), error, match)


def numbers(*names: str, first: tuple[Any, ...]) -> tuple[Bad, ...]:
    found = [refuses(n, "1", TypeError, rf"^{n} must be a real number, got str", *first)
             for n in names]  # fmt: skip
    found += [refuses(n, TWO, TypeError, rf"^{n} .* got Tensor", *first) for n in names]
    return tuple(found)


def no_inplace(*first: Any) -> tuple[Bad, ...]:
    return (refuses("inplace", True, TypeError, "unexpected keyword argument 'inplace'", *first),)


INPLACE = "inplace is absent; integers and complex numbers raise TypeError"
KINDS = "integers and complex numbers raise TypeError"


def function_row(name: str, calls: Any, *bad: Bad, deviation: str = KINDS, **more: Any) -> Row:
    theirs = getattr(torch.nn.functional, name)
    return Row(name=f"nn.functional.{name}", proof="library", inputs=calls, run=both_passes,
               expected=partial(both_passes, theirs), compare=same, tol=TOL,
               mirrors=f"torch.nn.functional.{name}", bad=bad, deviation=deviation,
               **more)  # fmt: skip


def layer_row(name: str, calls: Any, *bad: Bad, deviation: str = KINDS, **more: Any) -> Row:
    theirs = getattr(torch.nn, name)
    return Row(name=f"nn.{name}", proof="library", inputs=calls, run=module_passes,
               expected=partial(module_passes, theirs), compare=same, tol=TOL,
               mirrors=f"torch.nn.{name}", bad=bad, deviation=deviation, **more)  # fmt: skip


OPTIONS: dict[str, tuple[str, Options]] = {
    "Sigmoid": ("sigmoid", [{}]),
    "Tanh": ("tanh", [{}]),
    "ReLU": ("relu", [{}]),
    "LeakyReLU": ("leaky_relu", [{}, {"negative_slope": 0.3}, {"negative_slope": -1.5},
                                 {"negative_slope": 0}]),
    "ELU": ("elu", [{}, {"alpha": 0.3}, {"alpha": 2}, {"alpha": -1.0}, {"alpha": 0}]),
    "SELU": ("selu", [{}]),
    "Softplus": ("softplus", [{}, {"beta": 2.5}, {"beta": 0.3, "threshold": 3.0},
                              {"threshold": -1}, {"beta": -1.0}]),
}  # fmt: skip


def activation_rows() -> Iterator[Row]:
    for layer, (function, options) in OPTIONS.items():
        names = {key for chosen in options for key in chosen}
        made = numbers(*sorted(names), first=())
        given = numbers(*sorted(names), first=(TWO,))
        rectifier = layer.endswith("LU")
        why = INPLACE if rectifier else KINDS
        made += no_inplace()
        given += no_inplace(TWO)
        bad_inputs = tuple(
            Bad(b.label, lambda f, b=b: b.make(f()), b.error, b.match) for b in LISTS
        )
        calls = activation_calls(options)
        yield layer_row(layer, calls, *made, *bad_inputs, deviation=why)
        yield function_row(function, calls, *given, *LISTS, deviation=why)


def softmax_rows() -> Iterator[Row]:
    dims = (("1", TypeError, "got str"), (2, ValueError, "-2 to 1.* got 2"), (-3, ValueError, "-3"))
    for layer, function in (("Softmax", "softmax"), ("LogSoftmax", "log_softmax")):
        made = tuple(
            Bad(f"dim {d}", lambda f, d=d: f(dim=d)(TWO), e, rf"^dim .*{m}") for d, e, m in dims
        )
        given = tuple(refuses("dim", d, e, rf"^dim .*{m}", TWO) for d, e, m in dims)
        given += (refuses("dtype", torch.int64, TypeError, r"^dtype .*int64", TWO, 0),)
        bad_inputs = tuple(Bad(b.label, lambda f, b=b: b.make(f(1)), b.error, b.match)
                           for b in LISTS)  # fmt: skip
        types: Options = [{}, {"dtype": torch.float64}, {"dtype": torch.float32}]
        yield layer_row(layer, softmax_calls(), *made, *bad_inputs)
        yield function_row(function, softmax_calls(types), *given, *LISTS)


WEIGHT = torch.ones(2, 3)
ARGUMENTS = (
    Bad("width", lambda f: f(torch.ones(4, 2), WEIGHT), ValueError,
        r"^input must have the shape \(..., 3\).*\(2, 3\), got \(4, 2\)"),
    Bad("dtypes", lambda f: f(torch.ones(4, 3).double(), WEIGHT), TypeError,
        r"^input must have the dtype torch.float32 of weight, got torch.float64"),
    Bad("bias dtype", lambda f: f(torch.ones(4, 3), WEIGHT, torch.ones(2).double()), TypeError,
        r"^bias must have the dtype torch.float32 of weight, got torch.float64"),
    Bad("bias size", lambda f: f(torch.ones(4, 3), WEIGHT, torch.ones(3)), ValueError,
        r"^bias must have the shape \(2,\), got \(3,\)"),
    Bad("vector", lambda f: f(torch.ones(3), torch.ones(3)), ValueError,
        r"^weight must have 2 dimensions, got the shape \(3,\)"),
)  # fmt: skip
SIZES = (
    Bad("text", lambda f: f("3", 2), TypeError, "^in_features must be an integer, got str"),
    Bad("fraction", lambda f: f(3, 2.0), TypeError, "^out_features must be an integer, got float"),
    Bad("below 0", lambda f: f(-1, 2), ValueError, "^in_features must not be negative, got -1"),
    Bad("integers", lambda f: f(3, 2, dtype=torch.int64), TypeError, "^dtype .*torch.int64"),
    Bad("complex", lambda f: f(3, 2, dtype=torch.complex64), TypeError, "^dtype .*complex64"),
    Bad("width", lambda f: f(3, 2)(torch.ones(4, 2)), ValueError, r"^input .*3\).* got \(4, 2\)"),
    Bad("dtypes", lambda f: f(3, 2)(torch.ones(4, 3).double()), TypeError, "^input .*float64"),
)
DIMENSIONS = (
    Bad("list", lambda f: f()([1.0]), TypeError, "^input must be a torch.Tensor, got list"),
    Bad("text", lambda f: f("1"), TypeError, "^start_dim must be an integer, got str"),
    Bad("end", lambda f: f(1, 1.0), TypeError, "^end_dim must be an integer, got float"),
    Bad("vector", lambda f: f()(torch.ones(3)), ValueError, r"^start_dim .*\(3,\), got 1"),
    Bad("far", lambda f: f(1, 2)(TWO), ValueError, r"^end_dim .*\(2, 3\), got 2"),
    Bad("order", lambda f: f(1, 0)(TWO), ValueError, r"^start_dim must not come after end_dim"),
)
INPUT = (Arg("input", 0, ndim=1, finite=False),)
TENSORS = tuple(Arg(name, i, finite=False) for i, name in enumerate(("input", "weight", "bias")))

ROWS = [
    layer_row("Linear", linear_calls, *SIZES, tensors=INPUT),
    layer_row("Identity", identity_calls, deviation=""),
    layer_row("Flatten", flatten_calls, *DIMENSIONS, deviation=""),
    *activation_rows(),
    *softmax_rows(),
    function_row("linear", operands, *ARGUMENTS, tensors=TENSORS,
                 deviation=f"{KINDS}; weight has 2 dimensions, bias 1; sparse ones are absent"),
]  # fmt: skip
