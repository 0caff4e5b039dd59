"""Rows of ``companion.nn.init``: the very numbers of ``torch.nn.init`` from equal generators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call, close

SHAPES = [(3, 5), (64, 7), (4, 3, 2, 2)]
EXACT = dict.fromkeys((torch.float64, torch.float32), 0.0)
NAMES = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
         "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")  # fmt: skip


def drawn(function: Any, tensor: Tensor, *args: Any, random: bool, **kwargs: Any) -> Tensor:
    """Let the function fill a copy on the CPU, with a generator of its own where it draws."""
    copy = tensor.detach().cpu().clone().requires_grad_()
    if random:
        kwargs["generator"] = torch.Generator().manual_seed(3)
    filled = function(copy, *args, **kwargs)
    assert filled is copy
    assert filled.grad_fn is None
    return filled.detach().to(tensor.device)


def calls(options: list[dict[str, Any]], shapes: list[Any]) -> Callable[..., Iterator[Call]]:
    def make(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for shape, chosen in product(shapes, options):
            x = torch.randn(shape, generator=g, dtype=dtype)
            yield call(x, label=f"{shape} {chosen}", **chosen)

    return make


def row(name: str, options: list[dict[str, Any]], *bad: Bad, random: bool = True,
        shapes: list[Any] = SHAPES) -> Row:  # fmt: skip
    theirs = getattr(torch.nn.init, name)
    return Row(name=f"nn.init.{name}", proof="library", inputs=calls(options, shapes),
               run=partial(drawn, random=random), expected=partial(drawn, theirs, random=random),
               tol=EXACT, mirrors=f"torch.nn.init.{name}", bad=(*bad, LIST),
               deviation="complex tensors raise TypeError" if random else "")  # fmt: skip


def gain_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for name in NAMES:
        yield call(name)
        yield call(name, 0.2)
        yield call(name, param=3)


def as_float(ours: Any, theirs: Any, tol: float) -> None:
    close(ours, float(theirs), tol)


def wrong(label: str, error: type[Exception], match: str, *args: Any, **kwargs: Any) -> Bad:
    return Bad(label, lambda f: f(*args, **kwargs), error, match)


ONES = torch.ones(2, 3)
LIST = Bad(
    "list",
    lambda f: f([1.0], 1.0) if f.__name__ == "constant_" else f([1.0]),
    TypeError,
    "^tensor must be a torch.Tensor, got list",
)
INTEGERS = wrong("integers", TypeError, "^tensor .*floating-point.*int32", ONES.int())
SEED = wrong("seed", TypeError, "^generator must be a torch.Generator, got int", ONES, generator=1)
RANK = wrong("vector", ValueError, r"^tensor must have 2 or more dimensions, got \(3,\)", ONES[0])
GAIN = wrong("gain", TypeError, "^gain must be a real number, got str", ONES, gain="1")
EMPTY = wrong("empty", ValueError, r"^tensor .*got \(0, 0\)", ONES[:0, :0])
XAVIER = (INTEGERS, SEED, RANK, GAIN, EMPTY)
KAIMING = (
    INTEGERS,
    SEED,
    RANK,
    wrong("slope", TypeError, "^a must be a real number, got str", ONES, a="1"),
    wrong("mode", ValueError, "^mode must be fan_in or fan_out, got 'fan'", ONES, mode="fan"),
    wrong("mode 1", TypeError, "^mode must be a string, got int", ONES, mode=1),
    wrong("name", ValueError, "^nonlinearity must be one of", ONES, nonlinearity="swish"),
)
UNIFORM = (
    wrong("order", ValueError, "^a must be at most b, got a=2.0 and b=1.0", ONES, 2.0),
    wrong("a", TypeError, "^a must be a real number, got str", ONES, "1"),
    wrong("b", TypeError, "^b must be a real number, got str", ONES, 0.0, "1"),
)
NORMAL = (
    wrong("std", ValueError, "^std must be at least 0, got -1.0", ONES, 0.0, -1.0),
    wrong("std NaN", ValueError, "^std must be at least 0, got nan", ONES, 0.0, float("nan")),
    wrong("std text", TypeError, "^std must be a real number, got str", ONES, 0.0, "1"),
    wrong("mean", TypeError, "^mean must be a real number, got str", ONES, "1"),
)
GAINS: list[dict[str, Any]] = [{}, {"gain": 5 / 3}, {"gain": 2}]
KINDS = [{"nonlinearity": name, "mode": mode, "a": a}
         for name, mode, a in product(NAMES, ("fan_in", "fan_out"), (0, 0.3))]  # fmt: skip
ANY: list[Any] = [(), (5,), (0, 3), *SHAPES]

ROWS = [
    row("zeros_", [{}], random=False, shapes=ANY),
    row("constant_", [{"val": 0.3}, {"val": -2}],
        wrong("text", TypeError, "^val must be a real number, got str", ONES, "1"),
        random=False, shapes=ANY),
    row("uniform_", [{}, {"a": -2.0, "b": 0.5}, {"a": 1, "b": 1}], INTEGERS, SEED, *UNIFORM,
        shapes=ANY),
    row("normal_", [{}, {"mean": -2.0, "std": 0.5}, {"std": 0}], INTEGERS, SEED, *NORMAL,
        shapes=ANY),
    row("xavier_uniform_", GAINS, *XAVIER, shapes=[(0, 3), *SHAPES]),
    row("xavier_normal_", GAINS, *XAVIER, shapes=[(0, 3), *SHAPES]),
    row("kaiming_uniform_", [{}, {"mode": "FAN_OUT"}, *KINDS], *KAIMING),
    row("kaiming_normal_", [{}, {"mode": "FAN_OUT"}, *KINDS], *KAIMING),
    Row(
        name="nn.init.calculate_gain",
        proof="library",
        inputs=gain_calls,
        expected=torch.nn.init.calculate_gain,
        compare=as_float,
        tol=EXACT,
        mirrors="torch.nn.init.calculate_gain",
        bad=(
            wrong("name", ValueError, "^nonlinearity must be one of .*, got 'swish'", "swish"),
            wrong("number", TypeError, "^nonlinearity must be a string, got list", ["tanh"]),
            wrong("slope", TypeError, "^param must be a real number, got str", "leaky_relu", "1"),
        ),
    ),
]  # fmt: skip
