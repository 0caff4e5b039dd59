"""What the schedules of time share: the loop over the groups, the start, and the checks."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeAlias

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

Rate: TypeAlias = float | Tensor  # a rate given as a tensor stays one


def check_integer(name: str, value: int, low: int) -> None:
    """Raise unless ``value`` is an integer of at least ``low``.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is below ``low``.
    """
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")


def check_optimizer(optimizer: Optimizer) -> None:
    """Raise ``TypeError`` unless it is an optimizer: ours are torch's as well."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer, got {type(optimizer).__name__}")


class ReadableScheduler(LRScheduler):
    """A schedule whose subclass writes two formulas: the next rate, and the rate at any time.

    ``LRScheduler`` owns ``step``, ``get_last_lr`` and ``state_dict``. A step multiplies or adds to
    the rate that it finds, so that several schedules can act on one optimizer; ``_rate_at`` is what
    the steps amount to when one schedule acts alone.
    """

    _starting = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        check_integer("last_epoch", last_epoch, low=-1)
        self._starting = True  # the base class takes the step to the first epoch
        super().__init__(optimizer, last_epoch)
        del self._starting  # no part of the state

    def get_lr(self) -> list[Rate]:
        """Return the rates of this epoch, made from those of the last one."""
        t = self.last_epoch
        if t == 0:
            rule = self._first
        elif self._starting:
            rule = self._resumed
        else:
            rule = self._next
        groups = self.optimizer.param_groups
        pairs = zip(groups, self.base_lrs, strict=True)
        return [rule(group["lr"], base, t) for group, base in pairs]

    @abstractmethod
    def _next(self, lr: Rate, base: Rate, t: int) -> Rate:
        """Return the rate at time t > 0, given that of the time before."""

    @abstractmethod
    def _rate_at(self, base: Rate, t: int) -> Rate:
        """Return the rate at time t, given the initial one."""

    def _first(self, lr: Rate, base: Rate, t: int) -> Rate:
        """Return the rate at time 0."""
        return lr * 1.0  # a tensor is copied: the caller may change what ``get_lr`` returns

    def _resumed(self, lr: Rate, base: Rate, t: int) -> Rate:
        """Return the rate of a schedule that starts at ``last_epoch + 1`` > 0."""
        return lr * 1.0

    def _get_closed_form_lr(self) -> list[Rate]:
        """Answer ``LRScheduler``, which asks by this name when it jumps to an epoch."""
        return [self._rate_at(base, self.last_epoch) for base in self.base_lrs]
