"""Deflections: the line of a loaded beam, and the tip of a cantilever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from companion.datasets._bunch import grid, make_bunch, polynomial
from companion.physics._check import check_count, check_not_negative, check_positive
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch

# Ascending coefficients of the deflection line.
LINE = (0.0, 1.0, 0.0, -2.0, 1.0)
# Ranges of force in N, modulus in GPa and second moment of area in 1e-9 m^4; powers of F, L, E, I.
FORCE, MODULUS, MOMENT = (10.0, 100.0), (70.0, 210.0), (1.0, 10.0)
EXPONENTS = (1.0, 3.0, -1.0, -1.0)


def make_beam_deflection(
    n_samples: int = 21,
    noise: float = 0.0,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate readings of the deflection line of a simply supported beam under uniform load.

    :math:`w(\xi)=\xi-2\xi^3+\xi^4+\mathcal N(0,\text{noise})` at equally spaced positions
    :math:`\xi=x/L` from 0 to 1; w is the deflection divided by :math:`qL^4/24EI`, so that neither
    has a unit. The middle deflects by 5/16.

    Parameters
    ----------
    n_samples : number of readings.
    noise : standard deviation of the independent normal errors of w.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], position, and ``target`` Tensor[n_samples],
    deflection, in the default dtype on the CPU; ``feature_names``; the truth: ``coef`` Tensor[5]
    of the powers 0 to 4, and the law ``f(xi)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to the solution of the differential equation of the beam
    (``tests/datasets/test_deflections.py``).
    Book: chapters/07-neural-networks/universal-approximation
    """
    check_count(n_samples, "n_samples")
    spread = check_not_negative(noise, "noise")
    xi = grid(0, 1, n_samples)
    errors = spread * standard_normal((n_samples,), make_generator(random_state))
    return make_bunch(
        data=xi[:, None],
        target=_line(xi) + errors,
        feature_names=["position [-]"],
        coef=xi.new_tensor(LINE),
        f=_line,
    )


def make_cantilever(
    n_samples: int = 200,
    random_state: int | torch.Generator | None = None,
    L_range: tuple[float, float] = (0.5, 1.5),
) -> Bunch:
    r"""Generate cantilevers with a force at the tip, and the deflection of the tip.

    :math:`w=\dfrac{FL^3}{3EI}`, exactly, for a force F of 10 to 100 N, a length L in ``L_range``
    in m, a modulus E of 70 to 210 GPa and a second moment of area I of 1 to 10 in units of
    :math:`10^{-9}\,\text m^4`, each uniform and independent. The powers of ten of E and I cancel:
    the formula with these columns gives w in m. It is the linear theory, also where a beam of the
    sample bends farther than that theory reaches.

    Parameters
    ----------
    n_samples : number of cantilevers.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.
    L_range : least and greatest length in m; it changes nothing but the lengths.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 4] in the default dtype on the CPU, columns F in N, L in
    m, E in GPa and I in 1e-9 m⁴; ``target`` Tensor[n_samples], deflection of the tip in m;
    ``feature_names``; the truth: ``exponents`` Tensor[4], the powers 1, 3, -1, -1, and the law
    ``f(X)`` for X Tensor[..., 4].

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``L_range`` is no rising pair of positive
        numbers, or ``random_state`` is unusable.

    Proven equal to its formula and its stated ranges (``tests/datasets/test_deflections.py``).
    Book: chapters/07-neural-networks/limits
    """
    check_count(n_samples, "n_samples")
    ranges = (FORCE, _check_range(L_range), MODULUS, MOMENT)
    drawn = standard_uniform((n_samples, 4), make_generator(random_state))
    low, high = drawn.new_tensor(ranges).mT
    beams = low + (high - low) * drawn
    return make_bunch(
        data=beams,
        target=_tip(beams),
        feature_names=["F [N]", "L [m]", "E [GPa]", "I [1e-9 m^4]"],
        exponents=drawn.new_tensor(EXPONENTS),
        f=_tip,
    )


def _line(xi: Tensor) -> Tensor:
    return polynomial(xi, LINE)


def _tip(X: Tensor) -> Tensor:
    F, L, E, moment = X.unbind(dim=-1)
    return F * L**3 / (3 * E * moment)


def _check_range(L_range: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(L_range, Sequence) or len(L_range) != 2:
        raise ValueError(f"L_range must be two numbers, got {L_range!r}")
    low, high = (check_positive(end, "L_range") for end in L_range)
    if low >= high:
        raise ValueError(f"L_range must rise, got {L_range!r}")
    return low, high
