"""Correct answers to the exercises on Newton's method, by other routes."""

import numpy as np
import scipy.optimize
import torch


def newton(r, K, u0, tol=1e-10, maxiter=50):
    """NumPy, a loop with a count, and plain lists."""
    u = u0.numpy().copy()
    history = [float(np.linalg.norm(r(u)))]
    for _ in range(maxiter):
        if history[-1] <= tol:
            break
        u = u - np.linalg.inv(K(u).numpy()) @ r(u).numpy()
        history.append(float(np.linalg.norm(r(u))))
    return u, history


def newton_recursive(r, K, u0, tol=1e-10, maxiter=50):
    norm = torch.linalg.vector_norm(r(u0))[None]
    if norm <= tol or maxiter == 0:
        return u0, norm
    step = torch.linalg.lstsq(K(u0), -r(u0)[:, None]).solution[:, 0]
    u, rest = newton_recursive(r, K, u0 + step, tol, maxiter - 1)
    return u, torch.cat([norm, rest])


def order(errors):
    e = [float(x) for x in errors if x > 1e-14]
    return np.log(e[-1] / e[-2]) / np.log(e[-2] / e[-3])


def slope(errors):
    """Slope of the last line in the diagram of logarithms."""
    logarithms = torch.log(errors[errors > 1e-14])
    return np.polyfit(logarithms[-3:-1].numpy(), logarithms[-2:].numpy(), 1)[0]


def path(u):
    """Roots of the derivative of the polynomial."""
    load = np.poly1d([1.0, -3.0, 2.0, 0.0])
    lowest = min(load.deriv().roots.real)
    return load(u.numpy()), (lowest, load(lowest))


def path_by_energy(u):
    """Central differences of the energy, and a bracket for the limit."""
    energy = lambda x: (x * (2 - x)) ** 2 / 4  # noqa: E731
    slope = scipy.optimize.brentq(lambda x: 2 - 6 * x + 3 * x**2, 0, 1, xtol=1e-14)
    load = lambda x: (energy(x + 1e-4) - energy(x - 1e-4)) / 2e-4 - (x - 1) * 1e-8  # noqa: E731
    return [load(float(x)) for x in u], [slope, load(slope)]


def safe_newton(grad, hess, f, x0):
    """Shift the eigenvalues instead, and halve the step."""
    x = x0.clone()
    for _ in range(200):
        g, H = grad(x), hess(x)
        if torch.linalg.vector_norm(g) < 1e-8:
            break
        least = float(torch.linalg.eigvalsh(H)[0])
        d = torch.linalg.solve(H + max(0.0, 0.1 - least) * torch.eye(2, dtype=H.dtype), -g)
        step = 1.0
        while f(x + step * d) > f(x) + 0.1 * step * (g @ d) and step > 1e-12:
            step /= 2
        x = x + step * d
    return x


def safe_newton_scipy(grad, hess, f, x0):
    return scipy.optimize.minimize(
        lambda x: float(f(x)),
        x0.numpy(),
        jac=lambda x: grad(x).numpy(),
        hess=lambda x: hess(x).numpy(),
        method="trust-exact",
        options={"gtol": 1e-9},
    ).x


def safe_newton_sizes(grad, hess, f, x0):
    """The sizes of the eigenvalues, no floor, a cautious line search."""
    x = x0
    while torch.linalg.vector_norm(grad(x)) >= 1e-6:
        values, V = torch.linalg.eigh(hess(x))
        d = -(V / values.abs()) @ V.T @ grad(x)
        step = 1.0
        while f(x + step * d) >= f(x) and step > 1e-9:
            step *= 0.5
        x = x + step * d
    return x


def direction(g, pairs, gamma):
    """The explicit matrix of inverse BFGS."""
    identity = torch.eye(len(g), dtype=g.dtype)
    B = gamma * identity
    for s, y in pairs:
        if s @ y > 0:
            left = identity - torch.outer(s, y) / (s @ y)
            B = left @ B @ left.T + torch.outer(s, s) / (s @ y)
    return -B @ g


VARIANTS = {
    "optimization.newton_raphson": [newton, newton_recursive],
    "optimization.convergence_order": [order, slope],
    "optimization.snap_through": [path, path_by_energy],
    "optimization.newton_saddle": [safe_newton, safe_newton_scipy, safe_newton_sizes],
    "optimization.two_loop": [direction],
}
