"""What training leaves behind, and what a callback is told after each epoch."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch.nn import Module
from torch.optim import Optimizer

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class History:
    """The losses of a training run, epoch by epoch, and the best weights.

    ``history["loss"]`` is a list with a number an epoch, ``history.to_frame()`` a table,
    ``len(history)`` the number of whole epochs.

    Parameters
    ----------
    records : a dictionary an epoch: ``epoch`` (from 1), ``loss``, ``val_loss`` if there are
        validation data, and whatever callbacks add.
    best_epoch : the epoch with the lowest ``val_loss`` (without validation data: ``loss``).
    best_state : ``state_dict`` of the model after that epoch, a copy:
        ``model.load_state_dict(history.best_state)`` goes back to it.
    stopped : why training ended before its last epoch, empty if it did not.

    Proven equal to a table filled by hand in ``tests/training/test_history.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """

    records: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    best_state: dict[str, Any] | None = field(default=None, repr=False)
    stopped: str = ""

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> list[float]:
        """Return one number an epoch, NaN for an epoch that did not record it."""
        names = list(dict.fromkeys(key for record in self.records for key in record))
        if name not in names:
            raise KeyError(f"no {name!r} was recorded, only {names}")
        return [record.get(name, math.nan) for record in self.records]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row an epoch."""
        import pandas as pd

        return pd.DataFrame(self.records or None, columns=None if self.records else START)

    def add(self, record: dict[str, float], model: Module) -> None:
        """Append the record of an epoch; copy the weights if none before was better."""
        self.records.append(record)
        best = self.best_epoch
        if best is None or _judged(record) < _judged(self.records[best - 1]):
            self.best_epoch = len(self.records)
            self.best_state = copy.deepcopy(model.state_dict())


START = ["epoch", "loss"]


def _judged(record: dict[str, float]) -> float:
    """Return the loss that decides which epoch was best."""
    return record.get("val_loss", record["loss"])


@dataclass
class Progress:
    """What a callback is told after an epoch, and how it asks to stop.

    A callback is anything that can be called with a ``Progress``. If it has a method ``finish``,
    that is called with the last ``Progress`` when training ends, however it ends.

    Parameters
    ----------
    epoch : the epoch that has just ended, from 1 (0: none has).
    epochs : how many were asked for.
    history : of all epochs so far; ``record`` is the last.
    model, optimizer : those in training; the model is in the mode of evaluation.
    stopping : the reason to stop, empty to go on.

    Proven equal to what a loop by hand would report in ``tests/training/test_fit.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """

    epoch: int
    epochs: int
    history: History
    model: Module
    optimizer: Optimizer
    stopping: str = ""

    @property
    def record(self) -> dict[str, float]:
        """The numbers of this epoch; what is added here becomes a column of the history."""
        if not self.history.records:
            raise RuntimeError("record: no epoch has ended yet")
        return self.history.records[-1]

    def stop(self, reason: str = "stopped by a callback") -> None:
        """Ask to end training after this epoch."""
        self.stopping = reason
