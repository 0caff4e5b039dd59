"""What all data sets for regression with noise promise: shapes, dtype, noise, seeds, errors."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from sklearn.utils import Bunch

from companion import datasets
from tests.guard import DeviceGuard

NAMES = {
    "make_beam_deflection": 1,
    "make_cubic_spring": 1,
    "make_cubic_stress_strain": 1,
    "make_duffing_force": 2,
    "make_line": 1,
    "make_noisy_sine": 1,
    "make_ramberg_osgood": 1,
    "make_spring": 1,
    "make_tension_test": 1,
}
NOISY = sorted(set(NAMES) - {"make_cubic_spring", "make_duffing_force"})


def make(name: str) -> Callable[..., Bunch]:
    found: Callable[..., Bunch] = getattr(datasets, name)
    return found


def noisy(name: str, n: int, random_state: Any) -> Bunch:
    """With noise also where the default has none."""
    argument = "noise_variance" if name == "make_cubic_spring" else "noise"
    return make(name)(n, **{argument: 0.5}, random_state=random_state)


@pytest.mark.parametrize("name", NAMES)
def test_bunch_and_dtype(name: str, request: pytest.FixtureRequest) -> None:
    with DeviceGuard():
        found = noisy(name, 6, 0)
    assert (found.data.shape, found.target.shape) == ((6, NAMES[name]), (6,))
    tensors = [field for field in found.values() if isinstance(field, torch.Tensor)]
    assert {t.dtype for t in tensors} == {torch.float32}
    assert len(found.get("feature_names", [0] * NAMES[name])) == NAMES[name]
    x = found.data if NAMES[name] == 2 else found.data[:, 0]
    assert found.f(x).dtype == torch.float32
    assert torch.equal(pickle.loads(pickle.dumps(found)).f(x), found.f(x))
    request.getfixturevalue("double")
    wide = noisy(name, 6, 0)
    assert torch.equal(wide.data.float(), found.data)
    assert torch.equal(wide.target.float(), found.target)


@pytest.mark.parametrize("name", NAMES)
def test_repeats_with_the_same_random_state(name: str) -> None:
    def draw(state: int | torch.Generator | None) -> torch.Tensor:
        return noisy(name, 5, state).target

    generator, before = torch.Generator().manual_seed(1), torch.get_rng_state()
    first = draw(1)
    assert torch.equal(first, draw(1))
    assert torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(2))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    assert torch.equal(first, draw(None))


@pytest.mark.parametrize("name", NOISY)
def test_noise_is_normal_with_its_spread(name: str, double: None) -> None:
    """Mean, spread, normal share and independence within five standard errors."""
    n = 20000
    quiet, found = (make(name)(n, noise=s, random_state=7) for s in (0, 0.3))
    assert torch.equal(quiet.data, found.data)
    Z = (found.target - quiet.target)[1:] / 0.3
    assert abs(float(Z.mean())) < 5 / math.sqrt(n)
    assert abs(float(Z.std()) - 1) < 5 / math.sqrt(2 * n)
    within = float((Z.abs() < 1).double().mean())
    assert within == pytest.approx(math.erf(math.sqrt(0.5)), abs=5 * math.sqrt(0.25 / n))
    assert abs(float(torch.corrcoef(torch.stack([Z[1:], Z[:-1]]))[0, 1])) < 5 / math.sqrt(n)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_samples": 0}, ValueError, "^n_samples .*0"),
        ({"n_samples": 2.0}, TypeError, "^n_samples .*float"),
        ({"noise": -0.1}, ValueError, "^noise.*-0.1"),
        ({"noise": "0"}, TypeError, "^noise.*str"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_bad_arguments(name: str, arguments: dict, error: type[Exception], match: str) -> None:
    if name == "make_cubic_spring" and "noise" in arguments:
        arguments = {"noise_variance": arguments["noise"]}
    with pytest.raises(error, match=match):
        make(name)(**arguments)
