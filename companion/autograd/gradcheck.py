"""Is a derivative right? Backward passes against central differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.gradcheck import GradcheckError

from companion.autograd._check import check_number
from companion.calculus import approx_derivative

Function = Callable[..., Tensor | Sequence[Tensor]]


def gradcheck(
    func: Function,
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the backward pass of ``func`` with central differences, entry by entry.

    With inputs x and outputs y, for every entry and the step h = eps::

        backward ∂y/∂x ≈ d = (y(x + h) - y(x - h)) / (2 h):    |backward - d| <= atol + rtol |d|

    Parameters
    ----------
    func : takes the inputs, returns a tensor or several; those that need no gradient must not
        depend on the inputs.
    inputs : a tensor, or a tuple of tensors and anything else; those with ``requires_grad`` are
        checked. Use float64: in float32 rounding is larger than the tolerances.
    eps, atol, rtol : as above.
    raise_exception : whether to raise, not to return False, where they disagree.

    Returns
    -------
    bool, True where all entries agree. NaN agrees with nothing.

    Raises
    ------
    TypeError
        If ``func`` is not callable or returns anything but real tensors, or a number is none.
    ValueError
        If no input needs a gradient, or a step or tolerance is out of range.
    torch.autograd.gradcheck.GradcheckError
        If they disagree; the message says at which output and input, and by how much.

    Mirrors ``torch.autograd.gradcheck``, without its tests of repeated, undefined and batched
    gradients, and for real numbers.
    Proven equal to its verdict on right and wrong derivatives (``tests/test_registry.py``,
    ``tests/autograd/test_gradcheck.py``).
    Book: chapters/07-neural-networks/backpropagation
    """
    given = _check(func, inputs, eps, atol, rtol)
    try:
        _compare(func, given, eps, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(func: Any, inputs: Any, eps: Any, atol: Any, rtol: Any) -> tuple[Any, ...]:
    """Return the inputs as a tuple."""
    if not callable(func):
        raise TypeError(f"func must be callable, got {type(func).__name__}")
    for name, number in (("eps", eps), ("atol", atol), ("rtol", rtol)):
        check_number(name, number)
    if eps == 0:
        raise ValueError("eps must be above 0, got 0")
    if not isinstance(inputs, Tensor | Sequence):
        raise TypeError(f"inputs must be tensors, got {type(inputs).__name__}")
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [x for x in given if _is_checked(x)]
    if not checked:
        raise ValueError("inputs must have a tensor with requires_grad, got none")
    for x in checked:
        if x.is_complex():
            raise TypeError(f"inputs must be real, got {x.dtype}")
        if x.dtype != torch.float64:
            text = f"inputs of {x.dtype} are rounded too much to be checked; use torch.float64"
            warnings.warn(text, stacklevel=3)
    return given


def _is_checked(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _outputs(func: Function, given: Sequence[Any]) -> list[Tensor]:
    """Return the outputs that need a gradient; if there are none, all of them."""
    y = func(*given)
    outputs = [y] if isinstance(y, Tensor) else list(y) if isinstance(y, Sequence) else [y]
    for y in outputs:
        if not isinstance(y, Tensor):
            raise TypeError(f"func must return tensors, got {type(y).__name__}")
        if y.is_complex():
            raise TypeError(f"func must return real tensors, got {y.dtype}")
    return [y for y in outputs if y.requires_grad] or outputs


def _compare(func: Function, given: tuple[Any, ...], eps: float, atol: float, rtol: float) -> None:
    """Raise at the first pair of output and input that disagrees."""
    outputs = _outputs(func, given)
    for i, x in enumerate(given):
        if not _is_checked(x) or not x.numel():
            continue
        for j, (y, d) in enumerate(zip(outputs, _numerical(func, given, i, eps), strict=True)):
            backward = _backward(y, x)
            constant = not y.requires_grad  # then torch wants no change at all
            near = not bool(d.any()) if constant else torch.allclose(backward, d, rtol, atol)
            if not near:
                k = int((backward - d).abs().argmax())
                raise GradcheckError(
                    f"the derivative of output {j} by input {i} disagrees with differences, "
                    f"most in row {k // x.numel()} and column {k % x.numel()} of the Jacobian: "
                    f"{float(backward.reshape(-1)[k])} is not {float(d.reshape(-1)[k])}"
                )


def _backward(y: Tensor, x: Tensor) -> Tensor:
    """Return the Jacobian of y by x, Tensor[y entries, x entries], one backward pass a row."""
    rows = x.new_zeros(y.numel(), x.numel())
    for k, row in enumerate(rows if y.requires_grad else ()):
        unit = torch.zeros_like(y, memory_format=torch.contiguous_format)
        unit.view(-1)[k] = 1
        (g,) = torch.autograd.grad(y, x, unit, retain_graph=True, allow_unused=True)
        if g is not None:
            row.copy_(g.detach().reshape(-1))
    return rows


def _numerical(func: Function, given: tuple[Any, ...], i: int, eps: float) -> list[Tensor]:
    """Return the Jacobian of every output by input i, from central differences."""
    x = given[i]
    sizes: list[int] = []

    def joined(moved: Tensor) -> Tensor:
        outputs = _outputs(func, (*given[:i], moved, *given[i + 1 :]))
        sizes[:] = [y.numel() for y in outputs]
        return torch.cat([y.detach().reshape(-1).to(x.dtype) for y in outputs])

    jacobian = approx_derivative(joined, x, "3-point", abs_step=eps).detach()
    return list(torch.split(jacobian.reshape(len(jacobian), x.numel()), sizes))
