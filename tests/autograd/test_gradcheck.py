"""The verdicts of gradcheck beside those of torch.autograd.gradcheck."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd.gradcheck import GradcheckError

from companion.autograd import gradcheck

F64 = torch.float64


def wrong(factor: float, offset: float = 0.0) -> Callable[[Tensor], Tensor]:
    """x² with the derivative 2 x times a factor, plus an offset."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            return g * (2 * x * factor + offset)

    def square(x: Tensor) -> Tensor:
        found: Tensor = Square.apply(x)
        return found

    return square


def slope(x: Tensor) -> Tensor:
    """A derivative, taken inside the function."""
    (g,) = torch.autograd.grad(x.sin().sum(), x, create_graph=True)
    return g


FUNCTIONS: dict[str, Any] = {
    "right": wrong(1.0),
    "half": wrong(0.5),
    "sign": wrong(-1.0),
    "within rtol": wrong(1 + 0.9e-3),
    "beyond rtol": wrong(1 + 1.2e-3),
    "within atol": wrong(1.0, 0.9e-5),
    "sin": torch.sin,
    "scalar": lambda x: x.prod(),
    "matrix": lambda x: torch.outer(x, x.exp()),
    "two": lambda x: (x.cumsum(0), (x * x).sum()),
    "one wrong": lambda x: (x.exp(), wrong(2.0)(x)),
    "detached": lambda x: x.detach() ** 2,
    "constant": lambda x: torch.ones(2, dtype=x.dtype),
    "one detached": lambda x: (x.exp(), x.detach() ** 2),
    "slope": slope,
    "kept": lambda x: x,
    "empty": lambda x: x[:0],
    "nan": lambda x: x * float("nan"),
    "whole numbers": lambda x: (x, x.argmax()),
}


def verdict(check: Any, func: Any, inputs: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return check(func, inputs, raise_exception=False, **options)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("options", [{}, {"eps": 1e-4, "atol": 1e-3}, {"rtol": 1e-5, "atol": 0.0}],
                         ids=str)  # fmt: skip
def test_verdict_is_torchs(name: str, options: dict[str, float]) -> None:
    x = torch.tensor([0.7, 1.9, 1.2], dtype=F64, requires_grad=True)
    expected = verdict(torch.autograd.gradcheck, FUNCTIONS[name], x, **options)
    assert verdict(gradcheck, FUNCTIONS[name], x, **options) is expected


def test_both_verdicts_occur() -> None:
    x = torch.tensor([0.7, 1.9, 1.2], dtype=F64, requires_grad=True)
    found = {name: verdict(gradcheck, f, x) for name, f in FUNCTIONS.items()}
    refused = {name for name, right in found.items() if not right}
    assert refused == {"half", "sign", "beyond rtol", "one wrong", "detached", "nan"}


def test_several_inputs_of_which_some_are_checked() -> None:
    W = torch.randn(3, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
    x = torch.randn(2, generator=torch.Generator().manual_seed(1), dtype=F64)
    b = torch.zeros(3, dtype=F64, requires_grad=True)
    empty = torch.zeros(0, dtype=F64, requires_grad=True)

    def layer(W: Tensor, x: Tensor, b: Tensor, power: int, more: Tensor) -> Tensor:
        return (W @ x.detach() + b) ** power + more.sum()

    for needed in (False, True):
        given = (W.requires_grad_(True), x.requires_grad_(needed), b, 3, empty)
        assert verdict(gradcheck, layer, given) is (not needed)  # x is detached: wrong if checked
        assert verdict(torch.autograd.gradcheck, layer, given) is (not needed)


def test_it_raises_unless_told_otherwise() -> None:
    x = torch.tensor([[1.0, 2.0]], dtype=F64, requires_grad=True)
    assert gradcheck(torch.sin, x)
    with pytest.raises(GradcheckError, match=r"output 0 by input 0 .* row 1 and column 1 .* 8\.0"):
        gradcheck(wrong(2.0), (x,))
    assert gradcheck(wrong(2.0), x, raise_exception=False) is False


def test_single_precision_is_warned_about() -> None:
    x = torch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match=r"float32 .* torch.float64"):
        gradcheck(torch.sin, x, raise_exception=False)


def test_inputs_stay_as_they_were() -> None:
    x = torch.tensor([0.7, 1.9], dtype=F64, requires_grad=True)
    gradcheck(torch.sin, x)
    assert x.grad is None
    assert x.tolist() == [0.7, 1.9]
