"""L-BFGS where the registry does not look: the formula, the line search, states, odd losses."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from companion import optim
from companion.optim._strong_wolfe import Point, cubic_minimum, strong_wolfe
from companion.optim.lbfgs import two_loops
from tests.optim.descent import PROBLEMS, descend
from tests.registry import close

F64 = torch.float64
SEARCHES = (None, "strong_wolfe")
both = (optim.LBFGS, torch.optim.LBFGS)


def start(name: str, seed: int = 0) -> list[Tensor]:
    return PROBLEMS[name].start(torch.Generator().manual_seed(seed), F64)


def looks(kind: Any, loss: Callable[[Tensor], Tensor], **options: Any) -> list[Tensor]:
    """Every point at which the loss is asked for, and the one where the descent ends."""
    w = torch.tensor([0.9, -0.4], dtype=F64, requires_grad=True)
    optimizer = kind([w], line_search_fn="strong_wolfe", **options)
    asked = []

    def closure() -> Tensor:
        asked.append(w.detach().clone())
        optimizer.zero_grad()
        f = loss(w)
        f.backward()
        return f

    optimizer.step(closure)
    return [*asked, w.detach()]


def rough(seed: int) -> Callable[[Tensor], Tensor]:
    """A bowl, more or less steep, with waves and corners of all sizes on it."""
    a = torch.rand(6, generator=torch.Generator().manual_seed(seed), dtype=F64)

    def loss(w: Tensor) -> Tensor:
        waves = a[0] * torch.sin(12 * a[1] * w) + 0.2 * a[2] * torch.cos(40 * a[3] * w)
        return (waves + a[4] * (w - a[5]).abs() ** (1 + 2 * a[0]) + a[3] * w).sum()

    return loss


@pytest.mark.parametrize("lr", [0.01, 1.0, 20.0])
def test_search_looks_where_the_librarys_looks(lr: float) -> None:
    """Two iterations on each of 60 rough lines; few trials, or enough to reach the end."""
    for seed in range(60):
        for most in (4, 9, 40):
            options = {"lr": lr, "max_iter": 2, "max_eval": most}
            ours, theirs = (looks(kind, rough(seed), **options) for kind in both)
            close(ours, theirs, 1e-10)


@pytest.mark.parametrize(("drop", "accepted"), [(3e-4, True), (3e-5, False)])
def test_search_accepts_a_small_decrease(drop: float, accepted: bool) -> None:
    """The loss falls at slope -1 by ``drop`` and then hardly any more: c₁ = 10⁻⁴ lies between."""

    def loss(w: Tensor) -> Tensor:
        u = w.sum() - 0.5  # the start is at 0.5
        return -drop * torch.tanh(u / drop) - 1e-7 * u

    ours, theirs = (looks(kind, loss, max_iter=1, max_eval=40) for kind in both)
    close(ours, theirs, 1e-10)
    assert (len(ours) == 3) == accepted  # the start, the first trial, the end


def test_search_between_level_points_stays_finite() -> None:
    """Two level points of one height leave 0/0 for the cubic; the library then steps by NaN."""
    found = looks(optim.LBFGS, lambda w: -3e-5 * torch.tanh((w.sum() - 0.5) / 3e-5), max_eval=40)
    assert all(bool(w.isfinite().all()) for w in found)


@pytest.mark.parametrize("place", [0.55, 0.7, 0.93])
def test_search_stops_dividing_where_the_librarys_stops(place: float) -> None:
    """A corner with slopes -1 and 0.95 is flat nowhere: the bracket shrinks until it is short."""

    def loss(w: Tensor) -> Tensor:
        u = w.sum() - place
        return torch.where(u > 0, 0.95 * u, -u)

    ours, theirs = (looks(kind, loss, max_iter=1, max_eval=200) for kind in both)
    close(ours, theirs, 1e-12)
    assert 10 < len(ours) < 200
    shortest = min(float((a - ours[-1]).abs().max()) for a in ours[:-1] if not a.equal(ours[-1]))
    assert shortest < 1e-9


@pytest.mark.parametrize("pairs", [0, 1, 2, 7])
def test_two_loops_multiply_by_the_inverse_matrix(pairs: int) -> None:
    """The matrix of the formula, formed: (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ, starting at γ I."""
    generator = torch.Generator().manual_seed(pairs)
    n, gamma = 5, 0.3
    steps = [torch.randn(n, generator=generator, dtype=F64) for _ in range(pairs)]
    changes = [torch.randn(n, generator=generator, dtype=F64) + 2 * s for s in steps]
    changes = [y if y @ s > 0 else -y for s, y in zip(steps, changes, strict=True)]
    rho = [1 / (y @ s) for s, y in zip(steps, changes, strict=True)]
    eye = torch.eye(n, dtype=F64)
    H = gamma * eye
    for s, y, r in zip(steps, changes, rho, strict=True):
        left = eye - r * torch.outer(s, y)
        H = left @ H @ left.T + r * torch.outer(s, s)
    g = torch.randn(n, generator=generator, dtype=F64)
    close(two_loops(g, steps, changes, rho, gamma), -H @ g, 1e-10)


def point(t: float, f: Callable[[float], float], slope: Callable[[float], float]) -> Point:
    return Point(t, f(t), slope(t), torch.zeros(1))


@pytest.mark.parametrize(("left", "right"), [(-1.0, 3.0), (3.0, -1.0), (0.5, 1.5)])
def test_cubic_through_a_cubic_finds_its_minimum(left: float, right: float) -> None:
    """t³ - 3 t is least, between its two turning points and beyond, at 1."""
    a, b = (point(t, lambda t: t**3 - 3 * t, lambda t: 3 * t * t - 3) for t in (left, right))
    low, high = sorted((left, right))
    assert cubic_minimum(a, b, low, high) == pytest.approx(1.0, rel=1e-12)
    assert cubic_minimum(a, b, 1.2, 1.4) == 1.2
    assert cubic_minimum(a, b, 0.5, 0.8) == 0.8


@pytest.mark.parametrize("slope", [-2.0, 2.0])
def test_cubic_through_a_line_goes_to_its_lower_end(slope: float) -> None:
    a, b = (point(t, lambda t: slope * t, lambda t: slope) for t in (0.0, 1.0))
    assert cubic_minimum(a, b, 0.0, 1.0) == (1.0 if slope < 0 else 0.0)


def test_cubic_without_a_minimum_gives_the_middle() -> None:
    a, b = (point(t, lambda t: t**3 + t, lambda t: 3 * t * t + 1) for t in (-1.0, 1.0))
    assert cubic_minimum(a, b, 0.0, 3.0) == 1.5


@pytest.mark.parametrize("slope", [-1.0, 0.0, 2.0])
@pytest.mark.parametrize("f", [math.nan, math.inf, -math.inf, 1e200])
def test_cubic_through_no_number_gives_the_middle(f: float, slope: float) -> None:
    """Also through one whose square is none."""
    a, b = Point(0.0, 0.0, -1.0, torch.zeros(1)), Point(2.0, f, slope, torch.zeros(1))
    assert cubic_minimum(a, b, 0.0, 3.0) == 1.5
    assert cubic_minimum(b, a, 0.0, 3.0) == 1.5


@pytest.mark.parametrize("slope", [0.0, 5.0])
def test_search_comes_back_from_an_infinite_loss(slope: float) -> None:
    """A parabola ends at a wall, behind which the loss is infinite but its slope is not."""

    def loss(w: Tensor) -> Tensor:
        return torch.where(w < 1, (w - 0.95) ** 2, slope * w + math.inf).sum()

    found = looks(optim.LBFGS, loss, lr=20.0, max_eval=100)
    assert all(bool(w.isfinite().all()) for w in found)
    assert bool((found[1] > 1).any())  # the first trial is behind the wall
    close(found[-1], torch.full((2,), 0.95, dtype=F64), 1e-6)


LINES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "parabola": (lambda t: (t - 2) ** 2, lambda t: 2 * (t - 2)),
    "wave": (lambda t: math.cos(3 * t) + t - 1, lambda t: 1 - 3 * math.sin(3 * t)),
    "steep": (lambda t: math.exp(-4 * t) + 0.01 * t, lambda t: 0.01 - 4 * math.exp(-4 * t)),
    "well": (lambda t: t**4 - 3 * t**2 - t, lambda t: 4 * t**3 - 6 * t - 1),
}


@pytest.mark.parametrize("first", [1e-3, 0.3, 1.0, 40.0])
@pytest.mark.parametrize("name", LINES)
def test_search_ends_where_both_wolfe_conditions_hold(name: str, first: float) -> None:
    f, slope = LINES[name]
    begin = point(0.0, f, slope)
    if begin.slope >= 0:  # search in the other direction
        f, slope = (lambda t: LINES[name][0](-t)), (lambda t: -LINES[name][1](-t))
        begin = point(0.0, f, slope)
    found = strong_wolfe(lambda t: point(t, f, slope), begin, first, 50, 1e-12)
    assert found.t > 0
    assert found.f <= begin.f + 1e-4 * found.t * begin.slope
    assert abs(found.slope) <= 0.9 * abs(begin.slope)


@pytest.mark.parametrize("more", [0, 1, 3])
def test_search_stops_when_its_trials_run_out(more: int) -> None:
    """A line falls for ever; the last of 1 + more points, ten times further each, is the best."""
    asked: list[float] = []

    def line(t: float) -> Point:
        asked.append(t)
        return point(t, lambda t: -t, lambda t: -1.0)

    begin = point(0.0, lambda t: 0.0, lambda t: -1.0)._replace(slope=-0.5)
    found = strong_wolfe(line, begin, 1.0, more, 1e-9)
    assert len(asked) == 1 + more and found.t == asked[-1]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", ["quadratic", "network"])
def test_state_goes_on_in_the_library_and_back(name: str, search: Any) -> None:
    options = {"max_iter": 5, "line_search_fn": search, "history_size": 4}
    straight = torch.optim.LBFGS(start(name), **options)
    expected = descend(straight, PROBLEMS[name], 4)
    for first_kind, second_kind in (both, both[::-1], (optim.LBFGS, optim.LBFGS)):
        tensors = start(name)
        first = first_kind(tensors, **options)
        descend(first, PROBLEMS[name], 2)
        second = second_kind(tensors, max_iter=1)
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        losses, counts = descend(second, PROBLEMS[name], 2)
        close(losses, expected[0][len(losses) :], 1e-10)
        assert counts == expected[1][len(counts) :]


def test_copies_and_pickles_go_on_alike() -> None:
    first = optim.LBFGS(start("network"), max_iter=4)
    descend(first, PROBLEMS["network"], 2)
    second, third = copy.deepcopy(first), pickle.loads(pickle.dumps(first))
    expected = descend(first, PROBLEMS["network"], 2)
    for again in (second, third):
        found = descend(again, PROBLEMS["network"], 2)
        close(found[0], expected[0], 0.0)
        assert found[1] == expected[1]


@pytest.mark.parametrize("name", PROBLEMS)
def test_search_reaches_the_minimum(name: str) -> None:
    tensors = start(name)
    optimizer = optim.LBFGS(
        tensors, max_iter=200, line_search_fn="strong_wolfe", tolerance_change=0
    )
    descend(optimizer, PROBLEMS[name], 3)
    for w in tensors:
        w.requires_grad_(True)
    loss = PROBLEMS[name].loss(tensors)
    gradients = torch.autograd.grad(loss, tensors)
    assert max(float(g.abs().max()) for g in gradients) < 1e-4
    if name == "rosenbrock":
        torch.testing.assert_close(tensors[0].detach(), torch.ones(2, dtype=F64), atol=1e-6, rtol=0)


ODD: dict[str, Callable[[Tensor], Tensor]] = {
    "line": lambda w: w.sum(),
    "corner": lambda w: w.abs().sum(),
    "waves": lambda w: (torch.sin(5 * w) + 0.1 * w * w).sum(),
    "logarithm": lambda w: (w - torch.log(w.clamp(min=1e-300))).sum(),  # NaN-free, but infinite
    "root": lambda w: torch.sqrt(w - 0.2).sum(),  # NaN below 0.2
    "constant slope and flat end": lambda w: torch.relu(w).sum(),
    "flat": lambda w: 0 * w.sum(),
    "NaN": lambda w: math.nan * w.sum(),
    "steep": lambda w: 1e12 * (w * w).sum(),
}


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", ODD)
def test_odd_losses_as_in_the_library(name: str, search: Any, exact: bool) -> None:
    """Also with tolerances of 0, where the search goes on among losses that are equal."""
    found = []
    options = {"tolerance_grad": 0.0, "tolerance_change": 0.0} if exact else {}
    for kind in both:
        w = torch.tensor([0.9, 0.4, 1.7], dtype=F64, requires_grad=True)
        optimizer = kind([w], line_search_fn=search, max_iter=8, **options)

        def closure(w: Tensor = w, optimizer: Any = optimizer) -> Tensor:
            optimizer.zero_grad()
            loss = ODD[name](w)
            loss.backward()
            return loss

        path = [torch.stack([optimizer.step(closure).detach(), *w.detach()]) for _ in range(3)]
        found.append((path, optimizer.state[w]["func_evals"], optimizer.state[w]["n_iter"]))
    close(found[0][0], found[1][0], 1e-10)
    assert found[0][1:] == found[1][1:]


def test_parameters_without_gradient_and_with_a_sparse_one() -> None:
    found = []
    for kind in both:
        table = torch.ones((4, 2), dtype=F64, requires_grad=True)
        idle = torch.ones(3, dtype=F64, requires_grad=True)
        optimizer = kind([table, idle])

        def closure(w: Tensor = table, optimizer: Any = optimizer) -> Tensor:
            optimizer.zero_grad()
            rows = torch.nn.functional.embedding(torch.tensor([0, 2]), w, sparse=True)
            loss = (rows**4).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        assert torch.equal(idle.detach(), torch.ones(3, dtype=F64))
        found.append(table.detach())
    close(found[0], found[1], 1e-10)
    assert torch.equal(found[0][1], torch.ones(2, dtype=F64))


def test_second_group_and_missing_closure_are_refused() -> None:
    optimizer = optim.LBFGS([torch.ones(2)])
    with pytest.raises(ValueError, match="one group"):
        optimizer.add_param_group({"params": [torch.ones(2)]})
    assert len(optimizer.param_groups) == 1
    with pytest.raises(TypeError, match="closure"):
        optimizer.step()


@pytest.mark.parametrize("tensor", [False, True])
def test_rate_as_a_tensor_and_schedules(tensor: bool) -> None:
    """A schedule moves numbers only: the library remembers a tensor rate itself as its last step,
    and a schedule that fills it with another value changes that memory.
    """
    found = []
    for kind in both:
        optimizer = kind(start("quadratic"), lr=torch.tensor(0.5) if tensor else 0.5, max_iter=4)
        schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        path = []
        for _ in range(4):
            path += descend(optimizer, PROBLEMS["quadratic"], 1)[0]
            if not tensor:
                schedule.step()
        found.append(path)
    close(found[0], found[1], 1e-10)


def test_schedule_of_a_tensor_rate_leaves_the_last_step_alone() -> None:
    found = []
    for rate in (0.5, torch.tensor(0.5)):
        optimizer = optim.LBFGS(start("quadratic"), lr=rate, max_iter=4)
        schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)  # exact in every dtype
        path = []
        for _ in range(4):
            path += descend(optimizer, PROBLEMS["quadratic"], 1)[0]
            schedule.step()
        found.append(path)
    close(found[0], found[1], 1e-12)
