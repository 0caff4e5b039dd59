"""Read batches from whatever gives them, and complain about what would be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import torch
from torch import Tensor

Batches: TypeAlias = Iterable[Any] | Callable[[], Iterable[Any]]


def check_batches(name: str, batches: Batches, epochs: int) -> None:
    """Raise unless ``batches`` can be read once for every epoch."""
    if not isinstance(batches, Iterable):
        if not callable(batches):
            kind = type(batches).__name__
            raise TypeError(f"{name} must be an iterable of batches, got {kind}")
    elif isinstance(batches, Iterator) and epochs > 1:
        raise ValueError(
            f"{name} is an iterator, which gives its batches only once, but epochs={epochs}: "
            "pass a list, a DataLoader, or a function that returns a new iterator"
        )


def read(name: str, batches: Batches, device: torch.device) -> Iterator[tuple[list[Any], Any]]:
    """Yield inputs and target of every batch, on the device; raise if there is no batch."""
    found = False
    for batch in batches if isinstance(batches, Iterable) else batches():
        found = True
        if not isinstance(batch, tuple | list):
            raise TypeError(
                f"{name} must give batches (input, ..., target), got a "
                f"{type(batch).__name__}; one batch of all data is [(X, y)]"
            )
        if len(batch) < 2:
            raise ValueError(
                f"{name} must give batches (input, ..., target), got {len(batch)} of it"
            )
        *inputs, target = (moved(part, device) for part in batch)
        yield inputs, target
    if not found:
        raise ValueError(f"{name} gave no batch: it is empty, or can be read only once")


def moved(value: Any, device: torch.device) -> Any:
    """Return the value with its tensors on the device."""
    if hasattr(value, "to"):
        return value.to(device)
    if isinstance(value, dict):
        return {key: moved(part, device) for key, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [moved(part, device) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return value


def tensors(value: Any) -> Iterator[Tensor]:
    """Yield the tensors in nested tuples, lists and dictionaries."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from tensors(part)


def rows(target: Any) -> int:
    """Return the number of rows of the first tensor of a target, which weights its batch."""
    first = next(tensors(target), None)
    return first.shape[0] if first is not None and first.ndim else 1
