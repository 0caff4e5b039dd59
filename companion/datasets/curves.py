"""Curves with noise: a line and a sine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from companion.datasets._bunch import grid, make_bunch, polynomial
from companion.physics._check import check_count, check_not_negative, check_number
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch


def make_line(
    n_samples: int = 20,
    noise: float = 0.1,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate points near the line y = x.

    :math:`y=x+\mathcal N(0,\text{noise})` at equally spaced x from 0 to 2; no units.

    Parameters
    ----------
    n_samples : number of points.
    noise : standard deviation of the independent normal errors of y.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1] and ``target`` Tensor[n_samples] in the default dtype
    on the CPU; the truth: ``coef`` Tensor[1], slope 1, ``intercept`` 0.0, and the law ``f(x)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_curves.py``).
    Book: chapters/05-regression/least-squares
    """
    check_count(n_samples, "n_samples")
    spread = check_not_negative(noise, "noise")
    x, law = grid(0, 2, n_samples), partial(polynomial, coef=(0.0, 1.0))
    y = x + spread * standard_normal((n_samples,), make_generator(random_state))
    return make_bunch(data=x[:, None], target=y, coef=x.new_ones(1), intercept=0.0, f=law)


def make_noisy_sine(
    n_samples: int = 15,
    noise: float = 0.3,
    frequency: float = 1.0,
    domain: tuple[float, float] = (-math.pi, math.pi),
    spacing: Literal["grid", "uniform"] = "grid",
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate points near a sine.

    :math:`y=\sin(\text{frequency}\cdot x)+\mathcal N(0,\text{noise})`; no units.

    Parameters
    ----------
    n_samples : number of points.
    noise : standard deviation of the independent normal errors of y; it does not change x.
    frequency : angular frequency.
    domain : least and greatest x.
    spacing : ``"grid"`` places x equally spaced with both ends, ``"uniform"`` at random; in both
        cases x rises.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1] and ``target`` Tensor[n_samples] in the default dtype
    on the CPU; the truth: the law ``f(x)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0,
        ``frequency`` is no number, ``domain`` is no rising pair, or ``spacing`` or
        ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_curves.py``).
    Book: chapters/05-regression/generalization
    """
    check_count(n_samples, "n_samples")
    spread, generator = check_not_negative(noise, "noise"), make_generator(random_state)
    low, high = _check_domain(domain)
    if spacing not in ("grid", "uniform"):
        raise ValueError(f"spacing must be 'grid' or 'uniform', got {spacing!r}")
    law = partial(_sine, frequency=check_number(frequency, "frequency"))
    if spacing == "grid":
        x = grid(low, high, n_samples)
    else:
        x = low + (high - low) * standard_uniform((n_samples,), generator).sort().values
    y = law(x) + spread * standard_normal((n_samples,), generator)
    return make_bunch(data=x[:, None], target=y, f=law)


def _sine(x: Tensor, *, frequency: float) -> Tensor:
    return torch.sin(frequency * x)


def _check_domain(domain: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(domain, Sequence) or len(domain) != 2:
        raise ValueError(f"domain must be two numbers, got {domain!r}")
    low, high = (check_number(end, "domain") for end in domain)
    if low >= high:
        raise ValueError(f"domain must rise, got {domain!r}")
    return low, high
