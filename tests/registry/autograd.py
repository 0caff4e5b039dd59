"""Rows of ``companion.autograd``: engine, backpropagation and check against ``torch.autograd``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from tests.autograd.networks import LOSSES, by_autograd, problem
from tests.registry._row import Arg, Bad, Call, Row, call

TOL = {torch.float64: 1e-12, torch.float32: 2e-5}
F64 = torch.float64


def formula(x: Any, y: Any) -> Any:
    """Every operation, of values or of tensors."""
    z = (x * y + x.sin()) ** 2 - 2 / (y + 3) + x.exp() * (1.5 - y).cos() + 0.5**x
    return -z.tanh() + (z.sigmoid() + 2).log() ** y + (x - 0.1).relu() / (1 + x)


def points(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for x, y in torch.rand(5, 2, generator=g, dtype=dtype).tolist():
        yield call(x + 0.2, y + 0.2)


def engine(found: Any, x: float, y: float) -> list[float]:
    values = (found(x), found(y))
    result = formula(*values)
    result.backward()
    return [result.data, *(v.grad for v in values)]


def library(x: float, y: float) -> list[float]:
    leaves = [torch.tensor(v, dtype=F64, requires_grad=True) for v in (x, y)]
    result = formula(*leaves)
    result.backward()
    return [float(v) for v in (result.detach(), *(w.grad for w in leaves if w.grad is not None))]


def second(found: Any, x: float, y: float) -> list[float]:
    from companion.autograd import Value

    values = (Value(x), Value(y))
    slopes = found(formula(*values), values, create_graph=True)
    return [s.data for s in slopes] + [b for s in slopes for b in found(s, values)]


def second_library(x: float, y: float) -> list[float]:
    leaves = [torch.tensor(v, dtype=F64, requires_grad=True) for v in (x, y)]
    slopes = torch.autograd.grad(formula(*leaves), leaves, create_graph=True)
    bends = [b for s in slopes for b in torch.autograd.grad(s, leaves, retain_graph=True)]
    return [float(v.detach()) for v in (*slopes, *bends)]


def order_of(found: Any, x: float, y: float) -> list[int]:
    """Return where the values of f = (x y) + x stand in the order."""
    from companion.autograd import Value

    a, b = Value(x), Value(y)
    product = a * b
    f = product + a
    return [found(f).index(v) for v in (a, b, product, f)]


def networks(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for sizes in ((3, 1), (4, 3, 2), (5, 7, 6, 3), (3, 3, 3, 3, 3)):
        for seed, loss in enumerate(LOSSES):
            params, X, y = problem(sizes, loss, 6, seed, dtype)
            yield call(params, X, y, loss, label=f"{sizes} {loss}")
            activation = ("tanh", "relu", "identity")[seed]
            given = {"activation": activation, "weight_decay": 0.2}
            yield call(params, X, y, loss, label=f"{sizes} {loss} {activation}", **given)


def plain(found: Any, *args: Any, **kwargs: Any) -> Any:
    return tuple(found(*args, **kwargs))


def epochs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for this in networks(g, dtype):
        yield Call((*this.args[:3], 0.05, 4, *this.args[3:]), this.kwargs, this.label)


def epoch(found: Any, params: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
    """On a copy, since the parameters change."""
    copies = [(W.clone(), b.clone()) for W, b in params]
    J = found(copies, *args, **kwargs)
    return [J, *(w for layer in copies for w in layer)]


def library_epoch(
    params: Any, X: Tensor, y: Tensor, lr: float, size: int, loss: str, **given: Any
) -> list[Tensor]:
    copies = [(W.clone(), b.clone()) for W, b in params]
    optimizer = torch.optim.SGD([w for layer in copies for w in layer], lr=lr)
    total = X.new_zeros(())
    for rows, labels in zip(X.split(size), y.split(size), strict=True):
        J, *_, gradients = by_autograd(copies, rows, labels, loss, **given)
        for layer, pair in zip(copies, gradients, strict=True):
            for w, g in zip(layer, pair, strict=True):
                w.grad = g
        total += J * len(rows)
        optimizer.step()
    return [total / len(X), *(w for layer in copies for w in layer)]


def checks(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    x = torch.rand(3, generator=g, dtype=dtype).requires_grad_()
    for f in (torch.sin, torch.prod, lambda x: x + x.detach(), lambda x: (x.exp(), x.sum())):
        for options in ({}, {"rtol": 0.6}, {"atol": 2.0}, {"eps": 1e-3}):
            yield call(f, x, raise_exception=False, **options)


ONES = torch.ones(4, 3, dtype=F64)
LAYERS = [(torch.ones(2, 3, dtype=F64), torch.ones(2, dtype=F64))]
CLASSES = torch.zeros(4, dtype=torch.int64)
NEEDED = torch.ones(3, dtype=F64, requires_grad=True)


def bad(label: str, match: str, error: type[Exception] = ValueError, **given: Any) -> Bad:
    all_given = {"params": LAYERS, "X": ONES, "y": CLASSES} | given
    return Bad(label, lambda f: f(**all_given), error, match)


def bad_networks() -> tuple[Bad, ...]:
    (W, b), half = LAYERS[0], torch.full((4, 2), 0.4, dtype=F64)
    return (
        bad("tensor", "^params .*got Tensor", TypeError, params=W),
        bad("no layer", "^params .*one layer", params=[]),
        bad("no pair", r"^params\[0\] .* got Tensor", TypeError, params=[W]),
        bad("float32", r"^params\[0\]: W .*float64, got torch.float32", TypeError,
            params=[(W.float(), b)]),
        bad("inputs", r"^params\[0\] .*3 inputs.*\(2, 2\)", params=[(W[:, :2], b)]),
        bad("biases", r"^params\[0\] .*\(2, 3\) and b \(1,\)", params=[(W, b[:1])]),
        bad("second", r"^params\[1\] .*2 inputs.*\(2, 3\)", params=LAYERS * 2),
        bad("bias rank", r"^params\[0\]: b .*\(1, 2\)", params=[(W, b[None])]),
        bad("no sample", r"^X .*\(0, 3\)", X=ONES[:0], y=CLASSES[:0]),
        bad("y list", "^y .*got list", TypeError, y=[0, 1, 0, 1]),
        bad("y sizes", r"^y .*\(4,\), got \(3,\)", y=CLASSES[:3]),
        bad("y class", "^y .*0 to 1, got 0 to 2", y=CLASSES + torch.arange(4).clamp(max=2)),
        bad("y below", "^y .*got -1 to -1", y=CLASSES - 1),
        bad("y truths", "^y .*got torch.bool", TypeError, y=CLASSES.bool()),
        bad("y no probabilities", "^y .*sum to 1", y=half),
        bad("y float32", "^y .*float64, got torch.float32", TypeError, y=half.float(),
            loss="squared_error"),
        bad("y classes", "^y .*float64, got torch.int64", TypeError, loss="squared_error"),
        bad("y shape", r"^y .*\(4, 2\), got \(4,\)", y=half[:, 0], loss="squared_error"),
        bad("loss", "^loss .*got 'mse'", loss="mse"),
        bad("activation", "^activation .*got 'softmax'", activation="softmax"),
        bad("λ below 0", "^weight_decay .*got -0.1", weight_decay=-0.1),
        bad("λ NaN", "^weight_decay .*got nan", weight_decay=float("nan")),
        bad("λ text", "^weight_decay .*got str", TypeError, weight_decay="0"),
    )  # fmt: skip


def refused(label: str, match: str, error: type[Exception], *args: Any, **given: Any) -> Bad:
    return Bad(label, lambda f: f(*args, **given), error, match)


ROWS = [
    Row(
        name="autograd.Value",
        proof="library",
        inputs=points,
        run=engine,
        expected=library,
        tol=TOL,
        bad=(
            refused("text", "^data .*got str", TypeError, "1"),
            refused("tensor", "^data .*got Tensor", TypeError, torch.ones(())),
            refused("complex", "^data .*got complex", TypeError, 1j),
        ),
    ),
    Row(
        name="autograd.grad",
        proof="library",
        inputs=points,
        run=second,
        expected=second_library,
        tol=TOL,
        mirrors="torch.autograd.grad",
        bad=(
            refused("outputs", "^outputs .*got float", TypeError, 1.0, ()),
            refused("inputs", "^inputs .*got float", TypeError, 1.0, [1.0]),
        ),
        deviation="takes values only; an input that is not in the graph has derivative 0",
    ),
    Row(
        name="autograd.topological",
        proof="closed form",
        inputs=points,
        run=order_of,
        expected=lambda x, y: [0, 1, 2, 3],
        bad=(refused("number", "^value .*got float", TypeError, 1.0),),
    ),
    Row(
        name="autograd.backprop",
        proof="library",
        inputs=networks,
        run=plain,
        expected=by_autograd,
        tol=TOL,
        tensors=(Arg("X", 1, finite=False),),
        bad=bad_networks(),
    ),
    Row(
        name="autograd.sgd_epoch",
        proof="library",
        inputs=epochs,
        run=epoch,
        expected=library_epoch,
        tol=TOL,
        tensors=(Arg("X", 1, finite=False),),
        bad=bad_networks(),
    ),
    Row(
        name="autograd.gradcheck",
        proof="library",
        inputs=checks,
        expected=torch.autograd.gradcheck,
        mirrors="torch.autograd.gradcheck",
        dtypes=(F64,),
        bad=(
            refused("no function", "^func .*got int", TypeError, 1, NEEDED),
            refused("no tensor", "^func .*got float", TypeError, lambda x: 1.0, NEEDED),
            refused("complex", "^func .*complex", TypeError, lambda x: x + 1j, NEEDED),
            refused("complex input", "^inputs .*complex128", TypeError, torch.abs, NEEDED + 1j),
            refused("number", "^inputs .*got float", TypeError, torch.sin, 1.0),
            refused("none needed", "^inputs .*requires_grad", ValueError, torch.sin, ONES),
            refused("eps", "^eps .*got 0", ValueError, torch.sin, NEEDED, eps=0),
            refused("eps NaN", "^eps .*got nan", ValueError, torch.sin, NEEDED, eps=float("nan")),
            refused("atol", "^atol .*got -1", ValueError, torch.sin, NEEDED, atol=-1),
            refused("rtol", "^rtol .*got str", TypeError, torch.sin, NEEDED, rtol="1"),
            refused("mode", "fast_mode", TypeError, torch.sin, NEEDED, fast_mode=True),
        ),
        deviation="for real numbers; repeated, undefined and batched gradients are not tested",
    ),
]  # fmt: skip
