"""Checks of the parameters of a network; each error names the parameter and what came."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from companion.linear_model._base import check_count, check_number

CHOICES = {
    "activation": ("identity", "logistic", "tanh", "relu"),
    "solver": ("lbfgs", "sgd", "adam"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
    "loss": ("squared_error", "poisson"),
}
TRUTHS = ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping")
AT_LEAST_0 = ("alpha", "power_t", "tol", "momentum", "validation_fraction", "beta_1", "beta_2")
ABOVE_0 = ("learning_rate_init", "epsilon")
BELOW_1 = ("validation_fraction", "beta_1", "beta_2")


def check_options(options: dict[str, Any]) -> list[int]:
    """Return the sizes of the hidden layers if all parameters are right.

    Raises
    ------
    TypeError
        If a parameter is no number, no int, or no bool.
    ValueError
        If it is out of range, or an unknown word.
    """
    for name, known in CHOICES.items():
        if name in options and options[name] not in known:
            raise ValueError(f"{name} must be one of {list(known)}, got {options[name]!r}")
    for name in TRUTHS:
        if not isinstance(options[name], bool | np.bool_):
            raise TypeError(f"{name} must be True or False, got {options[name]!r}")
    for name in (*AT_LEAST_0, *ABOVE_0):
        number = check_number(options[name], name, above=name in ABOVE_0)
        if name in BELOW_1 and number >= 1:
            raise ValueError(f"{name} must be below 1, got {options[name]}")
    if options["momentum"] > 1:
        raise ValueError(f"momentum must be at most 1, got {options['momentum']}")
    check_count(options["max_iter"], "max_iter")
    if options["n_iter_no_change"] != math.inf:
        check_count(options["n_iter_no_change"], "n_iter_no_change")
    if options["batch_size"] != "auto":
        check_count(options["batch_size"], "batch_size")
    return hidden_sizes(options["hidden_layer_sizes"])


def hidden_sizes(given: Any) -> list[int]:
    """Return one number, or a sequence of them, as a list of positive ints."""
    if isinstance(given, str) or not (np.isscalar(given) or hasattr(given, "__iter__")):
        words = f"hidden_layer_sizes must be an int or a sequence of ints, got {given!r}"
        raise TypeError(words)
    sizes: list[Any] = [given] if np.isscalar(given) else list(given)
    return [check_count(size, "hidden_layer_sizes") for size in sizes]
