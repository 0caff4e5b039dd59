"""What the page that builds a network of objects says about chance, and about its script."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor

from companion.autograd import sgd_epoch
from companion.exercises.neural_networks.network_from_scratch import sgd_momentum_step
from companion.model_selection import train_test_split
from companion.neural_network import MLPClassifier

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "chapters/07-neural-networks/network-from-scratch.md"
SEEDS = range(6)
AS_IS = {"scale": 1.0, "std": 1.0, "mean": False, "lr": 0.01, "decay": 0.01}
SCALED = {"scale": 16.0, "std": 0.2, "mean": True, "lr": 1.0, "decay": 1e-4}


@functools.cache
def images() -> tuple[Tensor, Tensor]:
    digits = load_digits()
    return torch.tensor(digits.data, dtype=torch.float32), torch.tensor(digits.target)


def accuracy(params: list[list[Tensor]], X: Tensor, y: Tensor) -> float:
    (W, b), (V, c) = params
    scores = torch.sigmoid(X @ W.T + b) @ V.T + c
    return (scores.argmax(1) == y).double().mean().item()


@functools.cache
def trained(
    stage: tuple[tuple[str, Any], ...], seed: int, frozen: bool = False
) -> tuple[float, float]:
    """Descend 1000 steps on 1437 images; return the accuracies in training and in the test."""
    s = dict(stage)
    X, T, y, u = train_test_split(*images(), test_size=360, random_state=seed)
    assert (len(X), len(T)) == (1437, 360)
    X, T, g = X / s["scale"], T / s["scale"], torch.Generator().manual_seed(seed)
    params = [
        [s["std"] * torch.randn(n, m, generator=g), torch.full((n,), 0.01)]
        for m, n in ((64, 50), (50, 10))
    ]
    (W, b), (V, c) = params
    Y = torch.nn.functional.one_hot(y, 10).float()
    rate = s["lr"] / len(X) if s["mean"] else s["lr"]
    for _ in range(1000):
        A = torch.sigmoid(torch.addmm(b, X, W.T))
        D = torch.softmax(torch.addmm(c, A, V.T), 1) - Y
        L = (D @ V) * A * (1 - A)
        V.mul_(1 - s["lr"] * s["decay"]).sub_(D.T @ A, alpha=rate)
        c.sub_(D.sum(0), alpha=rate)
        if not frozen:
            W.mul_(1 - s["lr"] * s["decay"]).sub_(L.T @ X, alpha=rate)
            b.sub_(L.sum(0), alpha=rate)
    return accuracy(params, X, y), accuracy(params, T, u)


def accuracies(stage: dict[str, Any], *, frozen: bool = False) -> tuple[Tensor, Tensor]:
    found = torch.tensor([trained(tuple(stage.items()), seed, frozen) for seed in SEEDS])
    return found[:, 0], found[:, 1]


def within(values: Tensor, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())


def test_the_failing_network_guesses() -> None:
    training, test = accuracies(AS_IS)
    assert within(training, 0.0, 0.2) and within(test, 0.0, 0.2)


def test_hidden_weights_frozen_by_accident_do_better() -> None:
    """The run jumps to and fro until its last step, so the mean over the seeds has the band."""
    training, test = accuracies(AS_IS, frozen=True)
    assert within(training, 0.6, 1.0) and within(test, 0.6, 1.0)
    assert 0.75 <= float(training.mean()) <= 0.95 and 0.7 <= float(test.mean()) <= 0.9


def test_the_mean_repairs_most() -> None:
    """The bands of each repair, and the gain in training: the first is the largest."""
    first, first_test = accuracies(AS_IS | {"mean": True})
    second, second_test = accuracies(AS_IS | {"mean": True, "lr": 0.1})
    third, third_test = accuracies(SCALED)
    assert within(first, 0.45, 0.7) and within(first_test, 0.42, 0.62)
    assert within(second, 0.94, 1.0) and within(second_test, 0.88, 1.0)
    assert within(third, 0.98, 1.0) and within(third_test, 0.955, 1.0)
    failing = accuracies(AS_IS)[0]
    gains = torch.stack([first - failing, second - first, third - second])
    assert float(gains[0].mean()) > float(gains[1:].mean(1).max())


def start(seed: int) -> list[list[Tensor]]:
    g = torch.Generator().manual_seed(seed)
    drawn = [
        (2 * torch.rand(n, m + 1, generator=g, dtype=torch.float64) - 1) / m**0.5
        for m, n in ((64, 50), (50, 10))
    ]
    return [[P[:, :-1].clone(), P[:, -1].clone()] for P in drawn]


def split(seed: int) -> tuple[Tensor, ...]:
    """Return 1077, 360 and 360 images in float64, scaled, with their labels."""
    X, y = images()
    rest, test, y_rest, y_test = train_test_split(X.double() / 16, y, test_size=360,
                                                  random_state=seed)  # fmt: skip
    X, V, y, v = train_test_split(rest, y_rest, test_size=360, random_state=seed)
    assert (len(X), len(V), len(test)) == (1077, 360, 360)
    return X, y, V, v, test, y_test


def test_the_recipe_works_for_every_seed_and_split() -> None:
    trainings, tests = [], []
    for seed in range(5):
        X, y, _, _, T, u = split(seed)
        params, g = start(seed), torch.Generator().manual_seed(seed)
        for _ in range(50):
            sgd_epoch(params, X, y, 1.0, 32, weight_decay=1e-4, generator=g)
        trainings.append(accuracy(params, X, y))
        tests.append(accuracy(params, T, u))
    assert min(trainings) >= 0.99 and sum(trainings) / 5 >= 0.995, trainings
    assert min(tests) >= 0.95 and sum(tests) / 5 >= 0.955, tests


@pytest.mark.parametrize("seed", range(4))
def test_the_estimator_is_as_good(seed: int) -> None:
    X, y, V, v, _, _ = split(seed)
    network = MLPClassifier((50,), "logistic", alpha=1e-3, learning_rate_init=1e-2, max_iter=300,
                            random_state=seed).fit(X, y)  # fmt: skip
    assert float(network.score(V, v)) >= 0.955


def test_untrained_networks_guess() -> None:
    X, y = images()
    for seed in SEEDS:
        g = torch.Generator().manual_seed(seed)
        params = [[torch.randn(n, m, generator=g), torch.full((n,), 0.01)]
                  for m, n in ((64, 50), (50, 10))]  # fmt: skip
        assert 0.02 < accuracy(params, X, y) < 0.2


def test_momentum_of_the_exercise_is_that_of_torch() -> None:
    """Twenty steps with a rate that changes."""
    g = torch.Generator().manual_seed(0)
    p = torch.randn(4, 3, generator=g, dtype=torch.float64)
    w, state = torch.nn.Parameter(p.clone()), {}
    optimizer = torch.optim.SGD([w], lr=1.0, momentum=0.8)
    for k in range(20):
        gradient = torch.randn(4, 3, generator=g, dtype=torch.float64)
        optimizer.param_groups[0]["lr"] = lr = 0.1 / (k + 1)
        w.grad = gradient.clone()
        optimizer.step()
        p, state = sgd_momentum_step(p, gradient, state, lr, 0.8)
    torch.testing.assert_close(p, w.detach(), rtol=0, atol=1e-12)


def printed_by(script: str, folder: Path, *launcher: str) -> list[float]:
    """Run a script of its own, and return the numbers that it prints."""
    path = folder / "train.py"
    path.write_text(script)
    known = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
    environment = {k: v for k, v in os.environ.items() if k not in known}
    environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([sys.executable, *launcher, str(path)], capture_output=True, text=True,
                          cwd=folder, env=environment, timeout=240)  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [float(number) for number in re.findall(r"\d\.\d{4}", done.stdout)]


def test_the_script_of_the_page_runs_everywhere(tmp_path: Path) -> None:
    """Alone, in two processes, and with the imports of PyTorch that the page names."""
    text = PAGE.read_text("utf8")
    blocks = re.findall(r"^```python\n(import torch\n.*?)^```$", text, re.M | re.S)
    assert len(blocks) == 1
    ours = printed_by(blocks[0], tmp_path)
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    both = printed_by(blocks[0], tmp_path, *launcher)
    assert len(ours) == 1 and ours[0] < 0.3
    assert both == pytest.approx(2 * ours, abs=1e-3)
    theirs = blocks[0]
    for mine, torchs in (
        ("from companion import models, nn, optim, training",
         "from torch import nn, optim\nfrom companion import training"),
        ("models.mlp([64, 50, 10], nn.Sigmoid)",
         "nn.Sequential(nn.Linear(64, 50), nn.Sigmoid(), nn.Linear(50, 10))"),
    ):  # fmt: skip
        assert theirs.count(mine) == 1
        theirs = theirs.replace(mine, torchs)
    assert printed_by(theirs, tmp_path) == pytest.approx(ours, abs=1e-3)
