"""The benchmark runner: pairs in turns, medians and quartiles, a table and a file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import __main__ as program
from benchmarks import _measure, neural, optim
from benchmarks._case import Case
from tools.reference import benchmarks_page


def working(seconds: float, log: list[str] | None = None, name: str = "") -> Callable[[], None]:
    def call() -> None:
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        if log is not None:
            log.append(name)

    return call


def case(ours: Any, theirs: Any, **changes: Any) -> Case:
    given: dict[str, Any] = {"family": "linalg", "name": "svd", "size": "9 x 9", "peer": "torch"}
    return Case(**given | changes, ours=ours, theirs=theirs)


def test_ratio_is_their_time_over_ours() -> None:
    result = _measure.measure(case(working(0.004), working(0.012)), budget=0.0)
    assert 2.0 < result.low <= result.ratio <= result.high < 4.5
    assert result.pairs == _measure.LEAST_PAIRS


def test_calls_take_turns_after_warming_up() -> None:
    log: list[str] = []
    this = case(working(0.003, log, "A"), working(0.003, log, "B"))
    assert len(list(_measure.pairs(this, 0.0))) == 5
    assert "".join(log) == "AABB" + "AB" * 5


def test_budget_decides_the_number_of_pairs() -> None:
    few = list(_measure.pairs(case(working(0.003), working(0.003)), 0.0))
    many = list(_measure.pairs(case(working(0.003), working(0.003)), 0.15))
    assert len(few) == 5 < len(many) <= 30


def test_waiting_does_not_count() -> None:
    """Other work on the machine makes calls wait: the ratio stays."""

    def waits() -> None:
        time.sleep(0.01)
        working(0.003)()

    result = _measure.measure(case(waits, working(0.006)), budget=0.0)
    assert 1.5 < result.ratio < 2.5


def test_short_calls_are_repeated() -> None:
    assert _measure.repeats_of(lambda: None) > 100
    assert _measure.repeats_of(working(0.005)) == 1


def test_quartiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the definition: of 1 ... 5 the quarters lie at 2, 3 and 4."""
    monkeypatch.setattr(_measure, "pairs", lambda case, budget: iter([5.0, 1.0, 4.0, 2.0, 3.0]))
    result = _measure.measure(case(None, None, goal=3.5))
    assert (result.low, result.ratio, result.high, result.pairs) == (2.0, 3.0, 4.0, 5)
    assert result.met is False
    assert _measure.measure(case(None, None, goal=3.0)).met is True
    assert _measure.measure(case(None, None)).met is None


def test_lines_are_aligned() -> None:
    results = [
        _measure.Result("linalg", name, "9", "torch", 12.5, 1.0, 20.0, 5, goal)
        for name, goal in (("svd", None), ("a_long_name", 10.0), ("eigh", 21.0))
    ]
    lines = [_measure.line(result) for result in results]
    assert len({text.index("12.5 ") for text in lines}) == 1
    assert lines[0].endswith("1 to 20")
    assert lines[1].endswith("goal 10 met") and lines[2].endswith("goal 21 NOT MET")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the program on two fake cases; return where it writes."""
    fake = [case(working(0.002), working(0.002), name=n, goal=g) for n, g in (("a", None),
            ("b", 1e9))]  # fmt: skip

    def some(pattern: str = "") -> list[Case]:
        return [this for this in fake if pattern in this.name]

    monkeypatch.setattr(program, "all_cases", some)
    monkeypatch.setattr(program, "RESULTS", tmp_path / "results.json")
    return tmp_path / "results.json"


def test_program_prints_and_writes(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--seconds", "0"]) == 0
    text = written.read_text("utf8")
    results = json.loads(text)
    assert [row["name"] for row in results["rows"]] == ["a", "b"]
    assert {"date", "cpu", "cores", "versions"} <= results.keys()
    assert {"Python", "torch", "scipy", "scikit-learn"} <= results["versions"].keys()
    assert "/" not in text.replace("scikit-learn", "")
    said = capsys.readouterr().out
    assert "linalg.b" in said and "NOT MET" in said and "1 of 1 goals missed" in said
    assert "| a | 9 x 9 | torch |" in benchmarks_page(results)


def test_a_part_of_the_cases_leaves_the_results_alone(written: Path) -> None:
    assert program.main(["--seconds", "0", "--only", "a"]) == 0
    assert not written.exists()


def test_pattern_without_a_case(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--only", "nothing"]) == 1
    assert "nothing" in capsys.readouterr().err


def test_every_file_has_cases_with_distinct_names() -> None:
    found = _measure.all_cases()
    keys = [(c.family, c.name, c.size, c.peer) for c in found]
    assert found and len(set(keys)) == len(keys)
    assert [c.family for c in found] == sorted(c.family for c in found)
    assert {c.name for c in _measure.all_cases("SVD")} == {
        c.name for c in found if "svd" in f"{c.name} {c.peer}".lower()
    }


def test_flat_adam_takes_the_librarys_steps() -> None:
    """The parameters are views of the one vector, so they move with it."""
    mine, theirs = optim.parameters(optim.NETWORK), optim.parameters(optim.NETWORK)
    ours, library = optim.FlatAdam(mine), torch.optim.Adam(theirs)
    for t in range(20):
        for w, other in zip(mine, theirs, strict=True):
            assert w.grad is not None and other.grad is not None
            for g in (w.grad, other.grad):
                g.mul_(0.9).add_(0.1 * t)
        ours.step()
        library.step()
    for w, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(w, other, rtol=0, atol=2e-6)


def test_epochs_of_the_benchmark_take_the_same_steps() -> None:
    """By hand, with our layers and with torch's: the same batches, the same weights after them."""
    dtype = torch.float64
    by_hand = neural.by_hand(dtype)
    ends = []
    for layers, optimizers in ((neural.nn, neural.optim), (torch.nn, torch.optim)):
        epoch = neural.with_layers(layers, optimizers, dtype)
        epoch()
        ends.append(list(epoch.args[0].parameters()))
    by_hand()
    mine = [w for layer in by_hand.args[0] for w in layer]
    for end in ends:
        torch.testing.assert_close(mine, [w.detach() for w in end], rtol=0, atol=1e-12)
    assert not torch.equal(mine[0], neural.parameters(dtype)[0][0])
