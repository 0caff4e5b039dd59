"""Forward mode: one run of a program on dual numbers gives the derivative in one direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from companion.calculus._check import check_callable, check_fit, check_number, check_output
from companion.calculus._number import LEVELS
from companion.calculus.dual import Dual, parts


def jvp(
    func: Callable[..., Any], primals: tuple[Tensor, ...], tangents: tuple[Tensor, ...]
) -> tuple[Any, Any]:
    """Return the value of ``func`` and its derivative along the tangents, in one evaluation.

    ::

        y = f(x₁, x₂, ...)        y' = J₁ x₁' + J₂ x₂' + ...

    Parameters
    ----------
    func : maps tensors to a tensor or a tuple of tensors, with the functions
        of torch that :class:`Dual` knows.
    primals : tuple of Tensor[...], where the derivative is wanted.
    tangents : tuple of tensors of the same shapes and dtypes, the directions.

    Raises
    ------
    TypeError
        If func is not callable, returns no tensor or needs a function without a rule, if primals
        or tangents are no tuples of floating-point tensors, or their dtypes differ.
    ValueError
        If the tuples are empty or differ in length or shapes.

    Mirrors ``torch.func.jvp``.

    Proven equal to ``torch.func.jvp`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/derivatives
    """
    check_callable(func, "func")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple):
            raise TypeError(f"{name} must be a tuple of tensors, got {type(given).__name__}")
    if not primals or len(primals) != len(tangents):
        raise ValueError(
            f"primals and tangents must be as many, at least 1, "
            f"got {len(primals)} primals and {len(tangents)} tangents"
        )
    for x, t in zip(primals, tangents, strict=True):
        check_number(x, "primals")
        check_fit(t, "tangents", x, "primals")
    level = next(LEVELS)
    y = func(*(Dual(x, t, level) for x, t in zip(primals, tangents, strict=True)))
    if not isinstance(y, tuple):
        return parts(check_output(y), level)
    pairs = [parts(check_output(part), level) for part in y]
    return tuple(value for value, _ in pairs), tuple(slope for _, slope in pairs)
