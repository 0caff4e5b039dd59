"""Start values: the formulas by moments and bounds, and what they are made for."""

from __future__ import annotations

import math

import pytest
import torch

from companion.nn import functional, init


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


SPREAD = {  # standard deviation for 300 units with 200 inputs
    "xavier": math.sqrt(2 / 500),
    "kaiming fan_in": math.sqrt(2 / 200),
    "kaiming fan_out": math.sqrt(2 / 300),
}


@pytest.mark.parametrize(("kind", "spread"), SPREAD.items())
def test_spread_follows_the_formula(kind: str, spread: float) -> None:
    """Uniform numbers fill ±√3 s; normal ones have the standard deviation s: 1 % of 60 000."""
    name, _, mode = kind.partition(" ")
    options = {"mode": mode} if mode else {}
    W = torch.empty(300, 200)
    uniform = getattr(init, f"{name}_uniform_")(W, generator=seeded(), **options)
    assert uniform is W
    assert float(W.abs().max()) == pytest.approx(math.sqrt(3) * spread, rel=1e-3)
    assert float(W.std()) == pytest.approx(spread, rel=1e-2)
    normal = getattr(init, f"{name}_normal_")(W, generator=seeded(), **options)
    assert float(normal.std()) == pytest.approx(spread, rel=1e-2)
    assert float(normal.abs().max()) > 3.5 * spread
    assert abs(float(normal.mean())) < 4 * spread / math.sqrt(W.numel())


def test_window_of_a_convolution_counts_as_inputs() -> None:
    W = init.kaiming_normal_(torch.empty(64, 8, 5, 5), generator=seeded())
    assert float(W.std()) == pytest.approx(math.sqrt(2 / 200), rel=1e-2)


def test_kaiming_keeps_a_deep_rectifier_network_alive() -> None:
    """The mean square stays 1 over 20 layers, within a factor of 3; with Xavier it is 2⁻²⁰."""
    sizes = {}
    for name in ("kaiming_normal_", "xavier_normal_"):
        generator = seeded(1)
        a = torch.randn(64, 400, generator=generator)
        for _ in range(20):
            options = {"nonlinearity": "relu"} if name.startswith("kaiming") else {}
            W = getattr(init, name)(torch.empty(400, 400), generator=generator, **options)
            a = functional.relu(functional.linear(a, W))
        sizes[name] = float((a * a).mean())
    assert 1 / 3 < sizes["kaiming_normal_"] < 3
    assert 1 / 3 < sizes["xavier_normal_"] * 2**20 < 3


def test_global_generator_is_used_only_without_one() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        state = torch.get_rng_state()
        first = init.uniform_(torch.empty(4), generator=seeded(5))
        assert torch.equal(torch.get_rng_state(), state)
        second = init.uniform_(torch.empty(4))
    assert torch.equal(first, second)


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_empty_weights_stay_with_a_warning(name: str) -> None:
    empty = torch.empty(3, 0)
    with pytest.warns(UserWarning, match="without entries"):
        assert getattr(init, name)(empty) is empty


def test_parameters_are_written_without_a_trace() -> None:
    W = torch.nn.Parameter(torch.empty(3, 2))
    for fill in (init.zeros_, init.xavier_uniform_, init.kaiming_normal_, init.normal_):
        assert fill(W) is W
        assert W.requires_grad
        assert W.grad_fn is None


def test_whole_numbers_can_be_set_but_not_drawn() -> None:
    assert init.constant_(torch.empty(2, dtype=torch.int64), 3).tolist() == [3, 3]
    with pytest.raises(TypeError, match="tensor must have a real floating-point dtype"):
        init.normal_(torch.empty(2, dtype=torch.int64))
