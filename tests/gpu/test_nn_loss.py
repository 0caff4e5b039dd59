"""Losses on an accelerator: the numbers of the CPU, no waiting, and buffers that move along."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from companion import nn
from companion.device import default_device
from tests.nn.losses import (
    REDUCTIONS,
    classes,
    distribution,
    layer,
    positive,
    probabilities,
    scores,
)
from tests.registry import close

DTYPE = torch.float64 if default_device(torch.float64).type != "cpu" else torch.float32
DEVICE = default_device(DTYPE)
TOL = {torch.float64: 1e-12}.get(DTYPE, 2e-5)
G = torch.Generator().manual_seed(8)
W = positive((5,), G, DTYPE)
SHAPE = (6, 5, 3)
X = scores(SHAPE, G, DTYPE)
P = probabilities(SHAPE, G, DTYPE)
Y = classes(SHAPE, G)
Y[0, 1] = -100
CASES: list[tuple[str, tuple[torch.Tensor, torch.Tensor], dict[str, Any]]] = [
    ("MSELoss", (X, P), {}),
    ("L1Loss", (X, P), {}),
    ("BCELoss", (P, P.flip(0)), {"weight": W[:, None]}),
    ("BCEWithLogitsLoss", (X, P), {}),
    ("BCEWithLogitsLoss", (X, P), {"weight": W[:, None], "pos_weight": W[:3]}),
    ("NLLLoss", (X, Y), {"weight": W}),
    ("CrossEntropyLoss", (X, Y), {}),
    ("CrossEntropyLoss", (X, Y), {"weight": W, "label_smoothing": 0.1}),
    ("CrossEntropyLoss", (X, distribution(SHAPE, G, DTYPE)), {"weight": W}),
]
BY_NAME = [f"{name}-{'-'.join(options) or 'plain'}-{t.dtype}" for name, (_, t), options in CASES]

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(DEVICE.type == "cpu", reason="no accelerator on this machine"),
]


@contextmanager
def no_waiting() -> Iterator[None]:
    """Raise if the host waits for the device; only CUDA can tell."""
    if DEVICE.type != "cuda":
        yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "tensors", "options"), CASES, ids=BY_NAME)
def test_same_loss_and_gradients_without_waiting(
    name: str,
    tensors: tuple[torch.Tensor, torch.Tensor],
    options: dict[str, Any],
    reduction: str,
) -> None:
    make = getattr(nn, name)
    there = [a.to(DEVICE) for a in tensors]
    moved = {k: v.to(DEVICE) if isinstance(v, torch.Tensor) else v for k, v in options.items()}
    with no_waiting():
        found = layer(make, *there, reduction=reduction, **moved)
    assert {part.device.type for part in found} == {DEVICE.type}
    expected = layer(make, *tensors, reduction=reduction, **options)
    close([part.cpu() for part in found], expected, TOL)


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "NLLLoss", "CrossEntropyLoss"])
def test_weights_move_with_the_layer(name: str) -> None:
    moved = getattr(nn, name)(weight=W).to(DEVICE)
    assert moved.weight.device.type == DEVICE.type


def test_scores_of_a_thousand_stay_finite() -> None:
    x = torch.tensor([[1000.0, 0.0, -1000.0]] * 3, dtype=DTYPE, device=DEVICE)
    y = torch.arange(3, device=DEVICE)
    assert nn.CrossEntropyLoss(reduction="none")(x, y).tolist() == [0, 1000, 2000]


def test_all_ignored_is_nan_with_no_gradient() -> None:
    y = torch.full((6, 3), -100, device=DEVICE)
    value, gradient = layer(nn.CrossEntropyLoss, X.to(DEVICE), y)
    assert math.isnan(float(value))
    assert not gradient.any()


def test_second_derivatives_equal_the_cpu() -> None:
    found = []
    for device in ("cpu", DEVICE):
        x = X.to(device).requires_grad_()
        loss = nn.CrossEntropyLoss()(x, Y.to(device))
        (slope,) = torch.autograd.grad(loss, x, create_graph=True)
        found.append(torch.autograd.grad(slope.square().sum(), x)[0].cpu())
    close(found[1], found[0], TOL)
