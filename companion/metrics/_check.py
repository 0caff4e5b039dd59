"""Targets and predictions as tensors, whatever came, in scikit-learn's words when they are bad."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def as_table(values: Any, name: str) -> Tensor:
    """Return targets as a tensor with a row for each sample and a column for each output.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If there are none, they have more than two dimensions, or are complex, NaN or infinite.
    """
    if not isinstance(values, Tensor):
        array = np.asarray(values)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
        values = torch.as_tensor(array if array.flags.writeable else array.copy())
    if values.is_complex():
        raise ValueError(f"{name} must be real, got {values.dtype}")
    if values.ndim not in (1, 2):
        raise ValueError(f"{name} must be a vector or a table, got shape {tuple(values.shape)}")
    if values.numel() == 0:
        raise ValueError(
            f"Found array with 0 sample(s) (shape={tuple(values.shape)}) for {name} while a "
            "minimum of 1 is required."
        )
    if not values.is_floating_point():
        values = values.to(torch.float64)
    if not bool(torch.isfinite(values).all()):
        what = "NaN" if bool(torch.isnan(values).any()) else "infinity"
        raise ValueError(f"Input {name} contains {what}.")
    table: Tensor = values.reshape(len(values), -1)
    return table


def check_pair(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Return targets and predictions as tables of the same size.

    Raises
    ------
    TypeError
        If one is a tensor and the other is not.
    ValueError
        If their sizes differ.
    """
    if isinstance(y_true, Tensor) != isinstance(y_pred, Tensor):
        kinds = f"{type(y_true).__name__} and {type(y_pred).__name__}"
        raise TypeError(f"y_true and y_pred must be of one kind, got {kinds}")
    true, predicted = as_table(y_true, "y_true"), as_table(y_pred, "y_pred")
    sizes = [len(true), len(predicted)]
    if sizes[0] != sizes[1]:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {sizes}")
    if true.shape != predicted.shape:
        raise ValueError(
            "y_true and y_pred have different number of output "
            f"({true.shape[1]}!={predicted.shape[1]})"
        )
    return true, predicted.to(true.dtype)


def check_weights(sample_weight: Any, like: Tensor) -> Tensor:
    """Return the weight of each sample, one for each where none are given."""
    if sample_weight is None:
        return like.new_ones(len(like))
    weights = as_table(sample_weight, "sample_weight").to(like)
    if weights.shape != (len(like), 1):
        raise ValueError(
            f"sample_weight must have one entry for each of the {len(like)} samples, "
            f"got shape {tuple(np.shape(sample_weight))}"
        )
    return weights[:, 0]


def check_outputs(multioutput: Any, known: tuple[str, ...]) -> str:
    """Return how several outputs become one score."""
    if multioutput not in known:
        raise ValueError(f"multioutput must be one of {list(known)}, got {multioutput!r}")
    return str(multioutput)
