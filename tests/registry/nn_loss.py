"""Rows of the losses of ``companion.nn``: every combination of options beside ``torch.nn``.

What is compared is the loss and its gradients to input and target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from tests.nn.losses import (
    CLASS_SHAPES,
    REDUCTIONS,
    class_count,
    classes,
    combinations,
    distribution,
    layer,
    positive,
    probabilities,
    scores,
    with_gradients,
)
from tests.registry._row import Arg, Bad, Call, Row, call

TOL = {torch.float64: 1e-12, torch.float32: 2e-5}
SHAPES = ((4,), (), (3, 2), (2, 1, 3), (0,), (2, 0))
FACTORS = ((3, 2), (2,), (3, 1), ())  # they broadcast to (3, 2)
Calls = Callable[[torch.Generator, torch.dtype], Iterator[Call]]


def errors(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in SHAPES:
        for options in combinations(reduction=(None, *REDUCTIONS)):
            x, t = scores(shape, g, dtype), scores(shape, g, dtype)
            yield call(x, t, label=f"{shape} {options}", **options)
    yield call(x, x.clone(), label="no error")
    yield call(scores((3, 2), g, dtype).mT, scores((2, 3), g, dtype), label="transposed memory")


def binary(draw: Callable[..., torch.Tensor], *factors: str) -> Calls:
    def calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for shape in SHAPES:
            for options in combinations(reduction=(None, *REDUCTIONS)):
                t = probabilities(shape, g, dtype)
                yield call(draw(shape, g, dtype), t, label=f"{shape} {options}", **options)
        some = [None, *(positive(shape, g, dtype) for shape in FACTORS)]
        for options in combinations(reduction=REDUCTIONS, **dict.fromkeys(factors, some)):
            x, t = draw((3, 2), g, dtype), probabilities((3, 2), g, dtype)
            yield call(x, t.round(), label=f"sure {options}", **options)
            yield call(x, t, label=str(options), **options)

    return calls


def by_class(draw: Callable[..., torch.Tensor], **more: tuple[Any, ...]) -> Calls:
    """Class indices: all shapes with all options, an ignored class, and others than int64."""

    def calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for shape in CLASS_SHAPES:
            weight = positive((class_count(shape),), g, dtype)
            some = {"weight": (None, weight), "reduction": REDUCTIONS, **more}
            for options in combinations(ignore_index=(None, 0, 2, 999), **some):
                x, y = draw(shape, g, dtype), classes(shape, g)
                y = torch.where(y == 1, options.get("ignore_index", y), y)
                yield call(x, y, label=f"{shape} {options}", **options)
        x, y = draw((5, 4), g, dtype), classes((5, 4), g)
        yield call(x, y, label="defaults")
        yield call(x, y.byte(), label="bytes")
        yield call(x, torch.full_like(y, -100), label="all ignored")
        yield call(x, torch.full_like(y, -100), reduction="sum", label="all ignored, sum")

    return calls


def by_class_or_distribution(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    smoothing = (None, 0.1, 1.0)
    yield from by_class(scores, label_smoothing=smoothing)(g, dtype)
    for shape in CLASS_SHAPES:
        weight = positive((class_count(shape),), g, dtype)
        for options in combinations(
            weight=(None, weight), reduction=REDUCTIONS, label_smoothing=smoothing
        ):
            x, t = scores(shape, g, dtype), distribution(shape, g, dtype)
            yield call(x, t, label=f"probabilities {shape} {options}", **options)


def log_probabilities(
    shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype
) -> torch.Tensor:
    return distribution(shape, g, dtype).log()


X = torch.full((3, 2), 0.5)
Y = torch.tensor([0, 1, 1])
# label: error, what the message says, input, target, options
Wrong = tuple[str, type[Exception], str, Any, Any, dict[str, Any]]
COMMON: list[Wrong] = [
    ("reduction", ValueError, r"\breduction\b.*'none', got 'max'", X, X, {"reduction": "max"}),
    ("size_average", TypeError, "size_average", X, X, {"size_average": True}),
    ("reduce", TypeError, "reduce", X, X, {"reduce": False}),
]
PAIR: list[Wrong] = [
    *COMMON,
    ("double", TypeError, r"target must have the dtype of input.*float64", X, X.double(), {}),
    ("broadcast", ValueError, r"target .*\(3, 2\), got \(2,\)", X, X[0], {}),
    ("column", ValueError, r"target .*\(3, 1\), got \(3,\)", X[:, :1], X[:, 0], {}),
]
FACTOR: list[Wrong] = [
    *PAIR,
    ("weight", ValueError, r"weight must broadcast.*got \(3,\)", X, X, {"weight": X[:, 0]}),
    ("larger", ValueError, r"weight .*got \(1, 3, 2\)", X, X, {"weight": X[None]}),
    ("double weight", TypeError, r"weight must have.*float64", X, X, {"weight": X.double()}),
]
PROBABILITY: list[Wrong] = [
    *FACTOR,
    ("above 1", ValueError, r"input must lie between 0 and 1, got 1.01", X + 0.51, X, {}),
    ("below 0", ValueError, r"input must lie between 0 and 1", X - 0.51, X, {}),
    ("NaN", ValueError, r"input must lie between 0 and 1, got nan", X * float("nan"), X, {}),
    ("target 2", ValueError, r"target must lie between 0 and 1", X, X * 4, {}),
]
POSITIVE: list[Wrong] = [
    *FACTOR,
    ("pos_weight", ValueError, r"pos_weight .*\(3,\)", X, X, {"pos_weight": X[:, 0]}),
    ("pos_weight list", TypeError, "pos_weight", X, X, {"pos_weight": [1.0, 2.0]}),
]
CLASS: list[Wrong] = [
    *COMMON,
    ("list", TypeError, r"target .*list", X, [0, 1, 1], {}),
    ("int32", TypeError, r"target .*int32", X, Y.int(), {}),
    ("too few", ValueError, r"target .*\(3,\).*got \(2,\)", X, Y[:2], {}),
    ("column", ValueError, r"target .*\(3,\).*got \(3, 1\)", X, Y[:, None], {}),
    ("unbatched", ValueError, r"target .*\(\).*got \(1,\)", X[0], Y[:1], {}),
    ("class 2", IndexError, r"target .*between 0 and 1.*got 2", X, Y + 1, {}),
    ("class -1", IndexError, r"target .*ignore_index=-100, got -1", X, Y - 1, {}),
    ("beside ignored", IndexError, r"target .*got 7", X, 7 * Y, {"ignore_index": 0}),
    ("weight", ValueError, r"weight .* 2 classes.*\(3,\)", X, Y, {"weight": X[:, 0]}),
    ("double weight", TypeError, r"weight .*float64", X, Y, {"weight": X[0].double()}),
    ("ignore text", TypeError, r"ignore_index .*str", X, Y, {"ignore_index": "0"}),
]
NLL: list[Wrong] = [
    *CLASS,
    ("probabilities", TypeError, r"target .*float32", X, X, {}),
    ("smoothing", TypeError, "label_smoothing", X, Y, {"label_smoothing": 0.1}),
]
CROSS: list[Wrong] = [
    *CLASS,
    ("double", TypeError, r"target must have the dtype of input.*float64", X, X.double(), {}),
    ("shape", ValueError, r"target .*\(3, 2\).*got \(3,\)", X, X[:, 0], {}),
    ("ignore", ValueError, "ignore_index needs classes.*got 1", X, X, {"ignore_index": 1}),
    ("smooth 2", ValueError, r"label_smoothing .*got 2", X, Y, {"label_smoothing": 2}),
    ("smooth NaN", ValueError, r"label_smoothing", X, Y, {"label_smoothing": float("nan")}),
    ("smooth text", TypeError, r"label_smoothing .*str", X, Y, {"label_smoothing": "1"}),
]


def refused(wrong: list[Wrong], made: bool) -> tuple[Bad, ...]:
    """Bad calls of a function, or of the layer that has been made with the options."""
    found = []
    for label, error, match, x, t, options in wrong:

        def use(f: Callable[..., Any], x: Any = x, t: Any = t, o: Any = options) -> Any:
            return f(**o)(x, t) if made else f(x, t, **o)

        found.append(Bad(label, use, error, match))
    return tuple(found)


def pair(
    function: str, class_name: str, inputs: Calls, wrong: list[Wrong], both: bool, deviation: str
) -> list[Row]:
    """The row of the function, and that of the layer."""
    places = [Arg("input", 0, finite=False), *[Arg("target", 1, finite=False)] * both]
    make = partial(
        Row, proof="library", inputs=inputs, tol=TOL, tensors=tuple(places), deviation=deviation
    )
    return [
        make(
            name=f"nn.functional.{function}",
            run=with_gradients,
            expected=partial(with_gradients, getattr(torch.nn.functional, function)),
            mirrors=f"torch.nn.functional.{function}",
            bad=refused(wrong, False),
        ),
        make(
            name=f"nn.{class_name}",
            run=layer,
            expected=partial(layer, getattr(torch.nn, class_name)),
            mirrors=f"torch.nn.{class_name}",
            bad=refused(wrong, True),
        ),
    ]


SAME = "Input and target of different dtype or shape are refused"
ON_CPU = "A class out of range is found on the CPU only; targets are int64 or uint8"
ROWS = [
    *pair("mse_loss", "MSELoss", errors, PAIR, True, f"{SAME}; torch warns and broadcasts"),
    *pair("l1_loss", "L1Loss", errors, PAIR, True, f"{SAME}; torch warns and broadcasts"),
    *pair(
        "binary_cross_entropy", "BCELoss", binary(probabilities, "weight"), PROBABILITY, True,
        f"{SAME}; the range is checked on the CPU only; the gradient to target is that of the "
        "clamped logarithms, where torch's is infinite",
    ),
    *pair(
        "binary_cross_entropy_with_logits", "BCEWithLogitsLoss",
        binary(scores, "weight", "pos_weight"), POSITIVE, True, SAME,
    ),
    *pair("nll_loss", "NLLLoss", by_class(log_probabilities), NLL, False, ON_CPU),
    *pair("cross_entropy", "CrossEntropyLoss", by_class_or_distribution, CROSS, False, ON_CPU),
]  # fmt: skip
