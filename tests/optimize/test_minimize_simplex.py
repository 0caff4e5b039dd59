"""Nelder-Mead: the same corners as in the installed SciPy, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
import torch
from scipy.optimize import rosen

from companion.optimize import minimize

RNG = np.random.default_rng(5)
STARTS = {
    "valley": np.array([-1.2, 1.0]),
    "zeros": np.zeros(3),
    "ties": np.tile([-1.2, 1.0], 5),
    "drawn": RNG.normal(size=4),
    "one": np.array([7.0]),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "tight": {"xatol": 1e-8, "fatol": 1e-10},
    "loose values": {"xatol": 1.0, "fatol": 1e-3},
    "iterations": {"maxiter": 17},
    "evaluations": {"maxfev": 23},
    "few evaluations": {"maxfev": 2},
    "both": {"maxiter": 30, "maxfev": 40},
    "adaptive": {"adaptive": True},
}


def kinked(x: Any) -> Any:
    """Not smooth, and undefined for x_0 > 8."""
    return np.abs(x - 0.3).max() + 0.1 * (x**2).sum() + (0.0 if x[0] <= 8 else np.nan)


def compare(fun: Any, x0: np.ndarray, options: dict[str, Any]) -> None:
    seen: list[Any] = []
    ours = minimize(fun, x0, method="Nelder-Mead", options=options, callback=seen.append)
    chosen = {**options, "return_all": True}
    theirs = scipy.optimize.minimize(fun, x0, method="Nelder-Mead", options=chosen)
    expected = np.array(theirs.allvecs[1:]).reshape(-1, len(x0))
    np.testing.assert_allclose(ours.trajectory[1:], expected, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(ours.trajectory[1:], np.array(seen).reshape(-1, len(x0)))
    np.testing.assert_allclose(ours.final_simplex[0], theirs.final_simplex[0], atol=1e-10)
    np.testing.assert_allclose(ours.final_simplex[1], theirs.final_simplex[1], atol=1e-10)
    for name in ("nit", "nfev", "status", "success", "message"):
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("start", STARTS)
def test_iterates_of_the_installed_scipy(start: str, options: dict[str, Any]) -> None:
    if start == "ties" and options.get("adaptive"):
        pytest.skip("over 2000 iterations rounding decides between equal corners")
    for fun in (rosen, kinked) if len(STARTS[start]) > 1 else (kinked,):
        compare(fun, STARTS[start], options)


def wavy(x: Any) -> Any:
    """So many small waves that often only shrinking helps."""
    return (x**2).sum() + np.sin(40 * x).sum() + np.sin(23 * x[0] * x[-1])


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_iterates_among_waves(n: int, adaptive: bool) -> None:
    for seed in range(10):
        x0 = np.random.default_rng(seed).normal(size=n)
        corners = x0 + np.random.default_rng(seed + 100).normal(size=(n + 1, n))
        options = {"initial_simplex": corners, "adaptive": adaptive and n > 1}
        compare(wavy, x0, {**options, "maxfev": 15 + 7 * seed})


def test_a_simplex_of_ones_own() -> None:
    corners = RNG.normal(size=(3, 2))
    compare(rosen, np.array([5.0, 5.0]), {"initial_simplex": corners})
    tensors = torch.tensor(corners)
    found = minimize(
        lambda x: (x * x).sum(),
        torch.ones(2, dtype=torch.float64),
        method="Nelder-Mead",
        options={"initial_simplex": tensors},
    )
    assert isinstance(found.x, torch.Tensor) and isinstance(found.final_simplex[0], torch.Tensor)
    assert torch.equal(tensors, torch.tensor(corners))


def test_bad_options_are_named() -> None:
    for options, error in (
        ({"initial_simplex": np.eye(2)}, r"initial_simplex .*\(3, 2\), got \(2, 2\)"),
        ({"initial_simplex": np.ones((4, 2))}, r"initial_simplex .*\(3, 2\), got \(4, 2\)"),
        ({"initial_simplex": np.full((3, 2), np.nan)}, "initial_simplex must be finite"),
        ({"xatol": -1}, "xatol"),
        ({"fatol": np.nan}, "fatol"),
        ({"maxfev": -1}, "maxfev"),
    ):
        with pytest.raises(ValueError, match=error):
            minimize(rosen, [1.0, 2.0], method="Nelder-Mead", options=options)


def test_nothing_but_nan_ends_at_the_limit() -> None:
    found = minimize(lambda x: np.nan, [1.0, 2.0], method="Nelder-Mead")
    assert not found.success and "NaN" in found.message and found.nfev <= 400
