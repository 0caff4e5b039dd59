"""Steps of stochastic gradient descent on one flat vector, in scikit-learn's form.

They differ from ``companion.optim``, which is torch's form, in two places. The velocity here holds
the learning rate, so a change of rate acts on later steps only; and Adam adds its ``epsilon``
before the correction of the start, not after it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


class Momentum:
    """v <- μ v - η g, then w <- w + v, or w + μ v - η g with Nesterov's look ahead."""

    def __init__(self, flat: Tensor, rate: float, momentum: float, nesterov: bool) -> None:
        self.rate, self.momentum, self.nesterov = rate, momentum, nesterov
        self.velocity = torch.zeros_like(flat)

    def step(self, flat: Tensor, slopes: Tensor) -> None:
        """Change the parameters in place."""
        velocity = self.velocity.mul_(self.momentum).add_(slopes, alpha=-self.rate)
        if self.nesterov:
            flat.add_(velocity, alpha=self.momentum).add_(slopes, alpha=-self.rate)
        else:
            flat.add_(velocity)

    def move(self, like: Tensor) -> None:
        """Bring the state to the dtype and device of the parameters."""
        self.velocity = self.velocity.to(like)


class Adam:
    """w <- w - η √(1 - β₂ᵗ)/(1 - β₁ᵗ) m/(√s + ε), with the averages m of g and s of g²."""

    def __init__(
        self, flat: Tensor, rate: float, betas: tuple[float, float], epsilon: float
    ) -> None:
        self.rate, self.betas, self.epsilon, self.t = rate, betas, epsilon, 0
        self.m, self.s = torch.zeros_like(flat), torch.zeros_like(flat)
        self._root = torch.empty_like(flat)

    def step(self, flat: Tensor, slopes: Tensor) -> None:
        """Change the parameters in place."""
        self.t += 1
        beta_1, beta_2 = self.betas
        self.m.mul_(beta_1).add_(slopes, alpha=1 - beta_1)
        self.s.mul_(beta_2).addcmul_(slopes, slopes, value=1 - beta_2)
        rate = self.rate * math.sqrt(1 - beta_2**self.t) / (1 - beta_1**self.t)
        root = torch.sqrt(self.s, out=self._root).add_(self.epsilon)
        flat.addcdiv_(self.m, root, value=-rate)

    def move(self, like: Tensor) -> None:
        """Bring the state to the dtype and device of the parameters."""
        self.m, self.s, self._root = (x.to(like) for x in (self.m, self.s, self._root))
