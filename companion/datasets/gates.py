"""Gates and signs: truth tables of two inputs, and their counterpart in a cyclic test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from companion.datasets._bunch import make_bunch
from companion.physics._check import check_count, check_not_negative
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch

# The outputs for the inputs 00, 01, 10 and 11.
GATES = {
    "or": (0, 1, 1, 1),
    "and": (0, 0, 0, 1),
    "nor": (1, 0, 0, 0),
    "nand": (1, 1, 1, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


def make_gate(
    kind: Literal["or", "and", "nor", "nand", "xor", "xnor"],
) -> tuple[Tensor, Tensor]:
    """Return the truth table of a gate with two inputs.

    Parameters
    ----------
    kind : name of the gate, in lower case.

    Returns
    -------
    X : Tensor[4, 2] in the default dtype on the CPU, the inputs 00, 01, 10, 11 in this order.
    y : Tensor[4] of int64, the outputs 0 or 1.

    Raises
    ------
    TypeError
        If ``kind`` is no string.
    ValueError
        If it names no gate.

    Proven equal to Python's logical operators (``tests/datasets/test_gates.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    if not isinstance(kind, str):
        raise TypeError(f"kind must be a str, got {type(kind).__name__}")
    if kind not in GATES:
        raise ValueError(f"kind must be one of {sorted(GATES)}, got {kind!r}")
    inputs = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    X = torch.tensor(inputs, dtype=torch.get_default_dtype(), device="cpu")
    return X, torch.tensor(GATES[kind], dtype=torch.int64, device="cpu")


def make_sign_quadrants(
    n_samples: int = 200,
    noise: float = 0.0,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate states of a bar in a cyclic test, which flows in two opposite quadrants.

    Stress :math:`\sigma` and strain rate :math:`\dot\varepsilon`, each divided by its largest
    value, are independent and uniform between -1 and 1. Plastic flow needs the same sign of both:
    y = 1 if :math:`\sigma\dot\varepsilon>0`, else 0, the pattern of XNOR in the plane.

    Parameters
    ----------
    n_samples : number of states.
    noise : standard deviation of the independent normal errors of both measured features; the
        label belongs to the state without errors, so that a state may cross an axis.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 2] in the default dtype on the CPU, columns stress and
    strain rate, without units; ``target`` Tensor[n_samples], 1 for plastic flow;
    ``feature_names``, ``target_names``; the truth: the law ``f(X)`` for X Tensor[..., 2].

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to its rule, and to its stated ranges and spread
    (``tests/datasets/test_gates.py``).
    Book: chapters/07-neural-networks/hidden-layers
    """
    check_count(n_samples, "n_samples")
    spread, generator = check_not_negative(noise, "noise"), make_generator(random_state)
    states = 2 * standard_uniform((n_samples, 2), generator) - 1
    return make_bunch(
        data=states + spread * standard_normal((n_samples, 2), generator),
        target=_flows(states),
        feature_names=["stress [-]", "strain rate [-]"],
        target_names=["elastic", "plastic flow"],
        f=_flows,
    )


def _flows(X: Tensor) -> Tensor:
    """Compare signs: the product of two small numbers could round to zero."""
    return ((X[..., 0].sign() * X[..., 1].sign()) > 0).long()
