"""Correct answers to the exercises on stationary points, by other routes."""

import itertools

import numpy as np
import scipy.optimize
import torch


def stationary(df, a, b, n):
    """Scan with NumPy, then Brent's method in each gap."""
    x = np.linspace(a, b, n)
    y = df(x)
    gaps = np.flatnonzero(np.sign(y[:-1]) != np.sign(y[1:]))
    return [scipy.optimize.brentq(df, x[i], x[i + 1], xtol=1e-12) for i in gaps]


def stationary_by_hand(df, a, b, n):
    """Walk along the interval with numbers, and halve by hand."""
    found = []
    xs = [a + (b - a) * i / (n - 1) for i in range(n)]
    for left, right in itertools.pairwise(xs):
        if df(left) * df(right) < 0:
            for _ in range(60):
                middle = (left + right) / 2
                if df(left) * df(middle) <= 0:
                    right = middle
                else:
                    left = middle
            found.append(left)
    return torch.tensor(sorted(found), dtype=torch.float64)


def classify(grad, H, tol=1e-8):
    """Try both signs with Cholesky's factorization, shifted by the tolerance."""
    if float(torch.linalg.vector_norm(grad)) > tol:
        return "not stationary"

    def definite(A):
        return int(torch.linalg.cholesky_ex(A)[1]) == 0

    shift = tol * max(1.0, float(torch.linalg.matrix_norm(H, 2))) * torch.eye(len(H)).double()
    for sign, name in ((1, "minimum"), (-1, "maximum")):
        if definite(sign * H - shift):
            return name
    if definite(H + shift) or definite(shift - H):
        return "inconclusive"
    return "saddle"


def argmax(f, minimise):
    def upside_down(x):
        return -1.0 * f(x)

    x, _ = minimise(upside_down)
    return np.array([x, f(x)])


def equilibria(k, mgl):
    """All roots of Π' on a scan, judged by the sign of Π''."""
    theta = np.linspace(-np.pi, np.pi, 2001)  # holds 0
    slope = k * theta - mgl * np.sin(theta)
    found = [0.0]
    for i in np.flatnonzero(slope[:-1] * slope[1:] < 0):
        found.append(
            scipy.optimize.brentq(lambda t: k * t - mgl * np.sin(t), theta[i], theta[i + 1])
        )
    found = [t for j, t in enumerate(found) if all(abs(t - s) > 1e-3 for s in found[:j])]
    return [(t, k - mgl * np.cos(t) > 0) for t in found]


def hessian_question():
    """Central differences of the landscape."""

    def f(x, y):
        return np.exp(-0.05 * (x**2 + y**2)) * np.sin(x) * np.cos(y)

    h, y = 1e-4, np.pi / 2
    mixed = (f(h, y + h) - f(h, y - h) - f(-h, y + h) + f(-h, y - h)) / (4 * h**2)
    return "C", tuple(np.linalg.eigvalsh(np.array([[0, mixed], [mixed, 0]])))


VARIANTS = {
    "optimization.stationary_points": [stationary, stationary_by_hand],
    "optimization.classify": [classify],
    "optimization.argmax": [argmax],
    "optimization.equilibria": [equilibria],
    "optimization.hessian_question": [hessian_question],
}
