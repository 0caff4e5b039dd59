"""The rule of the perceptron for one neuron, epoch by epoch."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

PATIENCE = 5  # epochs without progress
BLOCK = 64  # samples looked at in one product
WORD = 2**32 - 1


class Rule(NamedTuple):
    """How a neuron learns: rate, least progress, number of epochs, with or without offset."""

    eta: float
    tol: float
    max_iter: int
    fit_intercept: bool


class Path(NamedTuple):
    """Where a neuron went: weights and offset before and after each epoch, updates in each."""

    coef: Tensor
    intercept: Tensor
    updates: Tensor

    def padded(self, n: int) -> Path:
        """Return the path with n epochs: the last weights stay, nothing is updated."""
        more = n - len(self.updates)
        return Path(
            torch.cat([self.coef, self.coef[-1:].expand(more, -1)]),
            torch.cat([self.intercept, self.intercept[-1:].expand(more)]),
            torch.cat([self.updates, self.updates.new_zeros(more)]),
        )


def follow(X: Tensor, t: Tensor, w: Tensor, b: float, order: Tensor | None, rule: Rule) -> Path:
    """Train one neuron on X [n, p] and targets ±1 [n]; ``w`` changes in place.

    ``order`` permutes the samples before each epoch, always in the same way, so that the second
    epoch sees them permuted twice.
    """
    coefs, intercepts, updates = [w.clone()], [b], list[int]()
    best, idle = math.inf, 0
    while len(updates) < rule.max_iter and idle < PATIENCE:
        if order is not None:
            X, t = X[order], t[order]
        loss, b, count = _epoch(X, t, w, b, rule)
        updates.append(count)
        if not (math.isfinite(b) and bool(w.isfinite().all())):
            raise ValueError(
                f"Floating-point under-/overflow occurred at epoch #{len(updates)}. Scaling input "
                "data with StandardScaler or MinMaxScaler might help."
            )
        coefs.append(w.clone())
        intercepts.append(b)
        loss /= len(X)
        idle = idle + 1 if loss > best - rule.tol else 0
        best = min(best, loss)
    counts = torch.tensor(updates, dtype=torch.int64, device=X.device)
    return Path(torch.stack(coefs), X.new_tensor(intercepts), counts)


def _epoch(X: Tensor, t: Tensor, w: Tensor, b: float, rule: Rule) -> tuple[float, float, int]:
    """Visit each sample once; return the sum of max(0, -t z), the offset, the updates.

    Between two errors the weights stay: one product judges a block of samples, and the first
    error in it, after which the product would be wrong, starts the next block.
    """
    loss, count, at = 0.0, 0, 0
    while at < len(X):
        margin = t[at : at + BLOCK] * (X[at : at + BLOCK] @ w + b)
        wrong = (margin <= 0).nonzero()
        if not len(wrong):
            at += BLOCK
            continue
        first = int(wrong[0, 0])
        loss -= float(margin[first])
        at += first + 1
        step = rule.eta * float(t[at - 1])
        w.add_(X[at - 1], alpha=step)
        b += step if rule.fit_intercept else 0.0
        count += 1
    return loss, b, count


def permutation(n: int, seed: int, device: torch.device) -> Tensor:
    """Return the shuffle of Fisher and Yates by the 32-bit xorshift generator of Marsaglia.

    It is the one of scikit-learn: swap the i-th sample with one of those from i on.
    """
    order, state = list(range(n)), seed or 1
    for i in range(n - 1):
        state ^= state << 13 & WORD
        state ^= state >> 17
        state ^= state << 5 & WORD
        j = i + state % 2**31 % (n - i)
        order[i], order[j] = order[j], order[i]
    return torch.tensor(order, device=device)
