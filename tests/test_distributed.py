"""Two processes give the parameters that one gives, and complain where they could not."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from companion import distributed

SCRIPT = """
import json, sys
import torch
from companion import distributed, optim
from companion.training import fit
from tests.training.problem import F64, data, held_out

rank, world = distributed.join()

# values of rank 0, sums of gradients, a parameter that one rank uses and one that none uses
x = torch.full((3,), float(rank))
distributed.broadcast([x])
assert x.tolist() == [0.0] * 3
y = torch.tensor([rank + 1.0, 1.0])
assert distributed.total(y).tolist() == [world * (world + 1) / 2, world]
assert y.tolist() == [rank + 1.0, 1.0]
a, b, c = (torch.zeros(2, dtype=F64, requires_grad=True) for _ in range(3))
a.grad = torch.full((2,), rank + 1.0, dtype=F64)
if rank == world - 1:
    b.grad = torch.ones(2, dtype=F64)
distributed.sum_gradients([a, b, c])
assert a.grad.tolist() == [world * (world + 1) / 2] * 2 and b.grad.tolist() == [1.0] * 2
assert c.grad is None

def run(name, size, reduction="mean", seed=0, **options):
    torch.manual_seed(rank)  # every rank has other weights: those of rank 0 count
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)
    ).to(F64)
    generator = torch.Generator().manual_seed(seed)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(*data()), batch_size=size, shuffle=True, generator=generator
    )
    loss = torch.nn.MSELoss(reduction=reduction)
    optimizer = getattr(optim, name)(model.parameters(), **options)
    history = fit(model, loader, loss, optimizer, 3, val=held_out())
    weights = torch.cat([w.detach().reshape(-1) for w in model.parameters()])
    return weights.tolist(), history.records

found = {
    "momentum, last batch of one row": run("SGD", 7, lr=0.05, momentum=0.9),
    "sums": run("SGD", 16, "sum", lr=0.002),
    "Adam": run("Adam", 16, lr=0.02, weight_decay=0.1),
    "LBFGS": run("LBFGS", 50, max_iter=4),
}
if world > 1:
    try:
        run("SGD", 16, lr=0.05, seed=rank)
    except ValueError as error:
        assert "same batches in every process" in str(error)
    else:
        raise AssertionError("other batches in every process were accepted")
with open(f"{sys.argv[1]}/{rank}-of-{world}.json", "w") as file:
    json.dump(found, file)
"""
ROOT = Path(__file__).resolve().parent.parent


def launched(folder: Path, *launcher: str) -> None:
    script = folder / "train.py"
    script.write_text(SCRIPT)
    known = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
    environment = {k: v for k, v in os.environ.items() if k not in known}
    environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *launcher, str(script), str(folder)],
        capture_output=True, text=True, cwd=folder, env=environment, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def test_two_processes_give_the_parameters_of_one(tmp_path: Path) -> None:
    """The same script, with and without ``torchrun``: same weights and losses, float64."""
    import json

    launched(tmp_path)
    launched(tmp_path, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    one = json.loads((tmp_path / "0-of-1.json").read_text())
    two = [json.loads((tmp_path / f"{rank}-of-2.json").read_text()) for rank in (0, 1)]
    assert two[0] == two[1], "the ranks differ"
    for name, (weights, records) in one.items():
        mine, losses = two[0][name]
        assert mine == pytest.approx(weights, rel=1e-11, abs=1e-12), name
        for ours, theirs in zip(losses, records, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-12), name


def test_one_process_is_alone() -> None:
    w = torch.ones(2, requires_grad=True)
    w.grad = torch.full((2,), 3.0)
    distributed.sum_gradients([w])
    distributed.broadcast([w])
    assert distributed.join() == (0, 1) and w.grad.tolist() == [3.0, 3.0] and w.tolist() == [1, 1]


@pytest.mark.parametrize(("n", "world"), list(itertools.product((0, 1, 5, 6), (1, 2, 3, 7))))
def test_shards_hold_every_row_once(n: int, world: int) -> None:
    batch: dict[str, Any] = {"X": (torch.arange(n), [torch.arange(2 * n).reshape(n, 2)]), "t": 2.0}
    shards = [distributed.shard(batch, rank, world) for rank in range(world)]
    rows = torch.cat([s["X"][0] for s in shards])
    assert rows.sort().values.tolist() == list(range(n))
    assert torch.equal(torch.cat([s["X"][1][0] for s in shards])[:, 0], 2 * rows)
    sizes = [len(s["X"][0]) for s in shards]
    assert max(sizes) - min(sizes) <= 1 and all(s["t"] == 2.0 for s in shards)


def test_shard_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"rank must be .* world=2, got 2"):
        distributed.shard(torch.ones(3), 2, 2)
    with pytest.raises(ValueError, match=r"batch must .* got \[2, 3\]"):
        distributed.shard((torch.ones(3), torch.ones(2)), 0, 2)
