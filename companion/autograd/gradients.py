"""Derivatives of a value by chosen inputs, also as values with a graph of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from companion.autograd.value import Value, topological


def grad(
    outputs: Value, inputs: Value | Sequence[Value], create_graph: bool = False
) -> tuple[Any, ...]:
    """Return the derivatives of a value by some of the values that it was computed from.

    Nothing is added to any ``grad``. With ``create_graph`` the derivatives are values, so they have
    derivatives again: ``(slope,) = grad(y, x, create_graph=True)``, ``(bend,) = grad(slope, x)``.

    Parameters
    ----------
    outputs : one value.
    inputs : the values to differentiate by; one that is not in the graph has derivative 0, where
        torch raises without ``materialize_grads``.
    create_graph : whether to return values, not numbers.

    Raises
    ------
    TypeError
        If ``outputs`` or one of the inputs is no ``Value``.

    Mirrors ``torch.autograd.grad``.
    Proven equal to it, for first, second and third derivatives (``tests/autograd/test_value.py``).
    Book: chapters/07-neural-networks/autograd-engine
    """
    chosen = (inputs,) if isinstance(inputs, Value) else tuple(inputs)
    for v in chosen:
        if not isinstance(v, Value):
            raise TypeError(f"inputs must be values, got {type(v).__name__}")
    if not isinstance(outputs, Value):
        raise TypeError(f"outputs must be a Value, got {type(outputs).__name__}")
    nodes = topological(outputs)
    before = {v: v.grad for v in nodes}
    try:
        for v in nodes:
            v.grad = 0.0
        outputs.backward(create_graph)
        found = {v: v.grad for v in nodes}
    finally:
        for v, known in before.items():
            v.grad = known
    zero = Value(0.0) if create_graph else 0.0
    return tuple(found.get(v, zero) for v in chosen)
