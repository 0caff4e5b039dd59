"""Exponential decay of the rate."""

from __future__ import annotations

from torch.optim import Optimizer

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, ReadableScheduler


class ExponentialLR(ReadableScheduler):
    """Multiply the learning rate by gamma every epoch.

    After t epochs, from the initial rate α₀::

        α = α₀ gammaᵗ

    Parameters
    ----------
    optimizer : ours or the library's.
    gamma : factor of one epoch, at least 0.
    last_epoch : epochs that are behind, -1 for none.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    KeyError
        If ``last_epoch`` is not -1 and a group has no ``"initial_lr"``.

    Mirrors ``torch.optim.lr_scheduler.ExponentialLR``.
    Proven equal to it, the rates after each of 60 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        check_number("gamma", gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _next(self, lr: Rate, base: Rate, t: int) -> Rate:
        return lr * self.gamma

    def _rate_at(self, base: Rate, t: int) -> Rate:
        return base * self.gamma**t
