"""Tension tests: stress over strain, linear, cubic, and by the law of Ramberg and Osgood."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from companion.datasets._bunch import grid, make_bunch, polynomial
from companion.physics._check import check_count, check_not_negative, check_positive
from companion.physics._random import make_generator, standard_normal

if TYPE_CHECKING:
    from sklearn.utils import Bunch

CUBIC = (0.0, 120.0, -600.0, 1000.0)


def make_tension_test(
    n_samples: int = 15,
    modulus: float = 200.0,
    noise: float = 5.0,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate a strain-controlled tension test in the elastic range.

    :math:`\sigma=10^3E\varepsilon+\mathcal N(0,\text{noise})` in MPa at equally spaced strains
    from 0 to 0.001.

    Parameters
    ----------
    n_samples : number of readings.
    modulus : Young's modulus E in GPa.
    noise : standard deviation of the independent normal errors of the stress in MPa.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], strain, and ``target`` Tensor[n_samples], stress in
    MPa, in the default dtype on the CPU; ``feature_names``; the truth: ``coef`` Tensor[1], slope
    in MPa, ``intercept`` 0.0, and the law ``f(strain)`` in MPa.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``modulus`` is not positive, ``noise`` is no
        number of at least 0, or ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_tension.py``).
    Book: chapters/05-regression/learning-from-data
    """
    check_count(n_samples, "n_samples")
    slope, spread = 1e3 * check_positive(modulus, "modulus"), check_not_negative(noise, "noise")
    strain, law = grid(0, 1e-3, n_samples), partial(polynomial, coef=(0.0, slope))
    errors = spread * standard_normal((n_samples,), make_generator(random_state))
    return make_bunch(
        data=strain[:, None],
        target=law(strain) + errors,
        feature_names=["strain [-]"],
        coef=strain.new_tensor([slope]),
        intercept=0.0,
        f=law,
    )


def make_cubic_stress_strain(
    n_samples: int = 20,
    noise: float = 0.1,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate a nonlinear stress-strain curve that is a cubic polynomial.

    :math:`\sigma=(10\varepsilon-2)^3+8=1000\varepsilon^3-600\varepsilon^2+120\varepsilon`
    :math:`+\mathcal N(0,\text{noise})`, in units of 10 MPa, at equally spaced strains from 0 to
    0.2. The first stress is set to 0: the unloaded specimen needs no reading.

    Parameters
    ----------
    n_samples : number of readings.
    noise : standard deviation of the independent normal errors, in units of 10 MPa.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], strain, and ``target`` Tensor[n_samples], stress in
    units of 10 MPa, in the default dtype on the CPU; ``feature_names``; the truth: ``coef``
    Tensor[4] of the powers 0 to 3, and the law ``f(strain)``.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_tension.py``).
    Book: chapters/05-regression/linear-models
    """
    check_count(n_samples, "n_samples")
    spread = check_not_negative(noise, "noise")
    strain, law = grid(0, 0.2, n_samples), partial(polynomial, coef=CUBIC)
    stress = law(strain) + spread * standard_normal((n_samples,), make_generator(random_state))
    stress[0] = 0
    return make_bunch(
        data=strain[:, None],
        target=stress,
        feature_names=["strain [-]"],
        coef=strain.new_tensor(CUBIC),
        f=law,
    )


def make_ramberg_osgood(
    n_samples: int = 20,
    E: float = 70000.0,
    sigma_0: float = 300.0,
    alpha: float = 0.002,
    n: float = 10,
    noise: float = 0.0,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate a stress-strain curve by the law of Ramberg and Osgood, which is no polynomial.

    :math:`\varepsilon=\sigma/E+\alpha(\sigma/\sigma_0)^n` at equally spaced stresses from 0 to
    :math:`1.2\,\sigma_0`; then :math:`\mathcal N(0,\text{noise})` is added to the stress. The
    default is an aluminium alloy.

    Parameters
    ----------
    n_samples : number of readings.
    E, sigma_0 : Young's modulus and reference stress in MPa.
    alpha : plastic strain at the reference stress.
    n : exponent.
    noise : standard deviation of the independent normal errors of the stress in MPa.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 1], strain, and ``target`` Tensor[n_samples], stress in
    MPa, in the default dtype on the CPU; ``feature_names``; the truth: the law ``f(stress)``,
    which gives the strain (the stress follows from it only implicitly).

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, a constant is not positive, ``noise`` is no
        number of at least 0, or ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_tension.py``).
    Book: chapters/05-regression/linear-models
    """
    check_count(n_samples, "n_samples")
    spread = check_not_negative(noise, "noise")
    for name, constant in (("E", E), ("sigma_0", sigma_0), ("alpha", alpha), ("n", n)):
        check_positive(constant, name)
    law = partial(_strain, E=E, sigma_0=sigma_0, alpha=alpha, n=n)
    stress = grid(0, 1.2 * sigma_0, n_samples)
    errors = spread * standard_normal((n_samples,), make_generator(random_state))
    return make_bunch(
        data=law(stress)[:, None], target=stress + errors, feature_names=["strain [-]"], f=law
    )


def _strain(stress: Tensor, *, E: float, sigma_0: float, alpha: float, n: float) -> Tensor:
    return stress / E + alpha * (stress / sigma_0) ** n
