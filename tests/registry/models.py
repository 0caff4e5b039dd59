"""Proofs of ``companion.models``: the same network from layers of ``torch.nn``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call


def samples(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    yield call(torch.randn(5, 3, generator=g, dtype=dtype))


def ours(mlp: Callable[..., Any], X: Tensor) -> list[Tensor]:
    torch.manual_seed(1)
    model = mlp((3, 4, 2), dtype=X.dtype, device="cpu").to(X.device)
    return [model(X).detach(), *model.state_dict().values()]


def theirs(X: Tensor) -> list[Tensor]:
    torch.manual_seed(1)
    layers = (
        torch.nn.Linear(3, 4, dtype=X.dtype),
        torch.nn.ReLU(),
        torch.nn.Linear(4, 2, dtype=X.dtype),
    )
    model = torch.nn.Sequential(*layers)
    return [model(X).detach(), *model.state_dict().values()]


ROWS = [
    Row(
        name="models.mlp",
        proof="library",
        inputs=samples,
        run=ours,
        expected=theirs,
        bad=(
            Bad("number", lambda f: f(3), TypeError, r"\bsizes\b.* got int"),
            Bad("text", lambda f: f("345"), TypeError, r"\bsizes\b.* got str"),
            Bad("float", lambda f: f((3, 2.0)), TypeError, r"\bsizes\b.* got float"),
            Bad("one", lambda f: f((3,)), ValueError, r"\bsizes\b.* got \[3\]"),
            Bad("zero", lambda f: f((3, 0, 1)), ValueError, r"\bsizes\b.* got \[3, 0, 1\]"),
            Bad(
                "layer", lambda f: f((3, 2, 1), torch.nn.ReLU()), TypeError, r"activation.*ReLU\(\)"
            ),
            Bad("name", lambda f: f((3, 2, 1), "relu"), TypeError, r"activation.* got 'relu'"),
            Bad("function", lambda f: f((3, 2, 1), dict), TypeError, r"activation.* got dict"),
        ),
    ),
]
