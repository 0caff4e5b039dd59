"""Gauges: a strain gauge with features on different scales, and a pressure gauge that errs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from companion.datasets._bunch import grid, make_bunch
from companion.physics._check import check_count, check_not_negative, check_number
from companion.physics._random import make_generator, standard_normal, standard_uniform

if TYPE_CHECKING:
    from sklearn.utils import Bunch

FEATURES = ("strain [um/m]", "temperature [K]")
LOWEST, HIGHEST = (0.0, -20.0), (1000.0, 40.0)
INTERCEPT, COEF = 0.02, (5e-4, 4e-3)


def make_strain_gauge(
    n_samples: int = 256,
    noise: float = 0.01,
    random_state: int | torch.Generator | None = 0,
) -> Bunch:
    r"""Generate the calibration of a strain gauge: its output under strain and temperature.

    :math:`y=0.02+5\cdot10^{-4}\,\varepsilon+4\cdot10^{-3}\,\Delta T+\mathcal N(0,\text{noise})`
    in mV/V, with the strain :math:`\varepsilon` uniform between 0 and 1000 µm/m and the change of
    temperature :math:`\Delta T` uniform between -20 and 40 K. The features have different scales
    on purpose; the truth is in the result (``coef``, ``intercept``).

    Parameters
    ----------
    n_samples : number of measurements.
    noise : standard deviation of the independent normal errors of the output in mV/V; it changes
        neither the features nor the pattern of the errors.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[n_samples, 2] in the default dtype on the CPU, columns strain in
    µm/m and change of temperature in K; ``target`` Tensor[n_samples], the output in mV/V;
    ``feature_names``; ``coef`` Tensor[2] in mV/V per unit of each feature and ``intercept``, a
    float in mV/V.

    Raises
    ------
    TypeError, ValueError
        If ``n_samples`` is no int of at least 1, ``noise`` is no number of at least 0, or
        ``random_state`` is unusable.

    Proven equal to its formula, and to its stated ranges and spread
    (``tests/datasets/test_gauges.py``).
    Book: chapters/03-optimization/optimizers
    """
    from sklearn.utils import Bunch

    check_count(n_samples, "n_samples")
    spread, generator = check_not_negative(noise, "noise"), make_generator(random_state)
    drawn = standard_uniform((n_samples, 2), generator)
    low, high = drawn.new_tensor(LOWEST), drawn.new_tensor(HIGHEST)
    data, coef = low + (high - low) * drawn, drawn.new_tensor(COEF)
    target = INTERCEPT + data @ coef + spread * standard_normal((n_samples,), generator)
    dtype = torch.get_default_dtype()
    return Bunch(
        data=data.to(dtype),
        target=target.to(dtype),
        feature_names=list(FEATURES),
        coef=coef.to(dtype),
        intercept=INTERCEPT,
    )


def make_gauge(
    n_runs: int = 10,
    bias: float = 0.05,
    std: float = 0.02,
    random_state: int | torch.Generator | None = None,
) -> Bunch:
    r"""Generate the calibration runs of a pressure gauge with systematic and random errors.

    reading :math:`=p+\text{bias}+\mathcal N(0,\text{std})` in bar, at the six calibration
    pressures p = 0, 2, ..., 10 bar in each run.

    Parameters
    ----------
    n_runs : number of runs.
    bias : systematic error in bar, the same in all readings.
    std : standard deviation of the independent normal errors in bar, the repeatability.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``readings`` Tensor[n_runs, 6] and the true pressures ``truth`` Tensor[6], in bar,
    in the default dtype on the CPU; ``bias`` and ``std``.

    Raises
    ------
    TypeError, ValueError
        If ``n_runs`` is no int of at least 1, ``bias`` is no number, ``std`` is no number of at
        least 0, or ``random_state`` is unusable.

    Proven equal to its formula and its stated spread (``tests/datasets/test_gauges.py``).
    Book: chapters/05-regression/bias-variance
    """
    check_count(n_runs, "n_runs")
    offset, spread = check_number(bias, "bias"), check_not_negative(std, "std")
    truth = grid(0, 10, 6)
    errors = spread * standard_normal((n_runs, len(truth)), make_generator(random_state))
    return make_bunch(readings=truth + offset + errors, truth=truth, bias=offset, std=spread)
