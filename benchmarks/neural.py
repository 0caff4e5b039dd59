"""One epoch of a network on the digits: by hand, with torch and with scikit-learn.

64-64-10, sigmoid units, softmax, batches of 64 of the 1437 training digits, plain gradient descent.
All sides start from the same weights and shuffle once an epoch; torch gets slices of the shuffled
data too, which is faster than a list of indices for each batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from torch import Tensor

from benchmarks._case import Case
from companion import nn, optim
from companion.autograd import sgd_epoch

SIZES = (64, 64, 10)
BATCH, RATE = 64, 0.1
DTYPES = {"float64": torch.float64, "float32": torch.float32}
SIZE = "64-64-10, batch 64"


def data(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return 1437 images with pixels from 0 to 1, and their digits."""
    digits = load_digits()
    X = torch.as_tensor(digits.data, dtype=dtype)[:1437] / 16
    return X, torch.as_tensor(digits.target, dtype=torch.int64)[:1437]


def parameters(dtype: torch.dtype) -> list[tuple[Tensor, Tensor]]:
    """Draw weights between ±1/√n, and zero biases."""
    g = torch.Generator().manual_seed(0)
    return [
        ((2 * torch.rand(m, n, generator=g, dtype=dtype) - 1) / n**0.5, torch.zeros(m, dtype=dtype))
        for n, m in pairwise(SIZES)
    ]


def model(layers: Any, dtype: torch.dtype) -> torch.nn.Sequential:
    """Build the network from the layers of a library, with the same weights for each."""
    made = torch.nn.Sequential(layers.Linear(64, 64), layers.Sigmoid(), layers.Linear(64, 10))
    flat = [w for layer in parameters(dtype) for w in layer]
    made.to(dtype).load_state_dict(dict(zip(made.state_dict(), flat, strict=True)))
    return made


def autograd_epoch(
    network: torch.nn.Sequential, loss: Any, optimizer: torch.optim.Optimizer,
    generator: torch.Generator, X: Tensor, y: Tensor,
) -> None:  # fmt: skip
    order = torch.randperm(len(X), generator=generator)
    batches = zip(X[order].split(BATCH), y[order].split(BATCH), strict=True)
    for X_batch, y_batch in batches:
        optimizer.zero_grad()
        loss(network(X_batch), y_batch).backward()
        optimizer.step()


def with_layers(layers: Any, optimizers: Any, dtype: torch.dtype) -> Callable[[], object]:
    """Return an epoch with the layers, the loss and the optimizer of a library."""
    network = model(layers, dtype)
    optimizer = optimizers.SGD(network.parameters(), lr=RATE)
    g = torch.Generator().manual_seed(1)
    return partial(autograd_epoch, network, layers.CrossEntropyLoss(), optimizer, g, *data(dtype))


def by_hand(dtype: torch.dtype) -> Callable[[], object]:
    g = torch.Generator().manual_seed(1)
    return partial(sgd_epoch, parameters(dtype), *data(dtype), RATE, BATCH, generator=g)


def with_sklearn(dtype: torch.dtype) -> Callable[[], object]:
    """Return an epoch of ``MLPClassifier``: ``partial_fit`` goes once through the data."""
    X, y = (t.numpy() for t in data(dtype))
    options: dict[str, Any] = {"activation": "logistic", "solver": "sgd", "momentum": 0, "alpha": 0}
    network = MLPClassifier((64,), batch_size=BATCH, learning_rate_init=RATE, random_state=0,
                            **options)  # fmt: skip
    network.partial_fit(X, y, classes=range(10))
    return partial(network.partial_fit, X, y)


def cases() -> list[Case]:
    """Return the epoch by hand against both libraries, and our layers against torch's."""
    found = []
    for name, dtype in DTYPES.items():
        case = partial(Case, family="autograd", name=f"sgd_epoch, {name}", size=SIZE)
        found.append(
            case(
                peer="torch.nn + torch.optim.SGD",
                ours=by_hand(dtype),
                theirs=with_layers(torch.nn, torch.optim, dtype),
                goal=1.5,
            )
        )
        found.append(
            case(
                peer="sklearn MLPClassifier",
                ours=by_hand(dtype),
                theirs=with_sklearn(dtype),
                goal=1.3,
            )
        )
        found.append(
            Case(
                family="nn",
                name=f"layers + SGD, {name}",
                size=SIZE,
                peer="torch.nn + torch.optim.SGD",
                ours=with_layers(nn, optim, dtype),
                theirs=with_layers(torch.nn, torch.optim, dtype),
                goal=0.55,
            )
        )
    return found  # fmt: skip
