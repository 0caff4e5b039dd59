"""The schedules where the registry does not look: closed forms, resuming, chains, states."""

from __future__ import annotations

import copy
import math
import pickle
import warnings
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler as library

from companion import optim
from companion.optim import lr_scheduler
from tests.optim.rates import course, make, metric, same, settings
from tests.registry.optim_lr_scheduler import CHANGES, MUST

F64 = torch.float64
NAMES = tuple(MUST)
TIMED = ("StepLR", "ExponentialLR", "LinearLR", "CosineAnnealingLR")
both = (lr_scheduler, library)


def alone(name: str, lr: float, **options: Any) -> Any:
    return getattr(lr_scheduler, name)(make(optim.SGD, F64, rates=[lr]), **options)


def rates(scheduler: Any, steps: int) -> list[float]:
    return [found[-1] for found in course(scheduler, steps)]


def test_rates_of_the_book() -> None:
    assert rates(alone("StepLR", 0.1, step_size=30), 60)[60] == pytest.approx(1e-3, rel=1e-12)
    found = rates(alone("ExponentialLR", 0.1, gamma=0.95), 50)[50]
    assert found == pytest.approx(0.1 * math.exp(50 * math.log(0.95)), rel=1e-12)
    found = rates(alone("CosineAnnealingLR", 0.1, T_max=100, eta_min=1e-3), 50)[50]
    assert found == pytest.approx((0.1 + 1e-3) / 2, rel=1e-12)


def test_ramp_is_straight_and_ends() -> None:
    found = rates(alone("LinearLR", 0.3, start_factor=0.2, end_factor=0.8, total_iters=6), 10)
    expected = [0.3 * (0.2 + 0.1 * min(t, 6)) for t in range(11)]
    assert found == pytest.approx(expected, rel=1e-12)


def test_cosine_returns_after_a_full_period() -> None:
    found = rates(alone("CosineAnnealingLR", 0.2, T_max=10, eta_min=0.01), 40)
    assert found[10] == pytest.approx(0.01) and found[20] == pytest.approx(0.2, rel=1e-12)
    assert found[30] == pytest.approx(0.01) and found[40] == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize("name", TIMED)
def test_steps_amount_to_the_closed_form(name: str) -> None:
    """The formula of the docstring, in which the steps appear only as a jump of the library."""
    for options in (MUST[name], MUST[name] | CHANGES[name]):
        stepped = rates(alone(name, 0.1, **options), 40)
        jumping = alone(name, 0.1, **options)
        jumping.optimizer.step()
        for t in range(1, 41):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the argument of step is old
                jumping.step(t)
            assert stepped[t] == pytest.approx(jumping.get_last_lr()[0], rel=1e-12, abs=1e-16)


def test_one_cycle_visits_its_corners() -> None:
    scheduler = alone("OneCycleLR", 0.1, max_lr=0.5, total_steps=101, pct_start=21 / 101)
    found = rates(scheduler, 100)
    assert found[0] == pytest.approx(0.5 / 25) and found[20] == pytest.approx(0.5)
    assert found[100] == pytest.approx(0.5 / 25 / 1e4) and max(found) == found[20]
    assert found[60] == pytest.approx((0.5 + 0.5 / 25 / 1e4) / 2)  # half-way down


@pytest.mark.parametrize("steps", [1, 2, 7, 33])
def test_short_cycles_and_the_end(steps: int) -> None:
    """One step more than ``total_steps`` - 1 is let through, as in the library; then no more."""
    found = []
    for module in both:
        scheduler = module.OneCycleLR(make(optim.Adam, F64), 0.3, epochs=1, steps_per_epoch=steps)
        found.append(course(scheduler, steps))
        with pytest.raises(ValueError, match="total"):
            scheduler.step()
    same(found[0], found[1], 1e-15)


def test_plateau_waits_reduces_and_rests() -> None:
    """Patience 2: the third bad epoch reduces; cooldown 1: the one after it is not counted."""
    scheduler = alone("ReduceLROnPlateau", 1.0, factor=0.5, patience=2, cooldown=1)
    found = []
    for _ in range(9):
        scheduler.step(torch.tensor(1.0))
        found.append(scheduler.get_last_lr()[0])
    assert found == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize("kind", ["rel", "abs"])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_plateau_asks_for_more_than_the_threshold(mode: str, kind: str) -> None:
    """After a best metric of 2 the bound is 2 (1 ± τ) or 2 ± τ: just inside is bad, beyond good."""
    sign = 1 if mode == "max" else -1
    bound = 2 * (1 + sign * 0.1) if kind == "rel" else 2 + sign * 0.1
    for module in both:
        for beyond in (-1e-6, 1e-6):
            scheduler = module.ReduceLROnPlateau(
                make(optim.SGD, F64), mode, threshold=0.1, threshold_mode=kind
            )
            scheduler.step(2.0)
            scheduler.step(bound + sign * beyond)
            assert (scheduler.num_bad_epochs == 0) == (beyond > 0)


def test_plateau_takes_a_new_group_in() -> None:
    for bounds in (0.2, [0.2, 0.2, 0.2]):
        scheduler = lr_scheduler.ReduceLROnPlateau(make(optim.SGD, F64), patience=0, min_lr=bounds)
        scheduler.optimizer.add_param_group({"params": [torch.zeros(2)], "lr": 3.0})
        scheduler.step(1.0)
        if isinstance(bounds, list):
            with pytest.raises(ValueError, match="one value for 4 groups, got 3"):
                scheduler.step(1.0)
        else:
            scheduler.step(1.0)
            assert scheduler.get_last_lr()[3] == pytest.approx(0.3)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "ReduceLROnPlateau"])
@pytest.mark.parametrize("behind", [0, 5, 6, 20])
def test_resuming_at_an_epoch(name: str, behind: int) -> None:
    found = []
    for module in both:
        kind = getattr(module, name)
        first = kind(make(optim.SGD, F64), **MUST[name])
        course(first, behind)
        second = kind(first.optimizer, **MUST[name], last_epoch=behind)
        found.append(course(second, 20))
    same(found[0], found[1], 1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_states_are_exchanged_with_the_library(name: str) -> None:
    """The state of each side goes on in the other, made with other options."""
    mine, theirs = getattr(lr_scheduler, name), getattr(library, name)
    options = MUST[name] | CHANGES[name]
    straight = course(theirs(make(optim.SGD, F64), **options), 40)[20:]
    for source, target in ((mine, theirs), (theirs, mine), (mine, mine)):
        first = source(make(optim.SGD, F64), **options)
        course(first, 20)
        second = target(make(optim.SGD, F64), **MUST[name])
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        second.optimizer.load_state_dict(first.optimizer.state_dict())
        again = [settings(second)]
        for t in range(20, 40):
            second.optimizer.step()
            second.step(*([metric(t)] if name == "ReduceLROnPlateau" else []))
            again.append(settings(second))
        same(again, straight, 1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_state_survives_pickle_and_has_no_optimizer(name: str) -> None:
    scheduler = alone(name, 0.1, **MUST[name])
    state = scheduler.state_dict()
    assert "optimizer" not in state
    assert pickle.loads(pickle.dumps(state)) == state


@pytest.mark.parametrize("second", TIMED)
def test_warm_up_then_another_by_the_librarys_sequence(second: str) -> None:
    found = []
    for module in both:
        optimizer = make(optim.SGD, F64)
        parts = [module.LinearLR(optimizer), getattr(module, second)(optimizer, **MUST[second])]
        found.append(course(library.SequentialLR(optimizer, parts, milestones=[5]), 40))
    same(found[0], found[1], 1e-15)


@pytest.mark.parametrize("other", TIMED)
def test_two_schedules_on_one_optimizer(other: str) -> None:
    found = []
    for module in both:
        optimizer = make(optim.SGD, F64)
        parts = [module.LinearLR(optimizer), getattr(module, other)(optimizer, **MUST[other])]
        found.append(course(library.ChainedScheduler(parts, optimizer), 40))
    same(found[0], found[1], 1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_returned_is_a_copy(name: str) -> None:
    """Whoever changes a returned rate in place does not change the optimizer's."""
    scheduler = getattr(lr_scheduler, name)(make(optim.SGD, F64, tensor=True), **MUST[name])
    before = scheduler.optimizer.param_groups[0]["lr"].clone()
    scheduler.get_last_lr()[0].fill_(7.0)
    assert torch.equal(scheduler.optimizer.param_groups[0]["lr"], before)
    if name in TIMED:
        scheduler.get_lr()[0].fill_(7.0)
        assert torch.equal(scheduler.optimizer.param_groups[0]["lr"], before)


def test_step_before_the_optimizer_warns_as_in_the_library() -> None:
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        alone("ExponentialLR", 0.1, gamma=0.5).step()
