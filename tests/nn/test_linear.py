"""The dense layer: weights, state, shapes, gradients of both orders, and what is not computed."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion import nn
from companion.nn import functional
from tests.nn.passes import both_passes

F64 = torch.float64


def drawn(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=F64).requires_grad_()


def pair(*args: Any, **kwargs: Any) -> tuple[nn.Linear, torch.nn.Linear]:
    """Ours and the library's, made after the same seed."""
    made = []
    for layer in (nn.Linear, torch.nn.Linear):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(11)
            made.append(layer(*args, **kwargs))
    return made[0], made[1]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("sizes", [(3, 2), (1, 1), (64, 10), (5, 0)])
def test_same_weights_after_the_same_seed(sizes, dtype, bias: bool) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours, theirs = pair(*sizes, bias=bias, dtype=dtype)
    assert len(caught) == (2 if 0 in sizes else 0), "ours warns where torch does"
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    for key, value in theirs.state_dict().items():
        assert ours.state_dict()[key].dtype == dtype
        assert torch.equal(ours.state_dict()[key], value)


def test_the_global_generator_is_left_in_the_same_state() -> None:
    states = []
    for module in (nn, torch.nn):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            layer = module.Linear(4, 3)
            layer.reset_parameters()
            states.append((torch.get_rng_state(), layer.weight.detach()))
    assert torch.equal(states[0][0], states[1][0])
    assert torch.equal(states[0][1], states[1][1])


def test_start_values_fill_plus_minus_one_over_the_root_of_the_inputs() -> None:
    layer, _ = pair(100, 500)
    for values in (layer.weight, layer.bias):
        assert values.abs().max() <= 0.1
        assert values.abs().max() > 0.099
        assert float(values.detach().std()) == pytest.approx(0.1 / 3**0.5, rel=0.1)


def test_layer_without_inputs_returns_its_bias() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = pair(0, 3)
    assert torch.equal(ours(torch.ones(2, 0)), theirs(torch.ones(2, 0)))


@pytest.mark.parametrize("bias", [True, False])
def test_state_loads_both_ways(bias: bool) -> None:
    ours, theirs = pair(3, 2, bias=bias)
    mine, other = nn.Linear(3, 2, bias=bias), torch.nn.Linear(3, 2, bias=bias)
    mine.load_state_dict(theirs.state_dict())
    other.load_state_dict(ours.state_dict())
    x = torch.ones(4, 3)
    assert torch.equal(mine(x), ours(x))
    assert torch.equal(other(x), theirs(x))
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        nn.Linear(4, 2, bias=bias).load_state_dict(theirs.state_dict())


def test_printed_as_the_librarys() -> None:
    mine = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.Identity(), nn.Linear(3, 2, bias=False))
    theirs = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3), torch.nn.Identity(),
                                 torch.nn.Linear(3, 2, bias=False))  # fmt: skip
    assert repr(mine) == repr(theirs)
    assert repr(nn.Flatten(0, 2)) == repr(torch.nn.Flatten(0, 2))


def test_library_classes_are_passed_on() -> None:
    for name in ("Module", "Sequential", "ModuleList", "Parameter"):
        assert getattr(nn, name) is getattr(torch.nn, name)


def test_copies_pickles_and_saves() -> None:
    layer = nn.Linear(3, 2)
    buffer = io.BytesIO()
    torch.save(layer.state_dict(), buffer)
    buffer.seek(0)
    loaded = nn.Linear(3, 2)
    loaded.load_state_dict(torch.load(buffer, weights_only=True))
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), loaded):
        assert torch.equal(other(torch.ones(3)), layer(torch.ones(3)))


def test_moves_to_another_dtype_and_device() -> None:
    layer = nn.Linear(3, 2).double()
    assert layer(torch.ones(3, dtype=F64)).dtype == F64
    meta = nn.Linear(3, 2, device="meta")
    assert meta.weight.device.type == "meta"
    assert meta(torch.ones(4, 3, device="meta")).shape == (4, 2)


@pytest.mark.parametrize("shape", [(3,), (4, 3), (1, 3), (2, 2, 3), (0, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_by_finite_differences(shape: tuple[int, ...], bias: bool) -> None:
    arguments = (drawn(*shape), drawn(2, 3, seed=1), *([drawn(2, seed=2)] if bias else []))
    assert torch.autograd.gradcheck(functional.linear, arguments)
    assert torch.autograd.gradgradcheck(functional.linear, arguments)


def test_only_wanted_gradients_are_computed() -> None:
    """Each product of the backward pass shows in the profile; count those of each question."""
    for wanted in ([], ["x"], ["W"], ["b"], ["x", "W"], ["W", "b"], ["x", "W", "b"]):
        leaves = {"x": drawn(7, 3), "W": drawn(2, 3, seed=1), "b": drawn(2, seed=2)}
        for name, tensor in leaves.items():
            tensor.requires_grad_(name in wanted)
        z = functional.linear(*leaves.values())
        assert z.requires_grad == bool(wanted)
        if not wanted:
            continue
        with torch.profiler.profile() as profile:
            z.backward(torch.ones_like(z))
        calls = [event.key for event in profile.key_averages() for _ in range(event.count)]
        assert calls.count("aten::mm") == ("x" in wanted) + ("W" in wanted)
        assert calls.count("aten::sum") == ("b" in wanted)
        for name, tensor in leaves.items():
            assert (tensor.grad is not None) == (name in wanted)


def test_rows_of_a_sum_have_no_memory_of_their_own() -> None:
    """The gradient of a sum is one number seen many times; products must cope with it."""
    x, W, b = drawn(4, 3), drawn(2, 3, seed=1), drawn(2, seed=2)
    functional.linear(x, W, b).sum().backward()
    assert torch.allclose(W.grad, x.detach().sum(0).expand(2, 3), rtol=0, atol=1e-14)
    assert torch.equal(b.grad, torch.full((2,), 4.0, dtype=F64))
    assert torch.allclose(x.grad, W.detach().sum(0).expand(4, 3), rtol=0, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(
    batch=st.lists(st.integers(0, 4), max_size=3),
    m=st.integers(1, 5),
    n=st.integers(1, 5),
    bias=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_any_batch_equals_the_library(batch, m: int, n: int, bias: bool, seed: int) -> None:
    x, W = drawn(*batch, m, seed=seed), drawn(n, m, seed=seed + 1)
    b = [drawn(n, seed=seed + 2)] if bias else []
    ours = both_passes(functional.linear, x, W, *b)
    theirs = both_passes(torch.nn.functional.linear, x, W, *b)
    for mine, expected in zip(ours, theirs, strict=True):
        assert mine.shape == expected.shape
        torch.testing.assert_close(mine, expected, rtol=1e-12, atol=1e-12)


def test_nan_stays_in_its_row() -> None:
    x = torch.ones(3, 2)
    x[1, 0] = float("nan")
    z = nn.Linear(2, 4)(x)
    assert z[1].isnan().all()
    assert not z[[0, 2]].isnan().any()


def test_network_of_both_kinds_of_layers() -> None:
    """Ours and the library's stand in one Sequential; second derivatives pass through both."""
    mixed = nn.Sequential(nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    assert torch.autograd.gradgradcheck(mixed, drawn(4, 2))
