"""Random numbers of the generated examples: the same on every device."""

from __future__ import annotations

import torch
from torch import Tensor


def make_generator(random_state: int | torch.Generator | None) -> torch.Generator | None:
    """Return a CPU generator for a seed, the generator that came, or ``None`` (torch's own).

    Raises
    ------
    TypeError
        If ``random_state`` is neither an int, a ``torch.Generator`` nor ``None``.
    ValueError
        If the seed is negative, or the generator does not live on the CPU.
    """
    if random_state is None:
        return None
    if isinstance(random_state, torch.Generator):
        if random_state.device.type != "cpu":
            raise ValueError(f"random_state must be a CPU generator, got {random_state.device}")
        return random_state
    if isinstance(random_state, bool) or not isinstance(random_state, int):
        kind = type(random_state).__name__
        raise TypeError(f"random_state must be an int, a torch.Generator or None, got {kind}")
    if random_state < 0:
        raise ValueError(f"random_state must not be negative, got {random_state}")
    return torch.Generator(device="cpu").manual_seed(random_state)


def standard_normal(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    """Draw on the CPU in float64, so that neither device nor dtype changes the numbers."""
    return torch.randn(shape, generator=generator, dtype=torch.float64, device="cpu")


def standard_uniform(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    """Like :func:`standard_normal`, but uniform between 0 and 1."""
    return torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
