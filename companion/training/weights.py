"""Save and load the weights of a model, and nothing but weights."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module


def save_weights(model: Module, path: str | os.PathLike[str]) -> None:
    """Save the ``state_dict`` of a model to a file.

    The file is written beside ``path`` and then renamed: a file that exists is whole, whatever
    happens meanwhile. ``torch.load(path, weights_only=True)`` reads it as well.

    Parameters
    ----------
    model : whose weights and buffers to save.
    path : of the file; its folder must exist.

    Raises
    ------
    TypeError
        If ``model`` is no module.
    FileNotFoundError
        If the folder of ``path`` does not exist.

    Proven equal to ``torch.save`` of the ``state_dict`` in ``tests/training/test_weights.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    _check_model(model)
    goal = Path(path)
    if not goal.parent.is_dir():
        raise FileNotFoundError(f"path must lie in a folder that exists, got {goal}")
    handle, name = tempfile.mkstemp(prefix=f".{goal.name}.", dir=goal.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(model.state_dict(), file)
        os.replace(name, goal)
    except BaseException:
        os.unlink(name)
        raise


def load_weights(model: Module, path: str | os.PathLike[str]) -> None:
    """Load weights into a model that has the same names, shapes and dtypes.

    The weights go to the device of the model, wherever they were saved. The model changes only
    if all of them fit.

    Parameters
    ----------
    model : what to change, in place.
    path : of a file by :func:`save_weights`, or ``torch.save(model.state_dict(), path)``.

    Raises
    ------
    TypeError
        If ``model`` is no module.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file holds no weights (a pickle could hold code: it is not run), or those of
        another model.

    Proven equal to ``load_state_dict`` in ``tests/training/test_weights.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    _check_model(model)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, EOFError, RuntimeError) as error:
        message = f"path must be a file of weights; {os.fspath(path)} holds something else, not run"
        raise ValueError(message) from error
    if not isinstance(found, dict):
        kind = type(found).__name__
        raise ValueError(
            f"path must hold a dictionary of weights, {os.fspath(path)} holds a {kind}"
        )
    _check_match(model.state_dict(), found)
    model.load_state_dict(found)


def _check_model(model: Module) -> None:
    if not isinstance(model, Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")


def _check_match(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise unless both have the same names, shapes and dtypes."""
    missing, unknown = list(wanted.keys() - found.keys()), list(found.keys() - wanted.keys())
    if missing or unknown:
        raise ValueError(
            "path must hold the weights of this model; "
            f"missing: {sorted(missing)}, unknown: {sorted(unknown, key=str)}"
        )
    for name, value in wanted.items():
        if isinstance(value, Tensor) and _form(found[name]) != _form(value):
            message = f"{name} must be {_form(value)}, the file of path has {_form(found[name])}"
            raise ValueError(message)


def _form(value: Any) -> str:
    if not isinstance(value, Tensor):
        return type(value).__name__
    return f"{value.dtype} of shape {tuple(value.shape)}"
