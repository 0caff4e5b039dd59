"""``fit`` is the loop that one writes by hand: bit for bit, and with nothing lost silently."""

from __future__ import annotations

import copy
import io
import sys
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from companion import optim, training
from companion.training import Progress, _watch, fit
from tests.training.problem import F64, by_hand, data, held_out, net, shuffled, weighted

MSE = nn.MSELoss()
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta")


def sgd(model: nn.Module, lr: float = 0.05) -> optim.SGD:
    return optim.SGD(model.parameters(), lr=lr)


def same_weights(first: nn.Module, second: nn.Module) -> None:
    expected = second.state_dict()
    for name, value in first.state_dict().items():
        assert torch.equal(value, expected[name]), name


@pytest.mark.parametrize("library", [optim, torch.optim], ids=["companion", "torch"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_bitwise_equal_to_the_loop_by_hand(name: str, library: Any) -> None:
    """Weights, buffers, losses and the state of the optimizer, with and without validation."""
    for val in (None, held_out()):
        model, twin = net(), net()
        ours = getattr(library, name)(model.parameters(), lr=0.02)
        theirs = getattr(library, name)(twin.parameters(), lr=0.02)
        history = fit(model, shuffled(), MSE, ours, 4, val=val)
        assert history.records == by_hand(twin, shuffled(), MSE, theirs, 4, val)
        same_weights(model, twin)
        assert str(ours.state_dict()) == str(theirs.state_dict())
        assert history["loss"][-1] < history["loss"][0] and history.stopped == ""


def test_lbfgs_asks_for_its_loss_several_times() -> None:
    """The record holds the loss at the start of each step, as ``step`` of the library returns."""
    for library in (optim, torch.optim):
        model, twin = net(), net()
        history = fit(model, [data()], MSE, library.LBFGS(model.parameters(), max_iter=4), 3)
        optimizer = library.LBFGS(twin.parameters(), max_iter=4)
        twin.train()

        def closure(optimizer: Any = optimizer, twin: nn.Module = twin) -> Tensor:
            optimizer.zero_grad()
            loss = MSE(twin(data()[0]), data()[1])
            loss.backward()
            return loss

        expected = [optimizer.step(closure).item() for _ in range(3)]
        assert history["loss"] == pytest.approx(expected, rel=1e-14)
        same_weights(model, twin)


def test_same_seeds_give_the_same_bits_and_no_global_number_is_drawn() -> None:
    runs = []
    for _ in range(2):
        model = net()
        state = torch.get_rng_state()
        history = fit(model, shuffled(), MSE, sgd(model), 3, val=held_out())
        runs.append((history.records, model))
        assert torch.equal(torch.get_rng_state(), state)
    assert runs[0][0] == runs[1][0]
    same_weights(runs[0][1], runs[1][1])
    other = net()
    fit(other, shuffled(seed=6), MSE, sgd(other), 3)
    assert not torch.equal(other[0].weight, runs[0][1][0].weight)


def test_lists_functions_and_one_epoch_of_an_iterator_are_the_same() -> None:
    X, y = data()
    batches = list(zip(X.split(16), y.split(16), strict=True))

    def generated() -> Iterator[tuple[Tensor, Tensor]]:
        yield from batches

    found = []
    for loader in (batches, tuple(batches), generated, lambda: iter(batches), generated()):
        model = net()
        epochs = 1 if isinstance(loader, Iterator) else 3
        found.append(
            fit(model, loader, MSE, sgd(model), epochs, val=loader if epochs > 1 else None)
        )
    assert all(h.records == found[0].records for h in found[:4])
    assert found[4]["loss"] == found[0]["loss"][:1]


class ReadOnce:
    """Looks like a list, but has only one iterator."""

    def __init__(self, batches: list[Any]) -> None:
        self.batches = iter(batches)

    def __iter__(self) -> Iterator[Any]:
        return self.batches


def test_batches_that_are_gone_are_an_error() -> None:
    model = net()
    with pytest.raises(ValueError, match=r"loader is an iterator.* epochs=2"):
        fit(model, iter([data()]), MSE, sgd(model), 2)
    with pytest.raises(ValueError, match=r"val is an iterator.* epochs=2"):
        fit(model, [data()], MSE, sgd(model), 2, val=iter([data()]))
    with pytest.raises(ValueError, match="loader gave no batch"):
        fit(model, ReadOnce([data()]), MSE, sgd(model), 2)
    with pytest.raises(ValueError, match="loader gave no batch"):
        fit(model, [], MSE, sgd(model), 2)
    once = iter([data()])
    with pytest.raises(ValueError, match="val gave no batch"):
        fit(model, once, MSE, sgd(model), 1, val=once)


class TwoInputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 1).to(F64)

    def forward(self, X: Tensor, more: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        out = self.linear(X) * more["scale"]
        return out, out**2


def test_several_inputs_and_targets() -> None:
    """Inputs are passed one by one, nested parts as they are; the target is the last."""
    X, y = data()
    model, twin = TwoInputs(), TwoInputs()
    twin.load_state_dict(model.state_dict())
    scale = torch.full((50, 1), 2.0, dtype=F64)

    def loss_of(found: tuple[Tensor, Tensor], target: tuple[Tensor, Tensor]) -> Tensor:
        return MSE(found[0], target[0]) + 0.1 * MSE(found[1], target[1])

    history = fit(model, [[X, {"scale": scale}, (y, y**2)]], loss_of, sgd(model), 1)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.05)
    value = loss_of(twin(X, {"scale": scale}), (y, y**2))
    value.backward()
    optimizer.step()
    assert history["loss"] == pytest.approx([value.item()], rel=1e-14)
    same_weights(model, twin)


def test_sums_are_recorded_per_row() -> None:
    X, y = data()
    model, twin = net(), net()
    batches = list(zip(X.split(16), y.split(16), strict=True))
    total = nn.MSELoss(reduction="sum")
    records = fit(model, batches, total, sgd(model, 1e-3), 2).records
    expected = by_hand(twin, batches, total, torch.optim.SGD(twin.parameters(), lr=1e-3), 2)
    same_weights(model, twin)
    again = net()
    again.train()
    optimizer, rows = torch.optim.SGD(again.parameters(), lr=1e-3), 0.0
    for A, b in batches:
        optimizer.zero_grad()
        value = total(again(A), b)
        value.backward()
        optimizer.step()
        rows += value.item()
    assert records[0]["loss"] == pytest.approx(rows / 50, rel=1e-14)
    assert records[0]["loss"] != pytest.approx(expected[0]["loss"], rel=0.1)


def test_modes_are_set_and_given_back() -> None:
    """Train in steps, evaluation in validation and callbacks, and the caller's afterwards."""
    model, seen = net(), []
    model[1].register_forward_hook(lambda m, i, o: seen.append((m.training, o.requires_grad)))
    model.eval()
    model[2].train()
    fit(model, [data()], MSE, sgd(model), 1, val=[data()], callbacks=[
        lambda p: seen.append((p.model.training, None))])  # fmt: skip
    assert seen == [(True, True), (False, False), (False, None)]
    assert [part.training for part in model.modules()] == [False, False, False, True, False]


def test_modes_are_given_back_after_an_error() -> None:
    model = net().eval()
    with pytest.raises(TypeError, match=r"loader must give batches .* got a Tensor"):
        fit(model, data(), MSE, sgd(model), 1)
    assert not any(part.training for part in model.modules())


def test_callbacks_know_everything_and_stop() -> None:
    """A callback sees the epoch, adds a column, and stops; another follows a schedule."""
    model, seen = net(), []
    optimizer = sgd(model)
    schedule = optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)

    class Watcher:
        def __call__(self, progress: Progress) -> None:
            assert progress.model is model and progress.optimizer is optimizer
            assert progress.epoch == len(progress.history) == progress.record["epoch"]
            progress.record["rate"] = optimizer.param_groups[0]["lr"]
            if progress.epoch == 3:
                progress.stop("enough")

        def finish(self, progress: Progress) -> None:
            seen.append((progress.epoch, progress.epochs))

    history = fit(model, [data()], MSE, optimizer, 9,
                  callbacks=iter([Watcher(), lambda p: schedule.step()]))  # fmt: skip
    assert history["rate"] == [0.05, 0.025, 0.0125]
    assert (len(history), history.stopped, seen) == (3, "enough", [(3, 9)])


def test_best_weights_are_those_of_the_lowest_validation_loss() -> None:
    """Judged by the validation loss where there is one; a copy that later steps do not change."""
    model, states = net(), []

    def keep(progress: Progress) -> None:
        states.append(copy.deepcopy(progress.model.state_dict()))

    history = fit(model, shuffled(), MSE, sgd(model, 0.3), 12, val=held_out(), callbacks=[keep])
    best = min(range(12), key=history["val_loss"].__getitem__)
    assert history.best_epoch == best + 1 and 0 < best < 11, "choose another rate: no test"
    assert history.best_state is not None
    for name, value in history.best_state.items():
        assert torch.equal(value, states[best][name])
    model.load_state_dict(history.best_state)
    loss = weighted([(MSE(model.eval()(X), y).item(), len(y)) for X, y in held_out()])
    assert loss == min(history["val_loss"])


@pytest.mark.parametrize("batch", [0, 2])
def test_interrupt_keeps_the_history_and_the_best_weights(batch: int) -> None:
    calls, ends = [], []

    def loader() -> Iterator[Any]:
        calls.append(0)
        for number, pair in enumerate(shuffled()):
            if len(calls) == 4 and number == batch:
                raise KeyboardInterrupt
            yield pair

    class End:
        def __call__(self, progress: Progress) -> None: ...

        def finish(self, progress: Progress) -> None:
            ends.append(progress.epoch)

    model, twin = net(), net()
    history = fit(model, loader, MSE, sgd(model), 9, callbacks=[End()])
    shorter = fit(twin, shuffled, MSE, sgd(twin), 3)
    assert history.records == shorter.records and history.stopped == "interrupted"
    assert history.best_state is not None and shorter.best_state is not None and ends == [3]
    for name, value in shorter.best_state.items():
        assert torch.equal(history.best_state[name], value)


def test_interrupt_in_the_first_epoch() -> None:
    def loader() -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    model = net()
    history = fit(model, loader, MSE, sgd(model), 2)
    assert len(history) == 0 and history.best_state is None and history.stopped == "interrupted"


def test_divergence_stops_before_the_weights_are_spoiled() -> None:
    """The parabola w² with a step of 1e80: w, -2e80 w, 4e160 w: its square is no number."""
    model = nn.Linear(1, 1, bias=False).to(F64)
    X = torch.ones(1, 1, dtype=F64)
    loader = [(X, X * 0)] * 2
    with pytest.raises(
        FloatingPointError, match=r"loss is inf in epoch 2, batch 1: try a .*1e"
    ) as e:
        fit(model, loader, MSE, sgd(model, 1e80), 9)
    assert model.weight.isfinite().all() and abs(model.weight.item()) > 1e150
    assert len(e.value.history) == 1  # type: ignore[attr-defined]


def test_batches_with_nan_are_named() -> None:
    X, y = data()
    bad = y.clone()
    bad[3] = torch.nan
    model = net()
    before = copy.deepcopy(model[0].weight)
    with pytest.raises(
        FloatingPointError, match="epoch 1, batch 1: the batch itself is not finite"
    ):
        fit(model, [(X, bad)], MSE, sgd(model), 2)
    assert torch.equal(model[0].weight, before)
    with pytest.raises(
        FloatingPointError, match=r"validation of epoch 1, batch 2: the batch itself"
    ):
        fit(model, [(X, y)], MSE, sgd(model), 2, val=[(X, y), (X, bad)])


def test_weights_that_the_last_step_spoils_are_found() -> None:
    model = nn.Linear(1, 1, bias=False).to(F64)
    X = torch.ones(1, 1, dtype=F64)
    root = [(X, X * model.weight.item())]  # the slope of the root at 0 is infinite
    with pytest.raises(FloatingPointError, match="weight is not finite after epoch 1"):
        fit(model, root, lambda a, b: ((a - b) ** 2).sum().sqrt(), sgd(model), 1)


def bad_calls() -> list[Any]:
    one = [data()]
    cases: list[tuple[str, dict[str, Any], type[Exception], str]] = [
        ("model", {"model": len}, TypeError, r"\bmodel\b.* got builtin"),
        ("loader", {"loader": 3}, TypeError, r"\bloader\b.* got int"),
        ("val", {"val": 3}, TypeError, r"\bval\b.* got int"),
        ("one part", {"loader": [data()[:1]]}, ValueError, r"\bloader\b.* got 1"),
        ("loss", {"loss": 1.0}, TypeError, r"\bloss\b.* got float"),
        ("number", {"loss": lambda a, b: 1.0}, TypeError, r"\bloss\b.* got float"),
        ("no mean", {"loss": nn.MSELoss(reduction="none")}, ValueError, r"\bloss\b.*\(50, 1\)"),
        ("optimizer", {"optimizer": "Adam"}, TypeError, r"\boptimizer\b.* got str"),
        ("stranger", {"optimizer": sgd(net())}, ValueError, "optimizer must hold parameters"),
        ("epochs", {"epochs": 2.0}, TypeError, r"\bepochs\b.* got float"),
        ("no epochs", {"epochs": 0}, ValueError, r"\bepochs\b.* got 0"),
        ("device", {"device": "abacus"}, ValueError, r"\bdevice\b.* got 'abacus'"),
    ]
    return [pytest.param({"loader": one} | c, e, m, id=label) for label, c, e, m in cases]


@pytest.mark.parametrize(("changes", "error", "match"), bad_calls())
def test_bad_input(changes: dict[str, Any], error: type[Exception], match: str) -> None:
    model = net()
    given = {"model": model, "loss": MSE, "optimizer": sgd(model), "epochs": 2} | changes
    with pytest.raises(error, match=match):
        fit(**given)


def test_device_moves_model_loss_and_batches() -> None:
    """Without an accelerator, the meta device shows who moved; its numbers cannot be read."""
    model = net()
    weighted_loss = nn.BCEWithLogitsLoss(pos_weight=torch.ones(1, dtype=F64))
    with pytest.raises(RuntimeError, match="meta"):
        fit(model, [data()], weighted_loss, sgd(model), 1, device="meta")
    assert {w.device.type for w in [*model.parameters(), *weighted_loss.buffers()]} == {"meta"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_for_a_person_and_silence_for_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        model = net()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tqdm about widgets
            fit(model, [data()], MSE, sgd(model), 3)
        assert ("3/3" in stream.getvalue() and "loss=" in stream.getvalue()) == shown
        assert shown or stream.getvalue() == ""


@pytest.mark.parametrize("stdin", [True, False, None])
def test_kernel_says_whether_a_person_is_there(
    monkeypatch: pytest.MonkeyPatch, stdin: bool | None
) -> None:
    """A request of nbclient offers no input; nor does code that runs outside of a request."""
    content = {} if stdin is None else {"content": {"allow_stdin": stdin}}
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: content))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert _watch.watched() is bool(stdin)


def test_pandas_is_loaded_when_a_frame_is_asked_for() -> None:
    model = net()
    frame = fit(model, shuffled(), MSE, sgd(model), 2, val=held_out()).to_frame()
    assert list(frame.columns) == ["epoch", "loss", "val_loss"] and list(frame["epoch"]) == [1, 2]
    assert "fit" in training.__all__
