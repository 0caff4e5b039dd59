"""The line of a beam by its differential equation, the tip of a cantilever by its energy."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
import sympy
import torch
from scipy.integrate import quad

from companion.datasets import make_beam_deflection, make_cantilever
from tests.guard import DeviceGuard


def test_line_solves_the_equation_of_the_beam(double: None) -> None:
    """EI w'''' = q with supports that hold w and free the moment, in units of qL⁴/24EI."""
    xi = sympy.symbols("xi")
    a = sympy.symbols("a:4")
    w = xi**4 + sum(c * xi**k for k, c in enumerate(a))
    assert sympy.diff(w, xi, 4) == 24
    ends = [sympy.diff(w, xi, order).subs(xi, end) for order in (0, 2) for end in (0, 1)]
    w = w.subs(sympy.solve(ends, a))
    found = make_beam_deflection(9)
    for k, (place, reading) in enumerate(
        zip(found.data[:, 0].tolist(), found.target.tolist(), strict=True)
    ):
        assert place == pytest.approx(k / 8, abs=1e-15)
        assert reading == pytest.approx(float(w.subs(xi, sympy.Rational(k, 8))), abs=1e-15)
    assert found.coef.tolist() == [float(w.coeff(xi, k)) for k in range(5)]
    assert float(found.target[4]) == 5 / 16
    assert torch.equal(found.f(found.data[:, 0]), found.target)


def test_tip_is_castiglianos_in_base_units(double: None) -> None:
    """∂/∂F ∫ M²/2EI dx with the moment M = F (L - x), E in Pa, I in m⁴, w in m."""
    found = make_cantilever(10, random_state=1)
    for (F, L, E, moment), tip in zip(found.data.tolist(), found.target.tolist(), strict=True):
        stiffness = (E * 1e9) * (moment * 1e-9)
        work, _ = quad(lambda x, F=F, L=L, B=stiffness: F * (L - x) ** 2 / B, 0, L)
        assert tip == pytest.approx(work, rel=1e-12)
    assert torch.equal(found.f(found.data), found.target)
    powers = (found.data**found.exponents).prod(dim=1) / 3
    torch.testing.assert_close(powers, found.target, rtol=1e-13, atol=0)
    assert found.feature_names == ["F [N]", "L [m]", "E [GPa]", "I [1e-9 m^4]"]


def test_exponents_follow_from_twenty_samples(double: None) -> None:
    for state in range(5):
        found = make_cantilever(20, state)
        A = torch.cat([torch.ones(20, 1), found.data.log()], dim=1)
        solution = torch.linalg.lstsq(A, found.target.log()[:, None]).solution[:, 0]
        expected = torch.tensor([-math.log(3), 1.0, 3.0, -1.0, -1.0])
        torch.testing.assert_close(solution, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("L_range", [(0.5, 1.5), (2, 3.0)])
def test_beams_are_uniform_and_independent_in_their_ranges(L_range: Any, double: None) -> None:
    """Deciles and correlations within five standard errors."""
    n = 20000
    found = make_cantilever(n, 7, L_range)
    low = torch.tensor([10.0, L_range[0], 70, 1])
    high = torch.tensor([100.0, L_range[1], 210, 10])
    U = (found.data - low) / (high - low)
    assert float(U.min()) >= 0 and float(U.max()) <= 1
    for tenth in range(1, 10):
        share = (tenth / 10 > U).double().mean(dim=0)
        assert float((share - tenth / 10).abs().max()) < 5 * math.sqrt(0.25 / n)
    off = torch.corrcoef(U.mT) - torch.eye(4)
    assert float(off.abs().max()) < 5 / math.sqrt(n)


def test_range_of_lengths_leaves_the_other_columns() -> None:
    short, long = make_cantilever(50, 0), make_cantilever(50, 0, (2.0, 3.0))
    assert torch.equal(short.data[:, [0, 2, 3]], long.data[:, [0, 2, 3]])
    torch.testing.assert_close(long.data[:, 1], short.data[:, 1] + 1.5)


def test_cantilevers_repeat_with_the_same_random_state(request: pytest.FixtureRequest) -> None:
    def draw(state: int | torch.Generator | None) -> torch.Tensor:
        with DeviceGuard():
            return make_cantilever(5, state).data

    generator, before = torch.Generator().manual_seed(1), torch.get_rng_state()
    first = draw(1)
    assert torch.equal(first, draw(1))
    assert torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(2))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    assert torch.equal(first, draw(None))
    found = make_cantilever(5, 1)
    tensors = [field for field in found.values() if isinstance(field, torch.Tensor)]
    assert {t.dtype for t in tensors} == {torch.float32}
    assert torch.equal(pickle.loads(pickle.dumps(found)).f(found.data), found.f(found.data))
    request.getfixturevalue("double")
    assert torch.equal(draw(1).float(), first)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_samples": 0}, ValueError, "^n_samples .*0"),
        ({"n_samples": 2.0}, TypeError, "^n_samples .*float"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
        ({"L_range": 1.0}, ValueError, "^L_range must be two numbers, got 1.0"),
        ({"L_range": (1.0,)}, ValueError, "^L_range must be two numbers"),
        ({"L_range": (1.0, "2")}, TypeError, "^L_range .*str"),
        ({"L_range": (0.0, 1.0)}, ValueError, "^L_range must be positive, got 0"),
        ({"L_range": (2.0, 2.0)}, ValueError, "^L_range must rise"),
        ({"L_range": (1.0, math.inf)}, ValueError, "^L_range must be finite"),
    ],
)
def test_bad_arguments(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_cantilever(**arguments)
