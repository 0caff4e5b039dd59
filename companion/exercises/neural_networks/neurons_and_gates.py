"""Exercises of the page on neurons and logic gates: weights set by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from torch import Generator, Tensor

from companion.datasets import make_gate
from companion.exercises._compare import difference
from companion.exercises._inputs import integers
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/neurons-and-gates"
ROUND_OFF = 1e-9  # a sum below this share of the weights is a tie

Weights = tuple[float, float, float]


def sides(bias: Any, weights: Any) -> dict[tuple[int, ...], int]:
    """Return for each input of zeros and ones on which side it lies: 1, -1, or 0 for a tie."""
    w, b = [float(weight) for weight in weights], float(bias)
    limit = ROUND_OFF * (abs(b) + sum(map(abs, w)))
    sums = {x: b + sum(wi * xi for wi, xi in zip(w, x, strict=True)) for x in bits(len(w))}
    return {x: (z > limit) - (z < -limit) for x, z in sums.items()}


def bits(n: int) -> list[tuple[int, ...]]:
    return list(product((0, 1), repeat=n))


def gate_sides(kind: Any) -> list[int]:
    """Return 1 for each input that the gate answers with 1, else -1."""
    return (2 * make_gate(kind)[1] - 1).tolist()


def sides_of(weights: Any) -> list[int]:
    """Return the sides of the inputs 00, 01, 10, 11 for (w0, w1, w2)."""
    w0, w1, w2 = weights
    return list(sides(w0, (w1, w2)).values())


def fault(weights: Any, kind: str) -> str | None:
    """Say at which input a neuron is not the gate."""
    for x, side, wanted in zip(bits(2), sides_of(weights), gate_sides(kind), strict=True):
        if side == 0:
            return f"the input {x} lies on the line, z = 0: a margin is needed"
        if side != wanted:
            return f"the neuron answers {int(side > 0)} to the input {x}"
    return None


def three_numbers(got: Any) -> bool:
    return difference(got, (0.0, 0.0, 0.0), float("inf")) is None


def judge_or(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not three_numbers(got):
        return difference(got, expected, 0.0)
    return fault(got, "or")


def or_weights() -> Weights:
    return (-1.0, 2.0, 2.0)


OR_GATE = Exercise(
    name="neural_networks.or_gate",
    page=PAGE,
    task="Give the weights (w0, w1, w2) of a neuron that is an OR gate with a margin: z < 0 for "
    "the output 0 and z > 0 for the output 1, never z = 0.",
    signature="weights() -> (w0, w1, w2)",
    reference=or_weights,
    inputs=lambda generator: [()],
    tried="the four rows of the truth table, with a margin",
    misconceptions=(
        Misconception(
            "leaves the bias at zero",
            lambda: (0, 1, 1),
            "A tie at 0,0: with w0 = 0 the line passes through this corner, where z = 0, and the "
            "answer hangs on a convention. OR with a margin needs w0 < 0.",
            recognise=lambda _, got: got[0] == 0,
        ),
        Misconception(
            "scales by a negative number",
            lambda: (1, -2, -2),
            "The line is right, the sides are swapped: this is NOR. A positive factor keeps the "
            "gate, a negative one turns all its answers round.",
            recognise=lambda _, got: sides_of(got) == gate_sides("nor"),
        ),
        Misconception(
            "takes a positive bias",
            lambda: (1, 2, 2),
            "With w0 > 0 the input 0,0 gives z = w0 > 0, so the neuron says 1 where OR says 0. "
            "The bias must be negative.",
            recognise=lambda _, got: got[0] > 0,
        ),
        Misconception(
            "makes one of the weights negative",
            lambda: (-1, 2, -2),
            "Only w0 must be negative. Each input alone must lift z above zero, so w1 and w2 must "
            "both be positive, and larger than -w0.",
            recognise=lambda _, got: got[0] < 0 and min(got[1], got[2]) < 0,
        ),
        Misconception(
            "takes a bias that is too strong",
            lambda: (-3, 2, 2),
            "The bias is too strong for a single input: z stays at zero or below where only one "
            "of the two is 1. OR needs w1 and w2 larger than -w0.",
            recognise=lambda _, got: got[0] < 0 <= min(got[1:]) <= -got[0],
        ),
    ),
    hints=("The line must pass between (0, 0) and the two unit points.",),
    judge=judge_or,
)

Gates = dict[str, Weights]


def three_gates() -> Gates:
    return {"nor": (1, -2, -2), "and": (-3, 2, 2), "nand": (3, -2, -2)}


def nor_is_and() -> Gates:
    return {"nor": (-3, 2, 2), "and": (-3, 2, 2), "nand": (3, -2, -2)}


def one_weight_flipped() -> Gates:
    return {"nor": (1, 2, 2), "and": (-3, 2, 2), "nand": (3, 2, 2)}


def weak_bias() -> Gates:
    return {"nor": (1, -2, -2), "and": (-1, 2, 2), "nand": (1, -2, -2)}


def ties() -> Gates:
    return {"nor": (0, -1, -1), "and": (-2, 2, 2), "nand": (2, -2, -2)}


def judge_gates(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not isinstance(got, dict) or set(got) != set(expected):
        return "expected a dictionary with the keys 'nor', 'and' and 'nand'"
    for kind in expected:
        if not three_numbers(got[kind]):
            return f"{kind}: expected three numbers (w0, w1, w2)"
        reason = fault(got[kind], kind)
        if reason:
            return f"{kind}: {reason}"
    return None


def any_gate(recognise: Any) -> Any:
    """Recognise a mistake in any of the three gates: ``recognise(kind, weights)``."""
    return lambda _, got: any(recognise(kind, got[kind]) for kind in three_gates())


THREE_GATES = Exercise(
    name="neural_networks.three_gates",
    page=PAGE,
    task="Give the weights (w0, w1, w2) of neurons that are NOR, AND and NAND gates with a margin, "
    "as a dictionary with the keys 'nor', 'and' and 'nand'.",
    signature="gates() -> dict of (w0, w1, w2)",
    reference=three_gates,
    inputs=lambda generator: [()],
    tried="the four rows of three truth tables, with a margin",
    misconceptions=(
        Misconception(
            "takes NOR for AND",
            nor_is_and,
            "This NOR answers 1 to the input 1,1 only, so it is AND. NOR, 'not or', is 1 where "
            "no input is 1.",
            recognise=lambda _, got: sides_of(got["nor"]) == gate_sides("and"),
        ),
        Misconception(
            "flips only a part of the weights",
            one_weight_flipped,
            "To turn a gate into its opposite, flip the sign of all three numbers. Flip the bias "
            "alone, or one weight alone, and the line itself moves.",
            recognise=any_gate(lambda kind, w: kind != "and" and (w[0] < 0 or max(w[1], w[2]) > 0)),
        ),
        Misconception(
            "takes a bias that is too small",
            weak_bias,
            "The bias is too small: a single input already lifts z across zero, so AND is OR and "
            "NAND is NOR. The line of AND must pass between the unit points and (1, 1).",
            recognise=lambda _, got: (
                sides_of(got["and"]) == gate_sides("or")
                or sides_of(got["nand"]) == gate_sides("nor")
            ),
        ),
        Misconception(
            "puts a corner on the line",
            ties,
            "A corner lies on the line, z = 0, and its answer hangs on a convention. Move the line "
            "to the middle between the corners that it separates.",
            recognise=any_gate(lambda kind, w: 0 in sides_of(w)),
        ),
    ),
    hints=("NAND is minus AND.",),
    judge=judge_gates,
)


def majority(k: int, n: int) -> tuple[float, Tensor]:
    return 0.5 - k, torch.ones(n, dtype=torch.float64)


def wanted_sides(k: int, n: int) -> dict[tuple[int, ...], int]:
    return {x: 1 if sum(x) >= k else -1 for x in bits(n)}


def judge_majority(arguments: Arguments, got: Any, expected: Any) -> str | None:
    k, n = arguments
    if not isinstance(got, tuple | list) or len(got) != 2:
        return "expected two things, the bias and the n weights"
    bias, weights = got
    if difference(weights, [0.0] * n, float("inf")) or difference(bias, 0.0, float("inf")):
        return f"expected one number and {n} weights"
    wanted = wanted_sides(k, n)
    for x, side in sides(bias, weights).items():
        if side != wanted[x]:
            what = "lies on the line, z = 0" if side == 0 else f"gets the answer {int(side > 0)}"
            return f"the input {x} {what}, but k = {k}"
    return None


def same_sides(got: Any, other: Any) -> bool:
    return sides(*got) == sides(*other)


def members(generator: Generator) -> list[Arguments]:
    """Odd and even numbers of members, first and last thresholds, and two at random."""
    cases: list[Arguments] = [(1, 2), (2, 2), (3, 4), (2, 5), (6, 6)]
    for n in (7, 8):
        cases.append((int(integers(generator, 2, n, 1)), n))
    return cases


MAJORITY = Exercise(
    name="neural_networks.majority",
    page=PAGE,
    task="Return the bias and the `n` weights of one neuron that answers 1 if at least `k` of `n` "
    "members have failed (inputs 1), with a margin: never z = 0.",
    signature="majority(k, n) -> (bias, weights)",
    reference=majority,
    inputs=members,
    tried="all inputs of up to 8 members",
    misconceptions=(
        Misconception(
            "takes the bias -k",
            lambda k, n: (-k, [1.0] * n),
            "With the bias -k there is a tie at exactly k failed members: z = k - k = 0.",
        ),
        Misconception(
            "takes the bias 1 - k",
            lambda k, n: (1 - k, [1.0] * n),
            "With the bias -(k - 1) there is a tie at k - 1 failed members, where the answer must "
            "be 0 for certain.",
        ),
        Misconception(
            "compares the mean with one half",
            lambda k, n: (-0.5, [1 / n] * n),
            "Weights 1/n with the bias -0.5 ask for more than half of the members, whatever k is: "
            "k must appear in the bias.",
        ),
        Misconception(
            "counts the members that stand",
            lambda k, n: (k - 0.5, [-1.0] * n),
            "Signs are swapped: this neuron answers 1 while fewer than k members have failed. "
            "A failed member must push z up.",
        ),
    ),
    hints=("Put the threshold in the middle between k - 1 and k, at k - 1/2.",),
    judge=judge_majority,
    alike=same_sides,
)

EXERCISES = [OR_GATE, THREE_GATES, MAJORITY]
