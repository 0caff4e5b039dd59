"""Exercises of the page on what a network can represent: a box in the plane, and a quiz."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import described, numeric
from companion.exercises._inputs import integers, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/universal-approximation"

Field = Callable[[Any, Any], Any]


def half_planes(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    """Return the sum of four sigmoids, one for each side of the box."""

    def total(x: Any, y: Any) -> Any:
        sides = (x - x0, x1 - x, y - y0, y1 - y)
        return sum(torch.sigmoid(k * side) for side in sides)

    return total


def bump(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    total = half_planes(x0, x1, y0, y1, k)
    return lambda x, y: torch.sigmoid(k * (total(x, y) - 3.5))


def without_threshold(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    return half_planes(x0, x1, y0, y1, k)


def two_bumps_added(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    total = half_planes(x0, x1, y0, y1, k)
    return lambda x, y: total(x, y) - 2


def three_are_enough(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    total = half_planes(x0, x1, y0, y1, k)
    return lambda x, y: torch.sigmoid(k * (total(x, y) - 2.5))


def tie_of_all_four(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    total = half_planes(x0, x1, y0, y1, k)
    return lambda x, y: torch.sigmoid(k * (total(x, y) - 4))


def sides_turned_around(x0: float, x1: float, y0: float, y1: float, k: float) -> Field:
    total = half_planes(x1, x0, y1, y0, k)
    return lambda x, y: torch.sigmoid(k * (total(x, y) - 3.5))


def places(arguments: Arguments) -> dict[str, tuple[Tensor, Tensor]]:
    """Points well inside the box, beside it, above and below it, and off its corners."""
    x0, x1, y0, y1, _ = arguments
    share = tensor([0.3, 0.5, 0.7])
    across, up = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    left, right = x0 - share * (x1 - x0), x1 + share * (x1 - x0)
    below, above = y0 - share * (y1 - y0), y1 + share * (y1 - y0)
    return {
        "inside the box": (across, up),
        "beside the box": (torch.cat([left, right]), torch.cat([up, up])),
        "above or below the box": (torch.cat([across, across]), torch.cat([below, above])),
        "off a corner of the box": (torch.cat([left, right]), torch.cat([below, below])),
    }


def values(arguments: Arguments, got: Any) -> dict[str, Tensor]:
    """Evaluate an answer at the places, one number a point."""
    found = {}
    for where, (x, y) in places(arguments).items():
        result = numeric(got(x, y))
        if result is None or result.shape != x.shape:
            raise ValueError("one number a point")
        found[where] = result.double()
    return found


def judge_bump(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not callable(got):
        return f"the result is {described(got)}, expected a function f(x, y)"
    try:
        found = values(arguments, got)
    except Exception as error:
        return f"f(x, y) cannot be evaluated for tensors x and y ({type(error).__name__}: {error})"
    for where, result in found.items():
        wanted = 1.0 if where == "inside the box" else 0.0
        worst = result[(result - wanted).abs().argmax()]
        if not abs(worst - wanted) < 0.1:
            side = "more than 0.9" if wanted else "less than 0.1"
            return f"f = {worst:.3g} {where}, expected {side}"
    return None


def levels(*wanted: float) -> Callable[[Arguments, Any], bool]:
    """Recognise a function by its values inside, beside, above or below, and off a corner."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        found = values(arguments, got).values()
        pairs = zip(found, wanted, strict=True)
        return all(bool(((result - level).abs() < 0.1).all()) for result, level in pairs)

    return recognise


def boxes(generator: Generator) -> list[Arguments]:
    """Boxes anywhere in the plane, with steps that are steep on their scale."""
    cases: list[Arguments] = [(0.0, 1.0, 0.0, 1.0, 40.0)]
    for _ in range(4):
        x0, y0 = uniform(generator, -3.0, 2.0, 2).tolist()
        wide, high = uniform(generator, 0.8, 3.0, 2).tolist()
        cases.append((x0, x0 + wide, y0, y0 + high, float(integers(generator, 40, 80))))
    return cases


BUMP = Exercise(
    name="neural_networks.bump",
    page=PAGE,
    task="Return a function f(x, y) built from sigmoids of steepness `k` that is near 1 inside the "
    "box x0 < x < x1, y0 < y < y1 and near 0 outside of it.",
    signature="bump(x0, x1, y0, y1, k) -> f",
    reference=bump,
    inputs=boxes,
    tried="boxes of many shapes; points inside, beside, above, below and off the corners",
    misconceptions=(
        Misconception(
            "adds the four units without a threshold",
            without_threshold,
            "Four units add up to 4 inside the box and to 3 beside it: a cross, not a box. A unit "
            "of a second layer has to ask for all four.",
            recognise=levels(4.0, 3.0, 3.0, 2.0),
        ),
        Misconception(
            "adds two bumps",
            two_bumps_added,
            "A bump along x plus a bump along y is a cross: 2 in the middle and 1 in its arms. "
            "Only a threshold between the two leaves a box.",
            recognise=levels(2.0, 1.0, 1.0, 0.0),
        ),
        Misconception(
            "asks for three of the four half planes",
            three_are_enough,
            "Beside the box three of the four conditions hold. A threshold below 3 lets these "
            "arms through: it must lie between 3 and 4.",
            recognise=levels(1.0, 1.0, 1.0, 0.0),
        ),
        Misconception(
            "puts the threshold at 4",
            tie_of_all_four,
            "Inside the box the four units add up to 4, and with a threshold of 4 that is a tie: "
            "the sigmoid gives one half. Leave a margin: 3.5.",
            recognise=levels(0.5, 0.0, 0.0, 0.0),
        ),
        Misconception(
            "turns the sides around",
            sides_turned_around,
            "Nothing is inside: the units switch on outside of their sides. Left and lower sides "
            "need k(x - x0) and k(y - y0), the others k(x1 - x) and k(y1 - y).",
            recognise=levels(0.0, 0.0, 0.0, 0.0),
        ),
    ),
    hints=("Inside the box four half planes meet: a second layer takes the AND of four units.",),
    judge=judge_bump,
)


def follows() -> set[int]:
    return {1, 6, 7}


def read_statements(got: Any) -> set[int]:
    """Read the numbers of statements from a set, a list or a tensor."""
    if isinstance(got, Tensor):
        got = got.tolist()
    found = {int(number) for number in got}
    if found != set(got) or not found <= set(range(1, 9)):
        raise ValueError("numbers from 1 to 8")
    return found


def judge_statements(arguments: Arguments, got: Any, expected: Any) -> str | None:
    try:
        found = read_statements(got)
    except (TypeError, ValueError):
        return f"the result is {described(got)}, expected a set of numbers from 1 to 8"
    wrong = sorted(found - expected)
    if wrong:
        return f"statement {wrong[0]} does not follow"
    return None if found == expected else "a statement that follows is missing"


def contains(number: int) -> Callable[[Arguments, Any], bool]:
    return lambda arguments, got: number in read_statements(got)


def lacks(number: int) -> Callable[[Arguments, Any], bool]:
    return lambda arguments, got: number not in read_statements(got)


THEOREM_QUIZ = Exercise(
    name="neural_networks.theorem_quiz",
    page=PAGE,
    task="Which of the eight statements of the page follow from the theorems on approximation? "
    "Return the set of their numbers.",
    signature="follows() -> set",
    reference=follows,
    inputs=lambda generator: [()],
    tried="all eight statements",
    misconceptions=(
        Misconception(
            "expects training to find the weights",
            lambda: {1, 2, 6, 7},
            "Statement 2: ten ReLU networks of width 8, trained from random starts, all stay above "
            "the error of the one set by hand. That weights exist does not say that a descent "
            "finds them.",
            recognise=contains(2),
        ),
        Misconception(
            "expects one width for every error",
            lambda: {1, 3, 6, 7},
            "Statement 3: n straight pieces miss the beam by at least some error, and halving it "
            "takes √2 times as many. The width is chosen after ε, not before.",
            recognise=contains(3),
        ),
        Misconception(
            "expects the network to extrapolate",
            lambda: {1, 4, 6, 7},
            "Statement 4: a network of step units is constant outside of [0, 1], a sum of tanh "
            "units tends to a constant. Inside they are as near to x² as you like, outside not.",
            recognise=contains(4),
        ),
        Misconception(
            "takes any activation, polynomials too",
            lambda: {1, 5, 6, 7},
            "Statement 5: units z² add up to a parabola in one input, however many there are, and "
            "no parabola is near to sin 3x on [-1, 1]. Polynomials are the one exception.",
            recognise=contains(5),
        ),
        Misconception(
            "expects derivatives to be near",
            lambda: {1, 6, 7, 8},
            "Statement 8: a network of steps can be as near to the beam as you like, and its slope "
            "is 0 wherever it has one. A small error says nothing about derivatives.",
            recognise=contains(8),
        ),
        Misconception(
            "leaves out the theorem itself",
            lambda: {6, 7},
            "One statement is the theorem of Cybenko word by word: read the quantifiers. First ε, "
            "then the number of units.",
            recognise=lacks(1),
        ),
        Misconception(
            "excludes jumps",
            lambda: {1, 7},
            "A jump cannot be approximated uniformly, but it can in the mean: a sigmoid of "
            "steepness k misses it by (2 ln 2 - 1)/k in mean square. That is Hornik's theorem.",
            recognise=lacks(6),
        ),
        Misconception(
            "excludes other intervals",
            lambda: {1, 6},
            "The interval [-3, 5] is [0, 1] stretched and shifted, and weights and biases can "
            "stretch and shift. The theorem needs a closed and bounded set, not that one.",
            recognise=lacks(7),
        ),
    ),
    hints=(
        "Read the quantifiers: for every function and every ε there are weights. What is not said?",
    ),
    judge=judge_statements,
)

EXERCISES = [BUMP, THEOREM_QUIZ]
