"""A straight ramp, most often the warm-up before another schedule."""

from __future__ import annotations

from torch.optim import Optimizer

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, ReadableScheduler, check_integer


class LinearLR(ReadableScheduler):
    """Change the learning rate along a straight line, then keep it.

    After t epochs, from the initial rate α₀::

        α = α₀ (start_factor + (end_factor - start_factor) min(t / total_iters, 1))

    Parameters
    ----------
    optimizer : ours or the library's.
    start_factor, end_factor : 0 < start_factor <= 1 and 0 <= end_factor <= 1.
    total_iters : length of the ramp in epochs, an integer of at least 1.
    last_epoch : epochs that are behind, -1 for none.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    KeyError
        If ``last_epoch`` is not -1 and a group has no ``"initial_lr"``.

    Mirrors ``torch.optim.lr_scheduler.LinearLR``.
    Proven equal to it, the rates after each of 60 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        check_number("start_factor", start_factor)
        check_number("end_factor", end_factor)
        if start_factor == 0 or max(start_factor, end_factor) > 1:
            raise ValueError(
                "start_factor must be in (0, 1] and end_factor in [0, 1], "
                f"got {start_factor} and {end_factor}"
            )
        check_integer("total_iters", total_iters, low=1)
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _first(self, lr: Rate, base: Rate, t: int) -> Rate:
        return lr * self.start_factor

    def _next(self, lr: Rate, base: Rate, t: int) -> Rate:
        if t > self.total_iters:
            return lr * 1.0
        rise = self.end_factor - self.start_factor
        # The factor of time t over that of t - 1, both times total_iters.
        return lr * (1 + rise / (self.total_iters * self.start_factor + (t - 1) * rise))

    def _rate_at(self, base: Rate, t: int) -> Rate:
        rise = self.end_factor - self.start_factor
        return base * (self.start_factor + rise * min(self.total_iters, t) / self.total_iters)
