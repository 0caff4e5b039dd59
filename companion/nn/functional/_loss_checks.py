"""What the losses refuse, and how they put the samples together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from companion.nn._check import check_float, check_number

REDUCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "mean": torch.mean,
    "sum": torch.sum,
    "none": lambda losses: losses,
}


def check_reduction(reduction: str) -> None:
    """Raise unless ``reduction`` is one of the three."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def check_floating(name: str, x: Any, dtype: torch.dtype) -> None:
    """Raise unless ``x`` is a tensor of real floating-point numbers of that dtype."""
    check_float(x, name)
    if x.dtype != dtype:
        raise TypeError(f"{name} must have the dtype of input, {dtype}, got {x.dtype}")


def check_pair(input: Tensor, target: Tensor) -> None:
    """Raise unless both are floating point tensors of one dtype and one shape."""
    check_float(input, "input")
    check_floating("target", target, input.dtype)
    if input.shape != target.shape:
        raise ValueError(
            f"target must have the shape of input, {tuple(input.shape)}, got {tuple(target.shape)}"
        )


def check_factor(name: str, weight: Tensor, input: Tensor) -> None:
    """Raise unless ``weight`` can be multiplied to ``input`` without changing its shape."""
    check_floating(name, weight, input.dtype)
    sizes = zip(reversed(weight.shape), reversed(input.shape), strict=False)
    if weight.ndim > input.ndim or not all(w in (1, n) for w, n in sizes):
        raise ValueError(
            f"{name} must broadcast to the shape of input, {tuple(input.shape)}, "
            f"got {tuple(weight.shape)}"
        )


def check_probabilities(name: str, p: Tensor) -> None:
    """Raise unless all values lie in [0, 1]; on the CPU only, a device would have to wait."""
    if p.device.type == "cpu" and p.numel() > 0:
        low, high = (float(end) for end in p.detach().aminmax())
        if not (low >= 0 and high <= 1):  # so that NaN is found, too
            raise ValueError(f"{name} must lie between 0 and 1, got {low:g} to {high:g}")


def check_class_weight(weight: Tensor | None, input: Tensor) -> None:
    """Raise unless ``weight`` is None or has one entry for each class."""
    if weight is None:
        return
    check_floating("weight", weight, input.dtype)
    classes = input.shape[class_dim(input)]
    if weight.shape != (classes,):
        raise ValueError(
            f"weight must have one entry for each of the {classes} classes of input, "
            f"got shape {tuple(weight.shape)}"
        )


def class_dim(input: Tensor) -> int:
    """Return where the classes lie: in dimension 1 of (N, C, ...), in dimension 0 of (C,)."""
    return 0 if input.ndim == 1 else 1


def check_smoothing(label_smoothing: float) -> None:
    """Raise unless 0 <= ε <= 1."""
    check_number(label_smoothing, "label_smoothing")
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must lie between 0 and 1, got {label_smoothing}")


def check_distribution(target: Tensor, input: Tensor, ignore_index: int) -> None:
    """Raise unless ``target`` can hold a probability of every class, and none is to be ignored."""
    check_floating("target", target, input.dtype)
    if target.shape != input.shape:
        raise ValueError(
            f"target must have the shape of input, {tuple(input.shape)}, if it holds "
            f"probabilities, got {tuple(target.shape)}; classes must be torch.int64"
        )
    if ignore_index >= 0:
        raise ValueError(
            f"ignore_index needs classes as target, not probabilities, got {ignore_index}"
        )


def check_scores(input: Tensor, ignore_index: int) -> None:
    """Raise unless ``input`` holds floating point scores of classes, and the index is one."""
    if not isinstance(ignore_index, int):
        raise TypeError(f"ignore_index must be an integer, got {type(ignore_index).__name__}")
    check_float(input, "input")
    if input.ndim == 0:
        raise ValueError("input must have shape (C,) or (N, C, ...), got ()")


def checked_classes(
    target: Tensor, input: Tensor, ignore_index: int
) -> tuple[Tensor, Tensor | None]:
    """Return the class indices, and a mask of those to ignore if there may be any.

    An ignored entry becomes class 0, so that it can be looked up. On the CPU one look at the
    smallest and the largest index finds classes out of range and saves the mask where it would be
    empty. Other devices are not asked, because the host would have to wait for the answer: there a
    class out of range is the device's own assertion, as in torch.
    """
    if not isinstance(target, Tensor) or target.dtype not in (torch.int64, torch.uint8):
        found = target.dtype if isinstance(target, Tensor) else type(target).__name__
        raise TypeError(f"target must be a tensor of class indices (torch.int64), got {found}")
    shape, dim = input.shape, class_dim(input)
    if target.shape != shape[:dim] + shape[dim + 1 :]:
        raise ValueError(
            f"target must have shape {tuple(shape[:dim] + shape[dim + 1 :])} for input of shape "
            f"{tuple(shape)}, got {tuple(target.shape)}"
        )
    y, classes = target.long(), shape[dim]
    if y.device.type == "cpu":
        if not y.numel() or in_range(y, classes, ignore_index):
            return y, None
        check_range(y[y != ignore_index], classes, ignore_index)
    ignored = y == ignore_index
    return y.masked_fill(ignored, 0), ignored


def in_range(y: Tensor, classes: int, ignore_index: int) -> bool:
    """Say whether all indices are classes, none of which is to be ignored."""
    low, high = map(int, y.aminmax())
    return low >= 0 and high < classes and not low <= ignore_index <= high


def check_range(y: Tensor, classes: int, ignore_index: int) -> None:
    """Raise ``IndexError``, as torch does, unless all indices are classes."""
    if wrong := y[(y < 0) | (y >= classes)].tolist():
        raise IndexError(
            f"target must lie between 0 and {classes - 1}, or be ignore_index={ignore_index}, "
            f"got {wrong[0]}"
        )
