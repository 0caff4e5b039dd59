"""Correct answers to the exercises on gradients, Jacobians and fields, by other routes."""

import cmath

import numpy as np
import torch


def slope_of_the_cut(grad, x, v):
    """Sum one component after the other, with the unit vector in Python numbers."""
    length = sum(float(c) ** 2 for c in v) ** 0.5
    return sum(float(g) * float(c) for g, c in zip(grad(x), v, strict=True)) / length


def dd_with_numpy(grad, x, v):
    return np.dot(grad(x).numpy(), (v / v.norm()).numpy())


def jacobian_by_loop(f, x):
    h = 1e-5
    columns = []
    for k in range(len(x)):
        e = torch.zeros_like(x)
        e[k] = h
        columns.append((f(x + e) - f(x - e)) / (2 * h))
    return torch.stack(columns, dim=1)


def jacobian_by_reverse_mode(f, x):
    """Also proves that the reference is right: the values are exact."""
    return torch.func.jacrev(f)(x)


def gradients_by_autograd(X):
    X = X.requires_grad_()
    (slopes,) = torch.autograd.grad((X[:, 0] * X[:, 1] ** 2 * X[:, 2] ** 3).sum(), X)
    return slopes


def gradients_one_by_one(X):
    return [[y**2 * z**3, 2 * x * y * z**3, 3 * x * y**2 * z**2] for x, y, z in X.tolist()]


def grid_by_broadcasting(x, y, z):
    return x[:, None, None] * y[None, :, None] ** 2 * z[None, None, :] ** 3


def grid_by_loops(x, y, z):
    return [[[a * b**2 * c**3 for c in z.tolist()] for b in y.tolist()] for a in x.tolist()]


def velocity_by_complex_numbers(r, phi, rdot, phidot):
    """The position is r exp(i phi); differentiate the product."""
    velocity = (rdot + 1j * r * phidot) * cmath.exp(1j * phi)
    return velocity.real, velocity.imag


def velocity_by_differences(r, phi, rdot, phidot):
    h = 1e-5
    right, left = ((r + s * rdot) * cmath.exp(1j * (phi + s * phidot)) for s in (h, -h))
    return (right - left).real / (2 * h), (right - left).imag / (2 * h)


def split_by_entries(L):
    n = len(L)
    D = [[(float(L[i, j]) + float(L[j, i])) / 2 for j in range(n)] for i in range(n)]
    W = L - torch.tensor(D, dtype=L.dtype)
    return D, W, sum(float(L[i, i]) for i in range(n))


def split_with_eigenvalues(L):
    """The trace is the sum of the eigenvalues; round-off where it is zero."""
    D = 0.5 * (L + L.mT)
    return D, L - D, torch.linalg.eigvals(L).sum().real


def field_by_loop(x, positions, charges, eps=0):
    phi, E = 0.0, np.zeros(2)
    for place, charge in zip(positions.numpy(), charges.tolist(), strict=True):
        away = x.numpy() - place
        r = np.sqrt(away @ away + eps**2)
        phi += charge / r
        E += charge * away / r**3
    return phi, E


def field_by_autograd(x, positions, charges, eps=0):
    x = x.requires_grad_()
    phi = (charges / ((x - positions) ** 2).sum(1).add(eps**2).sqrt()).sum()
    return phi, -torch.autograd.grad(phi, x)[0]


VARIANTS = {
    "optimization.directional_derivative": [slope_of_the_cut, dd_with_numpy],
    "optimization.jacobian_fd": [jacobian_by_loop, jacobian_by_reverse_mode],
    "optimization.gradient_field": [gradients_by_autograd, gradients_one_by_one],
    "optimization.grid_values": [grid_by_broadcasting, grid_by_loops],
    "optimization.polar_velocity": [velocity_by_complex_numbers, velocity_by_differences],
    "optimization.spin_stretch": [split_by_entries, split_with_eigenvalues],
    "optimization.point_sources": [field_by_loop, field_by_autograd],
}
