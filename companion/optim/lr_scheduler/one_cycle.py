"""One cycle: up to a large rate, then down to almost nothing; the momentum goes the other way."""

from __future__ import annotations

import math
from typing import Any, Literal

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from companion.optim._optimizer import check_number
from companion.optim.lr_scheduler._scheduler import Rate, check_integer, check_optimizer


class OneCycleLR(LRScheduler):
    """Raise the learning rate to ``max_lr`` and let it fall again, once, in ``total_steps`` steps.

    With T = total_steps and p = pct_start, from time 0 to T - 1::

        max_lr / div_factor -> max_lr -> max_lr / (div_factor final_div_factor)
                       until p T - 1                                  until T - 1

    along half a cosine wave or a straight line. With ``three_phase`` the fall first goes to the
    initial rate, until 2 p T - 2. ``cycle_momentum`` moves the momentum (or the first beta)
    from ``max_momentum`` to ``base_momentum`` while the rate rises, and back.

    Parameters
    ----------
    optimizer : ours or the library's.
    max_lr, base_momentum, max_momentum : one number, or a list with one for each group.
    total_steps : number of steps, or else ``epochs`` and ``steps_per_epoch``, its factors.
    pct_start, div_factor, final_div_factor, three_phase, cycle_momentum : as above.
    anneal_strategy : ``"cos"`` or ``"linear"``.
    last_epoch : steps that are behind, -1 for none.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range, the rise would have no length, the
        optimizer has no momentum to cycle, or a step goes beyond ``total_steps``.
    KeyError
        If ``last_epoch`` is not -1 and a group has no ``"initial_lr"``.

    Mirrors ``torch.optim.lr_scheduler.OneCycleLR``.
    Proven equal to it, rates and momenta after each step (``tests/test_registry.py``).
    Book: chapters/03-optimization/optimizers
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        check_integer("last_epoch", last_epoch, low=-1)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        check_divisor("div_factor", div_factor)
        check_divisor("final_div_factor", final_div_factor)
        self.optimizer = optimizer
        self.total_steps = _number_of_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        self.cycle_momentum = cycle_momentum
        tops = {"max_lr": self._each("max_lr", max_lr)}
        if cycle_momentum:
            tops |= self._momenta(max_momentum, base_momentum)
        if last_epoch == -1:
            self._mark_groups(tops, div_factor, final_div_factor)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """Return the rates of this step; the momenta are set at once."""
        if self.last_epoch > self.total_steps:
            raise ValueError(f"total_steps is {self.total_steps}, got step {self.last_epoch}")
        phase, part = self._place(self.last_epoch)
        rates: list[Rate] = []
        for group in self.optimizer.param_groups:
            rates.append(self._between(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._between(*ends, part))
        return rates

    def _momenta(self, most: Any, least: Any) -> dict[str, list[float]]:
        """Return both ends of the momentum, one value for each group, and note where it stands."""
        self.use_beta1 = "betas" in self.optimizer.defaults
        if not self.use_beta1 and "momentum" not in self.optimizer.defaults:
            raise ValueError("cycle_momentum needs an optimizer with momentum or betas")
        return {
            "max_momentum": self._each("max_momentum", most),
            "base_momentum": self._each("base_momentum", least),
        }

    def _mark_groups(self, tops: dict[str, list[float]], first: float, last: float) -> None:
        """Write the ends of all phases into the groups, where ``get_lr`` finds them by name."""
        for number, group in enumerate(self.optimizer.param_groups):
            group.update({name: each[number] for name, each in tops.items()})
            group["initial_lr"] = group["max_lr"] / first
            group["min_lr"] = group["initial_lr"] / last

    def _place(self, t: int) -> tuple[dict[str, Any], float]:
        """Return the phase that holds time t, and the part of it that is over."""
        start = 0.0
        for phase in self._schedule_phases[:-1]:
            if t <= phase["end_step"]:
                break
            start = phase["end_step"]
        else:
            phase = self._schedule_phases[-1]
        return phase, (t - start) / (phase["end_step"] - start)

    def _between(self, start: float, end: float, part: float) -> float:
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2 * (math.cos(math.pi * part) + 1)

    def _set_momentum(self, group: dict[str, Any], value: float) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value

    def _each(self, name: str, value: Any) -> list[float]:
        """Return one value for each group."""
        number = len(self.optimizer.param_groups)
        values = list(value) if isinstance(value, list | tuple) else [value] * number
        if len(values) != number:
            raise ValueError(f"{name} must have one value for {number} groups, got {len(values)}")
        for this in values:
            check_number(name, this)
        return values


def check_divisor(name: str, value: float) -> None:
    """Raise unless it is a number above 0."""
    check_number(name, value)
    if value == 0:
        raise ValueError(f"{name} must be above 0, got 0")


def _number_of_steps(total: int | None, epochs: int | None, each: int | None) -> int:
    if total is not None:
        check_integer("total_steps", total, low=1)
        return total
    if epochs is None or each is None:
        raise ValueError("total_steps or both epochs and steps_per_epoch must be given")
    check_integer("epochs", epochs, low=1)
    check_integer("steps_per_epoch", each, low=1)
    return epochs * each


def _phases(total: int, part: float, three: bool) -> list[dict[str, Any]]:
    """Return when each phase ends, and the group's options that it starts from and ends at."""
    check_number("pct_start", part)
    if part > 1:
        raise ValueError(f"pct_start must be at most 1, got {part}")
    top = float(part * total) - 1
    if top == 0:
        raise ValueError(
            f"pct_start times the number of steps must not be 1, got {part} of {total}: "
            "the rise would have no length"
        )
    rates, momenta = ["initial_lr", "max_lr", "min_lr"], ["max_momentum", "base_momentum"]
    ends: list[float] = [top, total - 1]
    if three:
        rates.insert(2, "initial_lr")
        ends.insert(1, float(2 * part * total) - 2)
    momenta += ["max_momentum"] * (len(ends) - 1)
    return [
        {
            "end_step": end,
            "start_lr": rates[i],
            "end_lr": rates[i + 1],
            "start_momentum": momenta[i],
            "end_momentum": momenta[i + 1],
        }
        for i, end in enumerate(ends)
    ]
