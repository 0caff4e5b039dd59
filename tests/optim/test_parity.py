"""Beside ``torch.optim`` where the registry does not look: groups, schedules, states, NaN."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from companion import optim
from tests.guard import DeviceGuard
from tests.optim.problem import IDLE, parameters, states, walk
from tests.registry import close
from tests.registry.optim import CHANGES, choices

NAMES = tuple(CHANGES)
F64 = torch.float64
Make = Callable[[Any], torch.optim.Optimizer]


def start(dtype: torch.dtype = F64) -> list[Tensor]:
    return parameters(torch.Generator().manual_seed(1), dtype)


def both(name: str) -> tuple[Any, Any]:
    return getattr(optim, name), getattr(torch.optim, name)


def groups(tensors: list[Tensor], name: str) -> list[dict[str, Any]]:
    """Two groups with other rates, the second with every option changed (where it may be)."""
    special = {k: v for k, v in CHANGES[name].items() if k != "initial_accumulator_value"}
    return [{"params": tensors[:1], "lr": 0.05}, {"params": tensors[1:], **special}]


def all_states_equal(ours: Any, theirs: Any, tol: float = 1e-12) -> None:
    assert states(ours).keys() == states(theirs).keys()
    for number, expected in states(theirs).items():
        assert states(ours)[number].keys() == expected.keys()
        for key in expected:
            close(states(ours)[number][key], expected[key], tol)


@pytest.mark.parametrize("name", NAMES)
def test_groups_with_their_own_options(name: str) -> None:
    ours, theirs = (kind(groups(start(), name)) for kind in both(name))
    close(walk(ours, 100), walk(theirs, 100), 1e-12)
    all_states_equal(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_group_added_later_and_named_parameters(name: str) -> None:
    found = []
    for kind in both(name):
        tensors = start()
        optimizer = kind([("A", tensors[0]), ("b", tensors[1])])
        first = walk(optimizer, 5)
        optimizer.add_param_group({"params": [("c", tensors[2])], "lr": 0.2})
        found.append((first + walk(optimizer, 20, seed=3), optimizer))
    close(found[0][0], found[1][0], 1e-12)
    all_states_equal(found[0][1], found[1][1])
    assert found[0][1].param_groups[1]["param_names"] == ["c"]


@pytest.mark.parametrize("name", NAMES)
def test_state_is_exchanged_with_the_library_both_ways(name: str) -> None:
    """After 20 steps each side goes on from the state of the other."""
    for chosen in choices(name):
        mine, their = start(), start()
        ours, theirs = (k(w, **chosen) for k, w in zip(both(name), (mine, their), strict=True))
        walk(ours, 20)
        walk(theirs, 20)
        ours_again, theirs_again = (
            kind(w) for kind, w in zip(both(name), (their, mine), strict=True)
        )
        ours_again.load_state_dict(theirs.state_dict())
        theirs_again.load_state_dict(ours.state_dict())
        close(walk(ours_again, 20, seed=5), walk(theirs_again, 20, seed=5), 1e-12)
        all_states_equal(ours_again, theirs_again)


def test_adamw_stays_decoupled_with_the_state_of_adam() -> None:
    found = []
    for library in (optim, torch.optim):
        optimizer = library.AdamW(start())
        optimizer.load_state_dict(library.Adam(start(), weight_decay=0.3).state_dict())
        found.append(walk(optimizer, 20))
    close(found[0], found[1], 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_copies_and_pickles_go_on_alike(name: str) -> None:
    first = both(name)[0](start(), **CHANGES[name])
    walk(first, 5)
    second, third = copy.deepcopy(first), pickle.loads(pickle.dumps(first))
    expected = walk(first, 5, seed=7)
    close(walk(second, 5, seed=7), expected, 0.0)
    close(walk(third, 5, seed=7), expected, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_parameter_without_gradient_stays(name: str) -> None:
    tensors = start()
    before = tensors[IDLE].clone()
    optimizer = both(name)[0](tensors, weight_decay=0.5)
    walk(optimizer, 5)
    assert torch.equal(tensors[IDLE], before)
    assert (IDLE in states(optimizer)) == (name == "Adagrad")


SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "StepLR": lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.5),
    "CosineAnnealingLR": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 30),
    "OneCycleLR": lambda o: torch.optim.lr_scheduler.OneCycleLR(
        o, 0.1, total_steps=40, cycle_momentum="momentum" in o.defaults or "betas" in o.defaults
    ),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", NAMES)
def test_schedules_of_the_library(name: str, schedule: str) -> None:
    """OneCycleLR moves the momentum or the first beta as well."""
    momentum = {"momentum": 0.5} if name in ("SGD", "RMSprop") else {}
    found = []
    for kind in both(name):
        optimizer = kind(start(), **momentum)
        scheduler = SCHEDULES[schedule](optimizer)
        path = []
        for number in range(40):
            path += walk(optimizer, 1, seed=number)
            if number < 39:
                scheduler.step()
        found.append(path)
    close(found[0], found[1], 1e-12)


def test_momentum_switched_on_later() -> None:
    found = []
    for kind in both("SGD"):
        optimizer = kind(start(), lr=0.1)
        path = walk(optimizer, 3)
        optimizer.param_groups[0]["momentum"] = 0.9
        found.append(path + walk(optimizer, 20))
    close(found[0], found[1], 1e-12)


@pytest.mark.parametrize("shape", [(), (1,)])
@pytest.mark.parametrize("name", NAMES)
def test_rate_as_a_tensor(name: str, shape: tuple[int, ...]) -> None:
    rate = torch.full(shape, 0.05, dtype=F64)
    ours, theirs = (kind(start(), lr=rate.clone()) for kind in both(name))
    close(walk(ours, 50), walk(theirs, 50), 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_rosenbrock_with_a_closure(name: str) -> None:
    """The valley bends the path; each step returns the loss before it."""
    found = []
    for kind in both(name):
        w = torch.tensor([-1.2, 1.0], dtype=F64, requires_grad=True)
        optimizer = kind([w], lr=1e-3)

        def closure(w: Tensor = w, optimizer: Any = optimizer) -> Tensor:
            optimizer.zero_grad()
            loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
            loss.backward()
            return loss

        found.append(
            [torch.stack([optimizer.step(closure).detach(), *w.detach()]) for _ in range(100)]
        )
    close(found[0], found[1], 1e-12)
    assert found[0][0][0] == pytest.approx(24.2)


@pytest.mark.parametrize("name", NAMES)
def test_step_without_a_closure_returns_nothing(name: str) -> None:
    assert both(name)[0](start()).step() is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", NAMES)
def test_nan_and_infinity_pass_on_as_in_the_library(name: str, value: float) -> None:
    found = []
    for kind in both(name):
        w = torch.ones(3, dtype=F64)
        optimizer = kind([w], weight_decay=0.1)
        for g in ([1.0, value, -2.0], [1.0, 1.0, 1.0]):
            w.grad = torch.tensor(g, dtype=F64)
            optimizer.step()
        found.append(w)
    close(found[0], found[1], 1e-12)
    assert found[0].isfinite().tolist() == [True, False, True]


@pytest.mark.parametrize("name", NAMES)
def test_sparse_gradient_is_refused_before_anything_moves(name: str) -> None:
    first, second = torch.ones(3), torch.ones(3)
    first.grad, second.grad = torch.ones(3), torch.ones(3).to_sparse()
    optimizer = both(name)[0]([{"params": [first]}, {"params": [second]}])
    with pytest.raises(RuntimeError, match=f"{name} does not support sparse gradients"):
        optimizer.step()
    assert torch.equal(first, torch.ones(3))


def test_refused_group_is_not_kept() -> None:
    optimizer = optim.SGD([torch.ones(2)])
    with pytest.raises(TypeError, match="complex64"):
        optimizer.add_param_group({"params": [torch.ones(2, dtype=torch.complex64)]})
    assert len(optimizer.param_groups) == 1


@pytest.mark.parametrize("name", NAMES)
def test_gradients_stay_and_no_tensor_lacks_a_device(name: str) -> None:
    """A step must not write into ``grad``: the reader may look at it, or add the next one."""
    for chosen in choices(name):
        w = torch.ones(3, dtype=F64)
        w.grad = torch.arange(3.0, dtype=F64)
        with DeviceGuard():
            optimizer = both(name)[0]([w], **chosen)
            optimizer.step()
            optimizer.step()
        assert torch.equal(w.grad, torch.arange(3.0, dtype=F64))


@pytest.mark.parametrize("default", [torch.float32, torch.float64, torch.bfloat16])
def test_counter_has_the_dtype_of_the_librarys(default: torch.dtype) -> None:
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(default)
        ours, theirs = (kind([torch.ones(2)]) for kind in both("Adagrad"))
        assert states(ours)[0]["step"].dtype == states(theirs)[0]["step"].dtype
    finally:
        torch.set_default_dtype(before)


@pytest.mark.parametrize("name", NAMES)
def test_trains_a_module(name: str) -> None:
    """Parameters with a graph: steps are not recorded, and zero_grad clears."""
    found = []
    for kind in both(name):
        generator = torch.Generator().manual_seed(4)
        X, y = torch.randn(32, 3, generator=generator), torch.randn(32, 1, generator=generator)
        layer = torch.nn.Linear(3, 1).double()
        with torch.no_grad():
            layer.weight.fill_(0.3)
            layer.bias.fill_(-0.1)
        optimizer = kind(layer.parameters())
        for _ in range(30):
            optimizer.zero_grad()
            (layer(X.double()) - y.double()).square().mean().backward()
            optimizer.step()
        assert layer.weight.is_leaf and layer.weight.requires_grad
        optimizer.zero_grad()
        assert layer.weight.grad is None
        found.append([layer.weight.detach(), layer.bias.detach()])
    close(found[0], found[1], 1e-12)


EDGES: list[tuple[str, dict[str, Any]]] = [
    ("Adadelta", {"rho": 1.0}),
    ("Adadelta", {"rho": 0.0, "lr": 0.0}),
    ("Adam", {"betas": (0.0, 0.0)}),
    ("RMSprop", {"alpha": 0.0}),
    ("SGD", {"momentum": 0.5, "dampening": -0.5}),
]


@pytest.mark.parametrize(("name", "chosen"), EDGES, ids=str)
def test_values_at_the_edge_are_taken(name: str, chosen: dict[str, Any]) -> None:
    ours, theirs = (kind(start(), **chosen) for kind in both(name))
    close(walk(ours, 30), walk(theirs, 30), 1e-12)
