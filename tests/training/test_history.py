"""A history is a table that fills epoch by epoch, and remembers the best weights."""

from __future__ import annotations

import math

import pandas as pd
import pytest
import torch
from torch import nn

from companion.training import History, Progress


def model_of(weight: float) -> nn.Module:
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, weight)
    return model


def filled(*records: dict[str, float]) -> History:
    """Each epoch ends with the weight that is its number."""
    history = History()
    for record in records:
        history.add(record, model_of(record["epoch"]))
    return history


def test_frame_and_columns() -> None:
    """A column that is not recorded in every epoch has NaN there."""
    history = filled({"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25, "accuracy": 0.9})
    expected = pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 0.25], "accuracy": [math.nan, 0.9]})
    pd.testing.assert_frame_equal(history.to_frame(), expected)
    assert history["loss"] == [0.5, 0.25] and len(history) == 2
    assert math.isnan(history["accuracy"][0])
    with pytest.raises(KeyError, match=r"val_loss.* only .*'accuracy'"):
        _ = history["val_loss"]
    assert "tensor" not in repr(history)


def test_empty_history_is_an_empty_table() -> None:
    assert (
        list(History().to_frame().columns) == ["epoch", "loss"] and len(History().to_frame()) == 0
    )
    assert History().best_state is None and History().best_epoch is None


@pytest.mark.parametrize(
    ("losses", "validation", "best"),
    [
        ([3, 1, 2], None, 2),
        ([3, 2, 1], [1, 2, 3], 1),
        ([1, 1, 1], None, 1),
        ([1, 2, 3], [2, 1, 1], 2),
    ],
)
def test_best_is_the_first_lowest_validation_loss(
    losses: list[float], validation: list[float] | None, best: int
) -> None:
    records = [{"epoch": k + 1, "loss": loss} for k, loss in enumerate(losses)]
    if validation is not None:
        records = [r | {"val_loss": v} for r, v in zip(records, validation, strict=True)]
    history = filled(*records)
    assert history.best_epoch == best and history.best_state is not None
    assert history.best_state["weight"].item() == best


def test_best_state_is_a_copy() -> None:
    history, model = History(), model_of(1.0)
    history.add({"epoch": 1, "loss": 1.0}, model)
    nn.init.constant_(model.weight, 2.0)
    assert history.best_state is not None and history.best_state["weight"].item() == 1.0


def test_progress_without_an_epoch_has_no_record() -> None:
    model = model_of(1.0)
    progress = Progress(0, 3, History(), model, torch.optim.SGD(model.parameters()))
    with pytest.raises(RuntimeError, match="record: no epoch"):
        _ = progress.record
    assert progress.stopping == ""
    progress.stop()
    assert progress.stopping == "stopped by a callback"
