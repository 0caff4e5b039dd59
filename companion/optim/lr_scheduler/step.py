"""A staircase: the rate is multiplied by a factor every few epochs."""

from __future__ import annotations

from torch.optim import Optimizer

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, ReadableScheduler, check_integer


class StepLR(ReadableScheduler):
    """Multiply the learning rate by gamma every ``step_size`` epochs.

    After t epochs, from the initial rate α₀::

        α = α₀ gamma^⌊t / step_size⌋

    Parameters
    ----------
    optimizer : ours or the library's.
    step_size : epochs between two drops, an integer of at least 1.
    gamma : factor of one drop, at least 0.
    last_epoch : epochs that are behind, -1 for none.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    KeyError
        If ``last_epoch`` is not -1 and a group has no ``"initial_lr"``.

    Mirrors ``torch.optim.lr_scheduler.StepLR``.
    Proven equal to it, the rates after each of 60 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        check_integer("step_size", step_size, low=1)
        check_number("gamma", gamma)
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _next(self, lr: Rate, base: Rate, t: int) -> Rate:
        return lr * self.gamma if t % self.step_size == 0 else lr * 1.0

    def _resumed(self, lr: Rate, base: Rate, t: int) -> Rate:
        return self._next(lr, base, t)

    def _rate_at(self, base: Rate, t: int) -> Rate:
        return base * self.gamma ** (t // self.step_size)
