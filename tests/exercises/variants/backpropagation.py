"""Correct answers to the exercises on backpropagation, by other routes."""

import math

import numpy as np
import sympy
import torch
import torch.nn.functional as F

NAMES = sympy.symbols("w1 b1 w2 b2 x")


def symbolic_partials():
    w1, b1, w2, b2, x = NAMES
    a = 1 / (1 + sympy.exp(-(w1 * x + b1)))
    y = 1 / (1 + sympy.exp(-(w2 * a + b2)))
    return sympy.lambdify(NAMES, [y.diff(parameter) for parameter in NAMES[:4]])


PARTIALS = symbolic_partials()


def by_sympy(w1, b1, w2, b2, x):
    return PARTIALS(w1, b1, w2, b2, x)


def by_hand(w1, b1, w2, b2, x):
    a = 1 / (1 + math.exp(-w1 * x - b1))
    y = 1 / (1 + math.exp(-w2 * a - b2))
    return (
        y * (1 - y) * w2 * a * (1 - a) * x,
        y * (1 - y) * w2 * a * (1 - a),
        y * (1 - y) * a,
        y * (1 - y),
    )


def output_delta(y_hat, y, loss, activation):
    """Undo the activation, and let torch differentiate by the sums."""
    back = {"identity": lambda a: a, "sigmoid": torch.logit, "softmax": torch.log}[activation]
    z = back(y_hat).requires_grad_()
    a = {"identity": lambda z: z, "sigmoid": torch.sigmoid, "softmax": lambda z: z.softmax(0)}
    cost = {
        "squared_error": lambda p: ((p - y) ** 2).sum() / 2,
        "binary_cross_entropy": lambda p: F.binary_cross_entropy(p, y, reduction="sum"),
        "cross_entropy": lambda p: -(y * p.log()).sum(),
    }[loss]
    return torch.autograd.grad(cost(a[activation](z)), z)[0]


def hidden_delta(W_next, delta_next, z, f_prime):
    """Unit by unit: sum over the ways out of unit j, times its slope."""
    units = range(len(z))
    ways = [sum(W_next[k, j] * delta_next[k] for k in range(len(delta_next))) for j in units]
    return [float(ways[j] * f_prime(z)[j]) for j in units]


def backprop(params, X, Y):
    """Torch's engine, not ours."""
    leaves = [p.clone().requires_grad_() for pair in params for p in pair]
    a = X
    for number in range(0, len(leaves), 2):
        a = F.linear(a, leaves[number], leaves[number + 1])
        a = torch.tanh(a) if number < len(leaves) - 2 else a
    found = torch.autograd.grad(((a - Y) ** 2).sum() / (2 * len(X)), leaves)
    return list(zip(found[::2], found[1::2], strict=True))


def backprop_by_samples(params, X, Y):
    """One sample after the other with column vectors, in NumPy."""
    layers = [(W.numpy(), b.numpy()) for W, b in params]
    total = [[np.zeros_like(W), np.zeros_like(b)] for W, b in layers]
    for x, y in zip(X.numpy(), Y.numpy(), strict=True):
        a = [x]
        for W, b in layers[:-1]:
            a.append(np.tanh(W @ a[-1] + b))
        W, b = layers[-1]
        delta = (W @ a[-1] + b - y) / len(X)
        for k in range(len(layers) - 1, -1, -1):
            total[k][0] += np.outer(delta, a[k])
            total[k][1] += delta
            delta = (layers[k][0].T @ delta) * (1 - a[k] ** 2)
    return total


def numerical_gradient(f, w, eps):
    found = torch.zeros_like(w)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            old = w[i, j].item()
            w[i, j] = old + eps
            above = f(w)
            w[i, j] = old - eps
            below = f(w)
            w[i, j] = old
            found[i, j] = (above - below) / (2 * eps)
    return found


def deflection(model, x):
    a = (x - model["x_mean"]) / model["x_scale"]
    *hidden, (W, b) = model["params"]
    for V, c in hidden:
        a = torch.tanh(V @ a + c)
    return model["y_mean"] + model["y_scale"] * (W @ a + b)


def sensitivity(model, x):
    x = x.requires_grad_()
    return torch.autograd.grad(deflection(model, x).sum(), x)[0]


def sensitivity_by_differences(model, x):
    """Central differences in physical units."""
    steps = 1e-4 * torch.eye(len(x), dtype=x.dtype)
    pairs = [(deflection(model, x + h), deflection(model, x - h)) for h in steps]
    return [float((above - below) / 2e-4) for above, below in pairs]


VARIANTS = {
    "neural_networks.scalar_chain": [by_sympy, by_hand],
    "neural_networks.output_delta": [output_delta],
    "neural_networks.hidden_delta": [hidden_delta],
    "neural_networks.backprop": [backprop, backprop_by_samples],
    "neural_networks.numerical_gradient": [numerical_gradient],
    "neural_networks.sensitivity": [sensitivity, sensitivity_by_differences],
}
