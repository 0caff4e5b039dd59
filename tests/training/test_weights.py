"""Weights survive a file, and a file can do nothing but hold weights."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from companion.training import load_weights, save_weights
from tests.training.problem import net


class Trap:
    """A pickle that creates a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def same(first: nn.Module, second: dict[str, Any]) -> bool:
    state = first.state_dict()
    return state.keys() == second.keys() and all(
        torch.equal(v, second[k]) for k, v in state.items()
    )


def test_both_ways_with_torch(tmp_path: Path) -> None:
    """What one side saves the other loads: weights, buffers and counters, bit for bit."""
    model, twin = net(1), net(2)
    model(torch.randn(5, 2, dtype=torch.float64))  # moves the running mean
    save_weights(model, tmp_path / "ours.pt")
    assert same(model, torch.load(tmp_path / "ours.pt", weights_only=True))
    load_weights(twin, str(tmp_path / "ours.pt"))
    assert same(model, twin.state_dict())
    torch.save(net(3).state_dict(), tmp_path / "theirs.pt")
    load_weights(model, tmp_path / "theirs.pt")
    assert same(model, net(3).state_dict())


@pytest.mark.parametrize(
    "write", [torch.save, lambda x, path: path.write_bytes(pickle.dumps(x, 2))]
)
@pytest.mark.parametrize("wrap", [lambda trap: trap, lambda trap: net().state_dict() | {"x": trap}])
def test_pickle_with_code_is_refused_and_not_run(tmp_path: Path, write: Any, wrap: Any) -> None:
    path, model = tmp_path / "trap.pt", net(1)
    write(wrap(Trap(tmp_path / "sprung")), path)
    with pytest.raises(ValueError, match="holds something else, not run"):
        load_weights(model, path)
    assert not (tmp_path / "sprung").exists() and same(model, net(1).state_dict())
    torch.load(path, weights_only=False) if write is torch.save else pickle.loads(path.read_bytes())
    assert (tmp_path / "sprung").exists(), "the trap does not work, so the test shows nothing"


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04 torn"])
def test_broken_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"path must be a file of weights.*broken\.pt"):
        load_weights(net(), path)
    with pytest.raises(FileNotFoundError):
        load_weights(net(), tmp_path / "nothing.pt")


def test_weights_of_another_model_change_nothing(tmp_path: Path) -> None:
    """Names, shapes and dtypes are compared first: torch would change a part, and round."""
    path, model = tmp_path / "w.pt", net(1)
    state = net(2).state_dict()
    fewer = {k: v for k, v in state.items() if k != "3.bias"} | {"extra": torch.ones(1)}
    for content, match in (
        (fewer, r"missing: \['3.bias'\], unknown: \['extra'\]"),
        (state | {"3.bias": torch.ones(2).double()}, r"3\.bias must be .*\(1,\), .* has .*\(2,\)"),
        (state | {"3.bias": torch.ones(1)}, r"3\.bias must be torch.float64.* has torch.float32"),
        (state | {"3.bias": 1.0}, r"3\.bias must be torch.float64.* has float"),
        ([1.0], "path must hold a dictionary of weights.* a list"),
    ):
        torch.save(content, path)
        with pytest.raises(ValueError, match=match):
            load_weights(model, path)
        assert same(model, net(1).state_dict())


def test_file_is_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.pt"
    save_weights(net(1), path)
    before = path.read_bytes()

    def torn(state: Any, file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", torn)
    with pytest.raises(OSError, match="disk full"):
        save_weights(net(2), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["w.pt"]


def test_bad_arguments(tmp_path: Path) -> None:
    for function in (save_weights, load_weights):
        with pytest.raises(TypeError, match=r"model must be a torch\.nn\.Module, got dict"):
            function({}, tmp_path / "w.pt")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="path must lie in a folder that exists"):
        save_weights(net(), tmp_path / "no" / "w.pt")


def test_best_state_of_a_history_is_saved_by_a_model(tmp_path: Path) -> None:
    model = net(1)
    best = copy.deepcopy(model.state_dict())
    nn.init.zeros_(model[0].weight)
    model.load_state_dict(best)
    save_weights(model, tmp_path / "w.pt")
    assert same(net(1), torch.load(tmp_path / "w.pt", weights_only=True))
