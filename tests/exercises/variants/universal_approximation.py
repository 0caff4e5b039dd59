"""Correct answers to the exercises on what a network can represent, by other routes."""

import numpy as np
import torch


def weights(x, y):
    """Solve for the weights from the values at the nodes, last unit first."""
    n = len(x) - 1
    matrix = torch.cat([torch.relu(x[:, None] - x[:-1]), torch.ones(n + 1, 1).to(x)], 1)
    solution = torch.linalg.solve(matrix, y)
    return -x[:-1].flip(0), solution[:-1].flip(0), float(solution[-1])


def weights_one_by_one(x, y):
    """Go from node to node and correct what the units so far miss; NumPy and lists."""
    x, y = x.numpy(), y.numpy()
    v = []
    for j in range(len(x) - 1):
        so_far = y[0] + sum(v[i] * max(x[j + 1] - x[i], 0) for i in range(j))
        v.append((y[j + 1] - so_far) / (x[j + 1] - x[j]))
    return [-t for t in x[:-1]], np.array(v), y[0]


def width_for(eps):
    """Try one width after the other."""
    n = 1
    while 3 / (8 * n**2) > eps:
        n += 1
    return n


def product_of_sigmoids(x0, x1, y0, y1, k):
    def f(x, y):
        inside = torch.sigmoid(k * (x - x0)) * torch.sigmoid(k * (x1 - x))
        return inside * torch.sigmoid(k * (y - y0)) * torch.sigmoid(k * (y1 - y))

    return f


def steps_by_hand(x0, x1, y0, y1, k):
    def logistic(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    def f(x, y):
        x, y = x.numpy(), y.numpy()
        planes = np.array([[1, 0, -x0], [-1, 0, x1], [0, 1, -y0], [0, -1, y1]])
        units = logistic(k * planes @ np.array([x, y, np.ones_like(x)]))
        return logistic(30 * units.sum(0) - 105)

    return f


VARIANTS = {
    "neural_networks.relu_interpolant": [weights, weights_one_by_one],
    "neural_networks.width_for": [width_for],
    "neural_networks.bump": [product_of_sigmoids, steps_by_hand],
    "neural_networks.theorem_quiz": [lambda: [1, 6, 7], lambda: torch.tensor([7, 6, 1])],
}
