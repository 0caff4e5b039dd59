"""Springs: a linear one with an outlier, a cubic one, and an oscillator of Duffing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from companion.datasets._bunch import grid, make_bunch, polynomial
from companion.physics._check import (
    check_count,
    check_not_negative,
    check_number,
    check_positive,
)
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch

# Stiffness, damping and cubic stiffness of the oscillator.
DUFFING = (4.0, 1.0, 1.5)


def make_spring(
    n_samples: int = 11,
    stiffness: float = 200.0,
    outlier: float = 0.0,
    noise: float = 0.0,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate the calibration of a linear spring whose last reading may be wrong.

    :math:`F=ku+\mathcal N(0,\text{noise})` in N at equally spaced displacements u from 0 to 2 mm;
    ``outlier`` is added to the last force.

    Parameters
    ----------
    n_samples : number of readings.
    stiffness : k in N/mm.
    outlier : error of the last force in N.
    noise : standard deviation of the independent normal errors of the force in N.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], displacement in mm, and ``target``
    Tensor[n_samples], force in N, in the default dtype on the CPU; ``feature_names``; the truth:
    ``coef`` Tensor[1], stiffness in N/mm, ``intercept`` 0.0, and the law ``f(displacement)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``stiffness`` is not positive, ``noise`` is no
        number of at least 0, ``outlier`` is no number, or ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_springs.py``).
    Book: chapters/05-regression/goodness-of-fit
    """
    check_count(n_samples, "n_samples")
    k, spread = check_positive(stiffness, "stiffness"), check_not_negative(noise, "noise")
    u, law = grid(0, 2, n_samples), partial(polynomial, coef=(0.0, k))
    force = law(u) + spread * standard_normal((n_samples,), make_generator(random_state))
    force[-1] += check_number(outlier, "outlier")
    return make_bunch(
        data=u[:, None],
        target=force,
        feature_names=["displacement [mm]"],
        coef=u.new_tensor([k]),
        intercept=0.0,
        f=law,
    )


def make_cubic_spring(
    n_samples: int = 20,
    weights: tuple[float, float] = (-0.25, 0.6),
    noise_variance: float = 0.04,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate readings of a spring whose force is an offset and a cubic term.

    :math:`y=w_0+w_1x^3+\mathcal N(0,\sigma^2)` with x uniform between -1 and 1; no units.

    Parameters
    ----------
    n_samples : number of readings.
    weights : the offset :math:`w_0` and the cubic stiffness :math:`w_1`.
    noise_variance : variance :math:`\sigma^2` of the independent errors of y, not their standard
        deviation; it does not change x.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], deflection, and ``target`` Tensor[n_samples], force,
    in the default dtype on the CPU; the truth: ``coef`` Tensor[2] of the features 1 and x³,
    ``noise_variance``, and the law ``f(x)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``weights`` are not two numbers,
        ``noise_variance`` is no number of at least 0, or ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_springs.py``).
    Book: chapters/05-regression/bayesian-regression
    """
    check_count(n_samples, "n_samples")
    variance = check_not_negative(noise_variance, "noise_variance")
    if not isinstance(weights, Sequence) or len(weights) != 2:
        raise ValueError(f"weights must be two numbers, got {weights!r}")
    offset, stiffness = (check_number(w, "weights") for w in weights)
    generator = make_generator(random_state)
    x = 2 * standard_uniform((n_samples,), generator) - 1
    law = partial(polynomial, coef=(offset, 0.0, 0.0, stiffness))
    y = law(x) + math.sqrt(variance) * standard_normal((n_samples,), generator)
    coef = x.new_tensor([offset, stiffness])
    return make_bunch(data=x[:, None], target=y, coef=coef, noise_variance=variance, f=law)


def make_duffing_force(
    n_samples: int = 200,
    noise: float = 0.05,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate the restoring and damping force of an oscillator of Duffing.

    :math:`F=4q+\dot q+1.5q^3` with the displacement q and the velocity :math:`\dot q` independent
    and uniform between -2 and 2; no units. The variance of F without noise is
    :math:`\frac43(4^2+1^2)+\frac{16}5\cdot2\cdot4\cdot1.5+\frac{64}7\cdot1.5^2=9.0354^2`.

    Parameters
    ----------
    n_samples : number of states.
    noise : standard deviation of the independent normal errors of F, relative to 9.0354; it does
        not change the states.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 2], columns q and its rate, and ``target``
    Tensor[n_samples], F, in the default dtype on the CPU; ``feature_names`` ``["q", "qdot"]``;
    the truth: ``terms`` ``["q", "qdot", "q^3"]`` (as ``get_feature_names_out`` writes them),
    ``coef`` Tensor[3] of these, ``noise_std``, and the law ``f(X)`` for X Tensor[..., 2].

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_springs.py``).
    Book: chapters/05-regression/regularization
    """
    check_count(n_samples, "n_samples")
    spread = check_not_negative(noise, "noise") * _duffing_std()
    generator = make_generator(random_state)
    states = 4 * standard_uniform((n_samples, 2), generator) - 2
    return make_bunch(
        data=states,
        target=_duffing(states) + spread * standard_normal((n_samples,), generator),
        feature_names=["q", "qdot"],
        terms=["q", "qdot", "q^3"],
        coef=states.new_tensor(DUFFING),
        noise_std=spread,
        f=_duffing,
    )


def _duffing(X: Tensor) -> Tensor:
    k, c, k3 = DUFFING
    q, rate = X[..., 0], X[..., 1]
    return k * q + c * rate + k3 * q**3


def _duffing_std() -> float:
    """Standard deviation of the force; the mean of q^m is 2^m / (m + 1) for even m."""
    k, c, k3 = DUFFING
    return math.sqrt(4 / 3 * (k**2 + c**2) + 16 / 5 * 2 * k * k3 + 64 / 7 * k3**2)
