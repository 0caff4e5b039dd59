"""A rate that is reduced when the loss no longer falls."""

from __future__ import annotations

import math
from typing import Any, Literal, SupportsFloat

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, check_integer, check_optimizer


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by ``factor`` when the metric has stopped to improve.

    A metric m is better than the best one b so far, with threshold τ, if::

        m < b (1 - τ)  "rel"     m < b - τ  "abs"         mode "min"
        m > b (1 + τ)  "rel"     m > b + τ  "abs"         mode "max"

    After more than ``patience`` bad epochs in a row the rate α becomes max(factor α, min_lr),
    unless that is less than ``eps`` lower; then ``cooldown`` epochs are not counted.

    Parameters
    ----------
    optimizer : ours or the library's.
    mode, threshold, threshold_mode, patience, cooldown, eps : as above.
    factor : 0 <= factor < 1.
    min_lr : lower bound of the rate, one number or a list with one for each group.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.

    Mirrors ``torch.optim.lr_scheduler.ReduceLROnPlateau``.
    Proven equal to it, the rates after each of 60 steps (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        # The constructor of the base class would take a step, and there is no metric yet.
        check_optimizer(optimizer)
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold_mode must be 'rel' or 'abs', got {threshold_mode!r}")
        check_number("factor", factor, high=1)
        check_integer("patience", patience, low=0)
        check_integer("cooldown", cooldown, low=0)
        check_number("threshold", threshold)
        check_number("eps", eps)
        self.optimizer = optimizer
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.factor, self.eps = factor, eps
        self.patience, self.cooldown = patience, cooldown
        self.default_min_lr = None if isinstance(min_lr, list | tuple) else min_lr
        self.min_lrs = self._lower_bounds(min_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self._last_lr = self._rates()

    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]
        """Look at the metric of an epoch, and reduce the rates if it is time."""
        self.last_epoch += 1
        if self._is_better(float(metrics)):
            self.best = float(metrics)
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    def _is_better(self, metric: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "rel":
            bound = self.best * (1 + sign * self.threshold)
        else:
            bound = self.best + sign * self.threshold
        return metric > bound if self.mode == "max" else metric < bound

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(self.min_lrs) != len(groups):  # a group was added after the start
            self.min_lrs = self._lower_bounds(
                self.min_lrs if self.default_min_lr is None else self.default_min_lr
            )
        for group, bound in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, bound)
            if old - new <= self.eps:
                continue
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(new)
            else:
                group["lr"] = new

    def _lower_bounds(self, min_lr: Any) -> list[float]:
        """Return one bound for each group."""
        number = len(self.optimizer.param_groups)
        bounds = list(min_lr) if isinstance(min_lr, list | tuple) else [min_lr] * number
        if len(bounds) != number:
            raise ValueError(f"min_lr must have one value for {number} groups, got {len(bounds)}")
        for bound in bounds:
            check_number("min_lr", bound)
        return bounds

    def _rates(self) -> list[Rate]:
        rates = (group["lr"] for group in self.optimizer.param_groups)
        return [lr.clone() if isinstance(lr, Tensor) else lr for lr in rates]
