"""Correct answers to the exercises on constraints, by other routes."""

import math

import numpy as np
import scipy.optimize
import torch


def kkt(grad_f, g, Jg, h, Jh, lam, mu):
    """Entry by entry, in another order of the keys."""
    pull = [
        float(grad_f[i])
        + sum(float(lam[k] * Jg[k, i]) for k in range(len(g)))
        + sum(float(mu[k] * Jh[k, i]) for k in range(len(h)))
        for i in range(len(grad_f))
    ]
    return {
        "complementarity": math.hypot(*(mu * h).tolist()),
        "sign": math.hypot(*(min(m, 0) for m in mu.tolist())),
        "feasibility": math.hypot(*g.tolist(), *(max(b, 0) for b in h.tolist())),
        "stationarity": math.hypot(*pull),
    }


def solve(x0):
    """SciPy's SLSQP, which finds minima only, and fails from (3, 0)."""
    constraint = {"type": "eq", "fun": lambda x: np.sin(6 * x[0] - 0.7) - x[1] - 0.5}
    found = scipy.optimize.minimize(
        lambda x: x[1] ** 2 - x[0] ** 2, x0.numpy(), method="SLSQP", constraints=constraint
    )
    return (found.x, 2 * found.x[1], "minimum") if found.success else None


def solve_by_newton(x0):
    """Newton's method on the three conditions; it finds minima and maxima."""
    x, y, lam = float(x0[0]), float(x0[1]), 0.0

    def conditions(z):
        x, y, lam = z
        return [-2 * x + 6 * lam * math.cos(6 * x - 0.7), 2 * y - lam,
                math.sin(6 * x - 0.7) - y - 0.5]  # fmt: skip

    found = scipy.optimize.root(conditions, [x, y, 2 * y])
    if not found.success:
        return None
    x, y, lam = found.x
    tangent = 6 * math.cos(6 * x - 0.7)
    bend = -2 - 36 * lam * math.sin(6 * x - 0.7) + 2 * tangent**2
    return (x, y), lam, "minimum" if bend > 0 else "maximum"


def angle(x):
    """Complex numbers: the argument of a quotient."""
    x, y = x.tolist()
    turn = complex(-2 * x, 2 * y) / complex(1, 6 * math.cos(6 * x - 0.7))
    return abs(math.degrees(math.atan2(turn.imag, turn.real)))


def gradients(x):
    x = x.clone().requires_grad_()
    f, c = -(x[0] ** 2) + x[1] ** 2, torch.sin(6 * x[0] - 0.7) - x[1] - 0.5
    return torch.autograd.grad(f, x)[0], torch.autograd.grad(c, x)[0].numpy()


def contact(n, k, F, gap):
    """All springs carry the same force."""
    force = min(F, k * gap / n)
    return [force / k * (i + 1) for i in range(n)], F - force


def contact_by_kkt(n, k, F, gap):
    """Equations with the multiplier as unknown; without it, if it came out negative."""
    K = k * (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1))
    K[-1, -1] = k
    e = np.eye(n)[-1:]
    system = np.block([[K, e.T], [e, np.zeros((1, 1))]])
    *u, mu = np.linalg.solve(system, [*(F * e[0]), gap])
    return (u, mu) if mu > 0 else (np.linalg.solve(K, F * e[0]), 1e-18)


def constraint(sigma, smax):
    """Not divided by the limit, as a number of NumPy."""
    return {"type": "ineq", "fun": lambda x: np.array([smax - float(sigma(x))])[0]}


def rectangle(P, w):
    """Golden section, and the multiplier from stationarity."""
    found = scipy.optimize.minimize_scalar(
        lambda a: -a * (P / 2 - a), bounds=(0, w), method="bounded", options={"xatol": 1e-12}
    )
    a = w if w < P / 4 else found.x
    return [a, P / 2 - a, max(0.0, P / 2 - 2 * a)]


def bar_force(theta, m, L, g):
    """Newton's law along the bar."""
    speed = math.sqrt(2 * g * L * math.cos(theta))
    return m * g * math.cos(theta) + m * speed**2 / L


def lightest(F, b, smax):
    """Minimise the volume over the height."""

    def area(h):
        return F * math.hypot(b, h) / (2 * h) / (smax * 1e6)

    scale = 2 * F * b / (smax * 1e6)
    h = scipy.optimize.minimize_scalar(
        lambda h: 2 * area(h) * math.hypot(b, h) / scale, bounds=(0.1 * b, 10 * b),
        method="bounded", options={"xatol": 1e-9},
    ).x  # fmt: skip
    return np.array(h), area(h), torch.tensor(2 * area(h) * math.hypot(b, h))


VARIANTS = {
    "optimization.kkt_residual": [kkt],
    "optimization.lagrange_2d": [solve, solve_by_newton],
    "optimization.special_point": [angle],
    "optimization.own_gradient": [gradients],
    "optimization.contact_chain": [contact, contact_by_kkt],
    "optimization.inequality_sign": [constraint],
    "optimization.rectangle_string": [rectangle],
    "optimization.pendulum_bar": [bar_force],
    "optimization.two_bar_truss": [lightest],
}
