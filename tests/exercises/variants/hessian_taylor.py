"""Correct answers to the exercises on Hessians and Taylor polynomials, by other routes."""

import math

import numpy as np
import scipy.optimize
import torch


def grad_hess_by_autograd(A, b, x):
    x = x.requires_grad_()
    (slope,) = torch.autograd.grad(0.5 * x @ A @ x + b @ x, x, create_graph=True)
    rows = [torch.autograd.grad(s, x, retain_graph=True)[0] for s in slope]
    return slope.detach(), torch.stack(rows)


def grad_hess_by_indices(A, b, x):
    n = len(x)
    A, b, x = A.numpy(), b.numpy(), x.numpy()
    H = [[(A[i, j] + A[j, i]) / 2 for j in range(n)] for i in range(n)]
    return [sum(H[i][j] * x[j] for j in range(n)) + b[i] for i in range(n)], H


def curvature_of_the_cut(H, v):
    """The second difference of a quadratic function along a line is exact."""
    unit = v / v.norm()

    def f(t):
        return float((t * unit) @ H @ (t * unit)) / 2

    return f(1.0) - 2 * f(0.0) + f(-1.0)


def curvature_by_eigenvectors(H, v):
    """Mean of the eigenvalues, weighted with the squared shares of the direction."""
    values, vectors = np.linalg.eigh(H.numpy())
    shares = vectors.T @ v.numpy()
    return np.sum(values * shares**2) / np.sum(shares**2)


def stiffness_assembled(energy, n):
    """The sum of the closed forms of the bars: EA/L times the dyad of the direction."""
    lengths = energy.bars.norm(dim=1)
    e = energy.bars / lengths[:, None]
    return torch.einsum("b,bi,bj->ij", energy.EA / lengths, e, e)


def stiffness_by_torch(energy, n):
    return torch.func.hessian(energy)(torch.zeros(n, dtype=torch.float64))


def stiffness_by_autograd(energy, n):
    return torch.autograd.functional.hessian(energy, torch.zeros(n, dtype=torch.float64))


def stiffness_from_forces(energy, n):
    """Central differences of exact forces, column by column, with one extrapolation."""
    force = torch.func.grad(energy)

    def columns(h):
        return torch.stack(
            [(force(h * e) - force(-h * e)) / (2 * h) for e in torch.eye(n).double()], 1
        )

    K = (4 * columns(5e-4) - columns(1e-3)) / 3
    return (K + K.T) / 2


def taylor_by_horner(derivs, a, n, x):
    """From the inside out: f + (x - a)/1 (f' + (x - a)/2 (f'' + ...))."""
    value = derivs[n]
    for i in range(n, 0, -1):
        value = derivs[i - 1] + (x - a) / i * value
    return value


def taylor_by_numpy(derivs, a, n, x):
    coefficients = [float(derivs[i]) / math.gamma(i + 1) for i in range(n + 1)]
    return np.polynomial.Polynomial(coefficients)(x - a)


def angle_by_brent(err):
    root = scipy.optimize.brentq(lambda t: t / math.sin(t) - 1 - err, 1e-4, 3, xtol=1e-14)
    return root * 180 / math.pi


def angle_by_halving(err):
    low, high = 0.0, 179.0
    for _ in range(60):
        middle = (low + high) / 2
        angle = math.radians(middle)
        low, high = (middle, high) if angle < (1 + err) * math.sin(angle) else (low, middle)
    return low


VARIANTS = {
    "optimization.quadratic_gradient": [grad_hess_by_autograd, grad_hess_by_indices],
    "optimization.directional_curvature": [curvature_of_the_cut, curvature_by_eigenvectors],
    "optimization.stiffness_from_energy": [
        stiffness_assembled,
        stiffness_by_torch,
        stiffness_by_autograd,
        stiffness_from_forces,
    ],
    "optimization.taylor": [taylor_by_horner, taylor_by_numpy],
    "optimization.small_angle": [angle_by_brent, angle_by_halving],
}
