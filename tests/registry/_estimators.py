"""How a row proves an estimator: fitted to tensors, compared with scikit-learn on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from tests.registry._row import close

Used = Callable[..., dict[str, Any]]


def fitted(*outputs: str, attributes: tuple[str, ...] = ()) -> Used:
    """Return a ``run`` that fits, and gives the named outputs for X and the learned attributes."""

    def run(found: Any, X: Any, y: Any = None, **params: Any) -> dict[str, Any]:
        model = found(**params).fit(X) if y is None else found(**params).fit(X, y)
        results = {name: getattr(model, name)(X) for name in outputs}
        return results | {name: getattr(model, name) for name in attributes}

    return run


def by_library(library: Any, run: Used) -> Used:
    """Return an ``expected`` that does the same with scikit-learn's class on arrays."""

    def expected(X: Tensor, y: Tensor | None = None, **params: Any) -> dict[str, Any]:
        arrays = (X.numpy(),) if y is None else (X.numpy(), y.numpy())
        return run(library, *arrays, **params)

    return expected


def same_results(ours: dict[str, Any], expected: dict[str, Any], tol: float) -> None:
    """Assert that each result is a tensor, or a number, equal to the library's."""
    assert ours.keys() == expected.keys()
    for name, value in expected.items():
        mine = ours[name]
        try:
            if isinstance(mine, Tensor):
                close(mine, mine.new_tensor(np.asarray(value)), tol)
            else:
                close(mine, value, tol)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
