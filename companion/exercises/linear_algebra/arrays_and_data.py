"""Exercises of the page on arrays and data."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import randn
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/arrays-and-data"


def state(q: Tensor, v: Tensor) -> Tensor:
    return torch.cat([q, v])


def interleaved(q: Tensor, v: Tensor) -> Tensor:
    return torch.stack([q, v], dim=1).flatten()


def stacked(q: Tensor, v: Tensor) -> Tensor:
    return torch.stack([q, v])


def velocities_first(q: Tensor, v: Tensor) -> Tensor:
    return torch.cat([v, q])


def masses(generator: Generator) -> list[Arguments]:
    """Positions and velocities of 1 to 6 masses; one pair in float32, to see the dtype kept."""
    cases: list[Arguments] = [(randn(generator, n), randn(generator, n)) for n in (2, 1, 3, 6)]
    return [*cases, (randn(generator, 4).float(), randn(generator, 4).float())]


def judge_state(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    reason = difference(got, expected, 1e-8)
    if reason or not isinstance(got, Tensor | np.ndarray):
        return reason
    dtype = torch.as_tensor(got).dtype
    return None if dtype == expected.dtype else f"the dtype is {dtype}, expected {expected.dtype}"


STATE_VECTOR = Exercise(
    name="linear_algebra.state_vector",
    page=PAGE,
    task="Build the state of `n` coupled masses as one vector: all positions `q`, then all "
    "velocities `v`. Keep the dtype.",
    signature="state(q, v) -> Tensor[2n]",
    reference=state,
    inputs=masses,
    tried="1 to 6 masses, float64 and float32",
    misconceptions=(
        Misconception(
            "interleaves positions and velocities",
            interleaved,
            "You interleaved: position, velocity, position, velocity. The task wants all positions "
            "first.",
        ),
        Misconception(
            "stacks the two vectors as rows of a matrix",
            stacked,
            "This is a matrix with 2 rows. A state is one vector: flatten it, or join the two end "
            "to end.",
        ),
        Misconception(
            "puts the velocities first",
            velocities_first,
            "The order is swapped: positions come first, then velocities.",
        ),
    ),
    hints=("`torch.cat` joins a list of vectors end to end.",),
    judge=judge_state,
)


def windows(x: Tensor, w: int) -> Tensor:
    return x.unfold(0, w, 1)


def last_one_missing(x: Tensor, w: int) -> Tensor:
    return windows(x, w)[:-1]


def without_overlap(x: Tensor, w: int) -> Tensor:
    return x.unfold(0, w, w)


def windows_in_columns(x: Tensor, w: int) -> Tensor:
    return windows(x, w).T


def signals(generator: Generator) -> list[Arguments]:
    """A square result (5, 3) is equal to its transpose: the others tell the two apart."""
    sizes = [(4, 2), (5, 3), (6, 6), (7, 1), (12, 5), (30, 8)]
    return [(randn(generator, length), w) for length, w in sizes]


WINDOWS = Exercise(
    name="linear_algebra.windows",
    page=PAGE,
    task="Unroll a signal of length `T` into all windows of length `w`, one window in a row.",
    signature="windows(x, w) -> Tensor[T - w + 1, w]",
    reference=windows,
    inputs=signals,
    tried="windows of one sample, some, and the whole signal",
    misconceptions=(
        Misconception(
            "loses the last window",
            last_one_missing,
            "One window is missing at the end: with T fence posts and windows of w posts there are "
            "T - w + 1 of them, not T - w.",
        ),
        Misconception(
            "moves on by a whole window",
            without_overlap,
            "Your windows do not overlap: the step from one window to the next must be 1.",
        ),
        Misconception(
            "writes the windows in columns",
            windows_in_columns,
            "Your windows stand in columns: transpose, so that row k is `x[k : k + w]`.",
        ),
    ),
    hints=("Look up `x.unfold`: it takes an axis, a size and a step.",),
)


def calibrate(X: Tensor, c: Tensor) -> Tensor:
    return X + c[:, None]


def per_column(X: Tensor, c: Tensor) -> Tensor:
    return X + c


def loop_over_columns(X: Tensor, c: Tensor) -> Tensor:
    return torch.stack([X[:, j] + c[j] for j in range(X.shape[1])], dim=1)


def in_place(X: Tensor, c: Tensor) -> Tensor:
    X += c[:, None]
    return X


def subtracted(X: Tensor, c: Tensor) -> Tensor:
    return X - c[:, None]


def recordings(generator: Generator) -> list[Arguments]:
    """Square first: only there do the wrong axes return numbers of the right shape."""
    shapes = [(2, 2), (3, 3), (2, 3), (4, 2), (3, 8)]
    return [(randn(generator, m, n), 1 + randn(generator, m).abs()) for m, n in shapes]


ADD_PER_ROW = Exercise(
    name="linear_algebra.add_per_row",
    page=PAGE,
    task="Row `i` of the recording `X` belongs to sensor `i`. Add the sensor's offset `c[i]` to "
    "its row.",
    signature="calibrate(X, c) -> Tensor[m, n]",
    reference=calibrate,
    inputs=recordings,
    tried="as many sensors as times, fewer and more",
    misconceptions=(
        Misconception(
            "adds the vector as it is",
            per_column,
            "A vector is lined up with the last axis: for square data `X + c` silently adds per "
            "column, and otherwise the shapes do not fit.",
        ),
        Misconception(
            "gives column j the offset of sensor j",
            loop_over_columns,
            "Your loop runs over the columns, so each time gets an offset instead of each sensor. "
            "Square data hide it: the shape is right and the numbers are not.",
        ),
        Misconception(
            "writes into the recording",
            in_place,
            "The input was modified: `+=` writes into the recording, and a second call would add "
            "the offsets twice. Return a new array.",
        ),
        Misconception(
            "subtracts the offset",
            subtracted,
            "The sign is wrong: the offset is added here.",
        ),
    ),
    hints=("`c[:, None]` is a column: m rows, 1 column.",),
)

EXERCISES = [STATE_VECTOR, WINDOWS, ADD_PER_ROW]
