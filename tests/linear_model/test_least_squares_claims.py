"""What the page on least squares says of descent, against a table worked out on its own."""

from __future__ import annotations

import pytest
import torch

from companion import optimize
from companion.exercises.regression.least_squares import gradient
from companion.exercises.regression.least_squares_descent import (
    cost,
    gd_line,
    line_design,
    max_rate,
    twenty_readings,
)

START = torch.tensor([0.603810, 0.835431], dtype=torch.float64)
# Step, w0, w1, J: learning rate 0.7, until a step is shorter than 5e-3.
TABLE = """
1 .303893 .582810 .044530; 2 .390753 .782115 .025268; 3 .277297 .729706 .017217
4 .279947 .806918 .012977; 5 .226693 .808314 .010268; 6 .209740 .845650 .008331
7 .178518 .859090 .006872; 8 .159744 .881511 .005749; 9 .138417 .895597 .004879
10 .122159 .911119 .004202; 11 .106416 .923153 .003674; 12 .093270 .934679 .003263
13 .081257 .944367 .002943; 14 .070871 .953184 .002693; 15 .061584 .960825 .002499
16 .053449 .967648 .002347; 17 .046233 .973630 .002229; 18 .039880 .978933 .002137
19 .034262 .983603 .002065; 20 .029308 .987733 .002009; 21 .024931 .991374 .001966
22 .021069 .994592 .001932; 23 .017658 .997431 .001905
"""


def golden() -> torch.Tensor:
    rows = TABLE.replace("\n", ";").split(";")
    return torch.tensor(
        [[float(x) for x in row.split()] for row in rows if row.strip()], dtype=torch.float64
    )


def test_descent_walks_through_the_table() -> None:
    x, y = twenty_readings()
    X, table = line_design(x), golden()
    for path in (
        gd_line(x, y, START, 0.7, 30, 5e-3)[1],
        optimize.gradient_descent(
            lambda w: cost(X, y, w),
            START,
            jac=lambda w: gradient(X, y, w),
            lr=0.7,
            maxiter=30,
            gtol=0.0,
            xtol=5e-3,
        ).trajectory,
    ):
        assert len(path) == 24
        costs = torch.tensor([cost(X, y, w) for w in path[1:]], dtype=torch.float64)
        found = torch.column_stack([path[1:], costs])
        torch.testing.assert_close(found, table[:, 1:], rtol=0, atol=2e-6)


@pytest.mark.parametrize(("share", "converges"), [(0.99, True), (1.01, False)])
def test_the_largest_rate_separates_walks(share: float, converges: bool) -> None:
    x, y = twenty_readings()
    X = line_design(x)
    start = torch.linalg.eigh(X.T @ X)[1][:, 1] + torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    path = [start]
    for _ in range(500):
        path.append(path[-1] - share * max_rate(X) * gradient(X, y, path[-1]))
    ratio = float((path[-1] - path[-2]).norm() / (path[1] - path[0]).norm())
    assert ratio < 1e-3 if converges else ratio > 1e3


def test_the_normal_equations_lose_digits_for_random_weights() -> None:
    """The page shows weights of 1; here the median of 20 draws, for each degree."""
    generator = torch.Generator().manual_seed(0)
    points = torch.linspace(0, 1, 21, dtype=torch.float64)
    for degree in (5, 10, 14):
        V = torch.vander(points, degree + 1, increasing=True)
        W = torch.rand(degree + 1, 20, generator=generator, dtype=torch.float64) + 0.5
        values = V @ W
        squared = torch.linalg.solve(V.T @ V, V.T @ values)
        Q, R = torch.linalg.qr(V)
        direct = torch.linalg.solve_triangular(R, Q.T @ values, upper=True)
        worst = [(found - W).abs().amax(0).median() for found in (squared, direct)]
        assert worst[0] > (100 if degree == 5 else 1000) * worst[1]
