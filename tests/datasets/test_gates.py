"""Gates by Python's operators, and the sign quadrants by their rule, ranges and spread."""

from __future__ import annotations

import math
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch

from companion.datasets import make_gate, make_sign_quadrants
from tests.guard import DeviceGuard

OPERATORS: dict[str, Callable[[bool, bool], bool]] = {
    "or": operator.or_,
    "and": operator.and_,
    "nor": lambda a, b: not (a or b),
    "nand": lambda a, b: not (a and b),
    "xor": operator.xor,
    "xnor": operator.eq,
}


@pytest.mark.parametrize("kind", OPERATORS)
def test_gates_are_the_logical_operators(kind: Any) -> None:
    with DeviceGuard():
        X, y = make_gate(kind)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [int(OPERATORS[kind](bool(a), bool(b))) for a, b in X.tolist()]
    assert (X.dtype, y.dtype) == (torch.float32, torch.int64)


def test_gates_have_the_default_dtype_and_are_new_each_time(double: None) -> None:
    X, y = make_gate("or")
    assert X.dtype == torch.float64
    X += 1
    y += 1
    assert make_gate("or")[1].tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "error", "match"),
    [
        ("OR", ValueError, "^kind must be one of .*'xor'.*got 'OR'"),
        ("", ValueError, "^kind must be one of"),
        (1, TypeError, "^kind must be a str, got int"),
        (["or"], TypeError, "^kind must be a str, got list"),
    ],
)
def test_bad_kinds(kind: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_gate(kind)


def test_flow_needs_the_same_sign() -> None:
    with DeviceGuard():
        found = make_sign_quadrants(500, random_state=3)
    for (stress, rate), flows in zip(found.data.tolist(), found.target.tolist(), strict=True):
        assert flows == int((stress > 0) == (rate > 0))
    assert found.target.dtype == torch.int64
    assert found.target_names[1] == "plastic flow"
    assert torch.equal(pickle.loads(pickle.dumps(found)).f(found.data), found.target)


def test_law_at_rest_and_for_tiny_states(double: None) -> None:
    """On an axis nothing flows; the product of tiny numbers must not round to nothing."""
    law = make_sign_quadrants(1).f
    states = torch.tensor([[0.0, 1], [1, 0], [0, 0], [1e-200, 1e-200], [-1e-200, -1e-200]])
    assert law(states).tolist() == [0, 0, 0, 1, 1]
    assert law(states[None]).shape == (1, 5)


def test_states_are_uniform_independent_and_do_not_feel_the_noise(double: None) -> None:
    """Deciles, shares of the quadrants and errors within five standard errors."""
    n = 20000
    quiet, found = (make_sign_quadrants(n, s, random_state=4) for s in (0.0, 0.2))
    assert float(quiet.data.abs().max()) <= 1
    for tenth in range(1, 10):
        share = (quiet.data < tenth / 5 - 1).double().mean(dim=0)
        assert float((share - tenth / 10).abs().max()) < 5 * math.sqrt(0.25 / n)
    assert float(quiet.target.double().mean()) == pytest.approx(0.5, abs=5 * math.sqrt(0.25 / n))
    assert torch.equal(quiet.target, found.target)
    Z = (found.data - quiet.data) / 0.2
    assert float(Z.mean(dim=0).abs().max()) < 5 / math.sqrt(n)
    assert float((Z.std(dim=0) - 1).abs().max()) < 5 / math.sqrt(2 * n)
    assert abs(float(torch.corrcoef(Z.mT)[0, 1])) < 5 / math.sqrt(n)


def test_no_line_is_right_for_more_than_two_thirds(double: None) -> None:
    """The line x₁ + x₂ = c, flow above, is right for (1 - c²/2)/4 + 1/2 - (1 - c)²/4 of the square.

    That is 2/3 at its maximum c = 2/3. Other angles are tried on a sample; what the sample gives
    the best line by chance is below 5 standard errors.
    """
    n = 20000
    found = make_sign_quadrants(n, random_state=0)
    right: list[float] = []
    for angle in torch.linspace(0, math.pi, 33).tolist():
        z = found.data @ torch.tensor([math.cos(angle), math.sin(angle)])
        for offset in [*torch.linspace(-1.4, 1.4, 29).tolist(), math.sqrt(2) / 3]:
            share = float(((z > offset).long() == found.target).double().mean())
            right += [share, 1 - share]
    assert max(right) == pytest.approx(2 / 3, abs=5 * math.sqrt(2 / 9 / n))


def test_quadrants_repeat_with_the_same_random_state(request: pytest.FixtureRequest) -> None:
    def draw(state: int | torch.Generator | None) -> torch.Tensor:
        return make_sign_quadrants(5, 0.1, state).data

    generator, before = torch.Generator().manual_seed(1), torch.get_rng_state()
    first = draw(1)
    assert torch.equal(first, draw(1))
    assert torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(2))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    assert torch.equal(first, draw(None))
    assert first.dtype == torch.float32
    request.getfixturevalue("double")
    assert torch.equal(draw(1).float(), first)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_samples": 0}, ValueError, "^n_samples .*0"),
        ({"n_samples": 2.0}, TypeError, "^n_samples .*float"),
        ({"noise": -0.1}, ValueError, "^noise .*-0.1"),
        ({"noise": "0"}, TypeError, "^noise .*str"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
    ],
)
def test_bad_arguments(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_sign_quadrants(**arguments)
