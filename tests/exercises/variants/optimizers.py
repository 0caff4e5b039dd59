"""Correct answers to the exercises on optimizers, by other routes."""

import numpy as np
import torch


def epochs(n, b, number, seed):
    """Shuffle with NumPy and cut with slices."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        order = rng.permutation(n)
        found.append([order[i : i + b] for i in range(0, n, b)])
    return found


class Momentum(torch.optim.Optimizer):
    """Keep the update α v, which is the same for a constant rate."""

    def __init__(self, params, lr, momentum):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def step(self, closure=None):
        for group in self.param_groups:
            for w in group["params"]:
                old = self.state[w].get("update", 0)
                self.state[w]["update"] = group["momentum"] * old + group["lr"] * w.grad
                w.data = w.data - self.state[w]["update"]


def library_momentum(params, lr, momentum):
    return torch.optim.SGD(params, lr=lr, momentum=momentum)


def nesterov(grad, w0, lr, gamma, n):
    points = [w0, w0]
    for _ in range(n):
        ahead = points[-1] + gamma * (points[-1] - points[-2])
        points.append(ahead - lr * grad(ahead))
    return torch.stack(points[1:])


def library(make):
    def walk(grad, w, n):
        w = w.clone()
        optimizer = make([w])
        for _ in range(n):
            w.grad = grad(w)
            optimizer.step()
        return w

    return walk


def adagrad(grad, w0, lr, n, eps=1e-10):
    return library(lambda p: torch.optim.Adagrad(p, lr=lr, eps=eps))(grad, w0, n)


def adagrad_from_history(grad, w0, lr, n, eps=1e-10):
    w, gradients = w0.numpy(), []
    for _ in range(n):
        gradients.append(grad(torch.tensor(w)).numpy())
        w = w - lr * gradients[-1] / (np.sqrt(np.square(gradients).sum(0)) + eps)
    return w


def both(grad, w0, n):
    makes = (torch.optim.RMSprop, torch.optim.Adadelta)
    return tuple(library(make)(grad, w0, n) for make in makes)


def adam(grad, w0, lr, betas, eps, n):
    return library(lambda p: torch.optim.Adam(p, lr=lr, betas=betas, eps=eps))(grad, w0, n)


def adam_from_history(grad, w0, lr, betas, eps, n):
    """Weighted means of all gradients so far: the correction is the sum of the weights."""
    w, gradients = w0.numpy(), []
    for _ in range(n):
        gradients.append(grad(torch.tensor(w)).numpy())
        age = np.arange(len(gradients))[::-1]
        mean = np.average(gradients, axis=0, weights=betas[0] ** age)
        square = np.average(np.square(gradients), axis=0, weights=betas[1] ** age)
        w = w - lr * mean / (np.sqrt(square) + eps)
    return w


def adamw(grad, w0, lr, betas, eps, weight_decay, n):
    def make(p):
        return torch.optim.AdamW(p, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    return library(make)(grad, w0, n)


class AdagradMomentum(torch.optim.Optimizer):
    """Plain lists beside the parameters instead of the library's state."""

    def __init__(self, params, lr, momentum):
        super().__init__(params, {"lr": lr, "momentum": momentum})
        self.reset()

    def reset(self):
        sizes = [w.shape for w in self.param_groups[0]["params"]]
        self.squares = [torch.zeros(size, dtype=torch.float64) for size in sizes]
        self.updates = [torch.zeros(size, dtype=torch.float64) for size in sizes]

    def step(self, closure=None):
        group = self.param_groups[0]
        for i, w in enumerate(group["params"]):
            self.squares[i] += w.grad**2
            self.updates[i] *= group["momentum"]
            self.updates[i] += group["lr"] * w.grad / (self.squares[i].sqrt() + 1e-10)
            w.data = w.data - self.updates[i]


def working_rates():
    """SGD in closed form, Adam with the library."""
    rates = torch.logspace(-4, 1, 6, dtype=torch.float64)
    factors = 1 - rates[:, None] * torch.tensor([1.0, 100.0])
    f = 0.5 * (factors**400 * torch.tensor([1.0, 100.0])).sum(1)
    scale = torch.tensor([1.0, 100.0], dtype=torch.float64)
    adam = []
    for lr in rates.tolist():
        w = library(lambda p, lr=lr: torch.optim.Adam(p, lr=lr))(
            lambda w: scale * w, torch.ones_like(scale), 200
        )
        if 0.5 * (scale * w**2).sum() <= 1e-2:
            adam.append(lr)
    return rates[f <= 1e-2], adam


VARIANTS = {
    "optimization.minibatches": [epochs],
    "optimization.momentum": [Momentum, library_momentum],
    "optimization.nesterov": [nesterov],
    "optimization.adagrad": [adagrad, adagrad_from_history],
    "optimization.rmsprop_adadelta": [both],
    "optimization.adam": [adam, adam_from_history],
    "optimization.adamw": [adamw],
    "optimization.adagrad_momentum": [AdagradMomentum],
    "optimization.learning_rate_sweep": [working_rates],
}
