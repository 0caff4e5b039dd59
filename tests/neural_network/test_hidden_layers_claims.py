"""What the page on hidden layers says about training from random starts, on many starts.

The bands hold over ten batches of 30 starts; here each setting runs on one or two of them.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from companion.datasets import make_gate
from companion.neural_network import MLPClassifier

X, LABELS = make_gate("xor")
X, Y = X.double(), LABELS.double()
STARTS = 30


def sums(params: list[Tensor], f: str) -> Tensor:
    """Output sums of networks 2-m-1, [networks, 4]."""
    W1, b1, W2, b2 = params
    hidden = getattr(torch, f)(torch.einsum("sji,ni->snj", W1, X) + b1[:, None])
    return torch.einsum("snj,sj->sn", hidden, W2) + b2


def successes(units: int, seed: int, *, rate: float = 0.1, f: str = "sigmoid") -> int:
    """Train 30 networks with 1000 steps of Adam, and count those that are right on all points."""
    generator = torch.Generator().manual_seed(seed)
    options = {"generator": generator, "dtype": torch.float64}
    W1, W2 = torch.randn(STARTS, units, 2, **options), torch.randn(STARTS, units, **options)
    params = [W1, torch.zeros(STARTS, units).double(), W2, torch.zeros(STARTS, 1).double()]
    params = [p.requires_grad_() for p in params]
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in params]
    for t in range(1, 1001):
        z = sums(params, f)
        cost = binary_cross_entropy_with_logits(z, Y.expand_as(z), reduction="sum") / 4
        slopes = torch.autograd.grad(cost, params)
        with torch.no_grad():
            for p, slope, (first, second) in zip(params, slopes, moments, strict=True):
                first.lerp_(slope, 0.1)
                second.lerp_(slope * slope, 0.001)
                spread = (second / (1 - 0.999**t)).sqrt() + 1e-8
                p.sub_(rate * first / (1 - 0.9**t) / spread)
    with torch.no_grad():
        return int(((sums(params, f) >= 0) == (Y > 0.5)).all(1).sum())


@pytest.mark.parametrize("seed", [100, 101])
@pytest.mark.parametrize(("units", "least", "most"), [(2, 8, 20), (3, 19, 30), (4, 24, 30)])
def test_sigmoid_units_succeed_more_often_the_more_there_are(
    units: int, least: int, most: int, seed: int
) -> None:
    assert least <= successes(units, seed) <= most


def test_eight_sigmoid_units_hardly_ever_fail() -> None:
    assert successes(8, 100) >= 29


@pytest.mark.parametrize(
    ("rate", "least", "most"), [(1e-3, 0, 8), (1e-2, 19, 30), (1.0, 0, 7), (10.0, 0, 0)]
)
def test_only_sensible_rates_succeed(rate: float, least: int, most: int) -> None:
    assert least <= successes(3, 100, rate=rate) <= most


@pytest.mark.parametrize(("units", "most"), [(2, 10), (3, 14), (4, 22)])
def test_relu_units_fail_more_often(units: int, most: int) -> None:
    assert successes(units, 100, f="relu") <= most


@pytest.mark.parametrize(
    ("units", "activation", "least", "most"), [(2, "logistic", 0.3, 0.7), (4, "tanh", 0.85, 1.0)]
)
def test_lbfgs_solves_xor_from_many_starts(
    units: int, activation: str, least: float, most: float
) -> None:
    options = {"activation": activation, "solver": "lbfgs", "max_iter": 2000}
    hits = [
        MLPClassifier(units, random_state=seed, **options).fit(X, LABELS).score(X, LABELS) == 1
        for seed in range(50)
    ]
    assert least <= sum(map(bool, hits)) / 50 <= most


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_hundred_steps_of_adam_leave_a_desert() -> None:
    """Over log grids of rates and penalties, most accuracies stay at one half."""
    grid = torch.logspace(-5, 1, 7).tolist()
    scores = [
        MLPClassifier(
            2, "logistic", max_iter=100, learning_rate_init=rate, alpha=alpha, random_state=0
        )
        .fit(X, LABELS)
        .score(X, LABELS)
        for rate in grid
        for alpha in grid
    ]
    assert sum(bool(score == 0.5) for score in scores) > len(scores) / 2
    assert not any(bool(score == 1) for score in scores)
