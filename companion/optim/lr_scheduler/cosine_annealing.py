"""Half a cosine wave from the initial rate to the smallest one."""

from __future__ import annotations

import math

from torch.optim import Optimizer

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, ReadableScheduler


class CosineAnnealingLR(ReadableScheduler):
    """Let the learning rate swing down to ``eta_min`` in ``T_max`` epochs, then up again.

    After t epochs, from the initial rate α₀::

        α = eta_min + (α₀ - eta_min) (1 + cos(π t / T_max)) / 2

    Parameters
    ----------
    optimizer : ours or the library's.
    T_max : half the period in epochs, above 0.
    eta_min : smallest rate, at least 0.
    last_epoch : epochs that are behind, -1 for none.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    KeyError
        If ``last_epoch`` is not -1 and a group has no ``"initial_lr"``.

    Mirrors ``torch.optim.lr_scheduler.CosineAnnealingLR``.
    Proven equal to it, the rates after each of 60 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        check_number("T_max", T_max)
        if T_max == 0:
            raise ValueError("T_max must be above 0, got 0")
        check_number("eta_min", eta_min)
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _next(self, lr: Rate, base: Rate, t: int) -> Rate:
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:
            # The last rate was eta_min: no factor leads away from it, a summand does.
            return lr + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        factor = self._wave(t) / self._wave(t - 1)
        return factor * (lr - self.eta_min) + self.eta_min

    def _rate_at(self, base: Rate, t: int) -> Rate:
        return self.eta_min + (base - self.eta_min) * self._wave(t) / 2

    def _wave(self, t: int) -> float:
        return 1 + math.cos(math.pi * t / self.T_max)
