"""Correct answers to the exercises on gradient descent, by other routes."""

import math

import numpy as np
import torch


def gd(grad, x0, lr, maxiter, gtol):
    """A for loop with a list; the last gradient is not looked at."""
    x, path = x0.clone(), [x0.tolist()]
    for _ in range(maxiter):
        g = grad(x)
        if not torch.isfinite(g).all():
            return x, path, "nonfinite"
        if g.norm() <= gtol:
            return x, path, "gtol"
        x = x - lr * g
        path.append(x.tolist())
    return x, path, "maxiter"


def gd_looks_at_points(grad, x0, lr, maxiter, gtol):
    """Notices the overflow one step later, in the point instead of the gradient."""
    x, path = x0.numpy().copy(), [x0.numpy().copy()]
    while np.isfinite(x).all():
        g = grad(torch.from_numpy(x)).numpy()
        if np.sqrt((g**2).sum()) <= gtol:
            return x, np.array(path), "gtol"
        if len(path) == maxiter + 1:
            return x, np.array(path), "maxiter"
        x = x - lr * g
        path.append(x)
    return x, np.array(path), "nonfinite"


def max_lr_by_bisection(H):
    """Halve the interval between rates that shrink all errors and rates that do not."""
    low, high, one = 0.0, 2 / float(H.diagonal().min()), torch.eye(len(H))
    for _ in range(80):
        middle = (low + high) / 2
        stable = float(torch.linalg.matrix_norm(one - middle * H, 2)) < 1
        low, high = (middle, high) if stable else (low, middle)
    return low


def max_lr_norm(H):
    return 2 / np.linalg.norm(H.numpy(), 2)


def step_tol(q, e):
    """Sum the rest of the way term by term for a step of length one."""
    left, step = 0.0, q
    while step > 1e-18:
        left, step = left + step, step * q
    return e / left


def landscape_slope(p):
    x, y = p
    hill = np.exp(-0.05 * (x**2 + y**2))
    return hill * np.array(
        [
            (np.cos(x) - 0.1 * x * np.sin(x)) * np.cos(y),
            -np.sin(x) * (np.sin(y) + 0.1 * y * np.cos(y)),
        ]
    )


def landscape_eigenvalues(p):
    columns = [
        (landscape_slope(p + step) - landscape_slope(p - step)) / 2e-5 for step in 1e-5 * np.eye(2)
    ]
    return np.linalg.eigvalsh(np.array(columns))


def ending(start):
    """Walk, look for saddles on the way, and compare the end with the deepest one."""
    p, path = np.array(start), []
    while np.linalg.norm(landscape_slope(p)) > 1e-6:
        path.append(p)
        p = p - landscape_slope(p)
    low, high = landscape_eigenvalues(p)
    if low < 0 < high:
        return "saddle"
    slopes = [np.linalg.norm(landscape_slope(q)) for q in path]
    for k in range(1, len(path) - 1):
        low, high = landscape_eigenvalues(path[k])
        if slopes[k] < min(slopes[k - 1], slopes[k + 1]) and low < 0 < high:
            return "local minimum after a saddle"
    deep = np.exp(-0.05 * p @ p) * np.sin(p[0]) * np.cos(p[1])
    return "global minimum" if deep < -0.8 else "local minimum"


def endings():
    starts = {
        "why bad": None,
        "bad": (0.0, np.pi / 2),
        "good": (0.5, 0.0),
        "suboptimal": (2.0, 0.0),
        "unstable": (0.2 - np.pi / 2, 0.2 - np.pi),
    }
    found = {name: ending(start) for name, start in starts.items() if start}
    at_rest = np.linalg.norm(landscape_slope(starts["bad"])) < 1e-12
    falls = max(landscape_eigenvalues(np.array(starts["unstable"]))) < 0
    found["why bad"] = "zero gradient" if at_rest else "too far away"
    found["why unstable"] = "beside a maximum" if falls else "too far away"
    return found


def converging():
    """A rate stops |x| at 0 if it divides 2; x² shrinks if |1 - 2α| is below one."""
    rates = [i / 8 for i in range(1, 10)]
    return (
        [a for a in rates if (2 / a).is_integer()],
        [a for a in rates if 2 * abs(1 - 2 * a) ** 50 <= 1e-3],
    )


def armijo(f, x, d, g, alpha0=1.0, c1=1e-4):
    """List all trials and take the first that passes."""
    slope = torch.dot(g, d).item()
    if slope >= 0:
        raise ValueError
    trials = [alpha0 * 0.5**k for k in range(60)]
    return next(a for a in trials if f(x) - f(x + a * d) >= -c1 * a * slope)


def zigzag(kappa):
    """Take two steps and measure."""
    factors = np.array([1.0, kappa])
    points = [np.array([kappa, 1.0])]
    for _ in range(2):
        points.append(points[-1] - 2 / (1 + kappa) * factors * points[-1])
    first, second = np.diff(points, axis=0)
    cosine = first @ second / math.sqrt(first @ first * (second @ second))
    return cosine, np.linalg.norm(points[2]) / np.linalg.norm(points[1])


VARIANTS = {
    "optimization.gradient_descent": [gd, gd_looks_at_points],
    "optimization.stability_limit": [max_lr_by_bisection, max_lr_norm],
    "optimization.stop_rule": [step_tol],
    "optimization.best_start": [endings],
    "optimization.overshoot": [converging],
    "optimization.backtracking": [armijo],
    "optimization.two_dims": [zigzag],
}
