"""Convergence graphs: errors over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from companion.physics._check import check_number
from companion.plotting._style import COLORS, LINES

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from scipy.optimize import OptimizeResult

    Numbers: TypeAlias = Tensor | np.ndarray | Sequence[float]

MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def convergence(
    results: Mapping[str, OptimizeResult | Numbers] | OptimizeResult | Numbers,
    *,
    optimum: float = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw errors over the steps on a logarithmic axis, one line for each history.

    Each line has its own pair of dash and marker. An error of zero, or one that is not finite, has
    no place on a logarithmic axis and leaves a gap.

    Parameters
    ----------
    results : one history (its entry k belongs to step k), a result of ``optimize.minimize``, which
        has one as its ``fun_history``, or a mapping of names to such; the names make a legend.
    optimum : subtracted from each entry before its size is taken.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: one line with gid ``"history"`` for each history, in order.

    Raises
    ------
    TypeError
        If a history holds no numbers.
    ValueError
        If a history is empty or has more than one dimension, or there is none.

    Proven equal to its description in ``tests/plotting/test_convergence.py``.
    Book: chapters/03-optimization/newton
    """
    # A result of SciPy is a dictionary itself.
    one = not isinstance(results, Mapping) or hasattr(results, "fun_history")
    named: Mapping[Any, Any] = {None: results} if one else results  # type: ignore[assignment]
    if not named:
        raise ValueError("results must hold at least one history")
    best = check_number(optimum, "optimum")
    errors = {name: (_check_history(h) - best).abs() for name, h in named.items()}
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    for i, (name, error) in enumerate(errors.items()):
        color, dash = LINES[i % len(LINES)]
        shown = error.where(error.isfinite() & (error > 0), torch.nan).tolist()
        spaced = (len(shown) + 9) // 10
        looks: dict[str, Any] = {"color": COLORS[color], "linestyle": dash, "markersize": 5}
        looks |= {"marker": MARKERS[i % len(MARKERS)], "markevery": spaced}
        ax.plot(range(len(shown)), shown, gid="history", label=name, **looks)
    ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="error")
    if not one:
        ax.legend()
    return ax


def as_numbers(array: Any, name: str) -> Tensor:
    """Return real numbers of any kind as a float64 tensor on the CPU.

    Raises
    ------
    TypeError
        If they are something else.
    ValueError
        If rows have unequal lengths.
    """
    import numpy as np

    try:
        if isinstance(array, Sequence) and array and isinstance(array[0], Tensor):
            array = torch.stack(list(array))
        found = array.detach().cpu() if isinstance(array, Tensor) else np.asarray(array)
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{name} must have rows of equal length: {error}") from error
    numbers = found.numpy() if isinstance(found, Tensor) else found
    if numbers.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must hold real numbers, got {type(array).__name__} ({found.dtype})"
        )
    return torch.from_numpy(numbers.astype(float))


def _check_history(history: Any) -> Tensor:
    found = as_numbers(getattr(history, "fun_history", history), "results")
    if found.ndim != 1 or not len(found):
        raise ValueError(f"results must have histories of shape (k,), got {tuple(found.shape)}")
    return found
