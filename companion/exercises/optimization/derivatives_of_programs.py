"""Exercises of the page on derivatives: dual numbers, and the motion along a curve."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.calculus import Dual
from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/derivatives"
Rule = Callable[..., Any]


class NoPair(Exception):
    """A rule returned something else than a pair: the program cannot go on."""


class Program:
    """A formula made of products and sines, such as sin(x · x), run with given rules for both."""

    def __init__(self, name: str, steps: Rule) -> None:
        self.__name__, self.steps = name, steps

    def __call__(self, x: Any, mul: Rule, sin: Rule) -> Any:
        try:
            return self.steps(x, paired(mul), paired(sin))
        except NoPair as stopped:
            return stopped.args[0]  # the report shows it

    def __repr__(self) -> str:
        return self.__name__


def paired(rule: Rule) -> Rule:
    """Stop the program where a rule returns no pair of numbers."""

    def checked(*pairs: Any) -> Any:
        result = rule(*pairs)
        found = numeric(result)
        if found is None or found.shape != (2,):
            raise NoPair(result)
        return result

    return checked


PROGRAMS = (
    Program("x · x", lambda x, mul, sin: mul(x, x)),
    Program("sin(x)", lambda x, mul, sin: sin(x)),
    Program("x · sin(x)", lambda x, mul, sin: mul(x, sin(x))),
    Program("sin(x · x)", lambda x, mul, sin: sin(mul(x, x))),
    Program("sin(sin(x))", lambda x, mul, sin: sin(sin(x))),
    Program("x · sin(x) · sin(x · x)", lambda x, mul, sin: mul(mul(x, sin(x)), sin(mul(x, x)))),
)


def programs_and_points(generator: Generator) -> list[Arguments]:
    """Keep away from x = 1, where x · x and its derivative 2x have special values."""
    return [(program, uniform(generator, 1.2, 2.8)) for program in PROGRAMS]


def by_dual(program: Program, x: Tensor) -> Any:
    """Run a program with the rules of the companion."""

    def mul(a: Any, b: Any) -> Any:
        product = Dual(*a) * Dual(*b)
        return product.value, product.derivative

    def sin(a: Any) -> Any:
        sine = Dual(*a).sin()
        return sine.value, sine.derivative

    return program((x, torch.ones_like(x)), mul, sin)


def right_mul(a: Any, b: Any) -> Any:
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1]


def right_sin(a: Any) -> Any:
    return math.sin(a[0]), math.cos(a[0]) * a[1]


def multiplied_derivatives(program: Program, x: Tensor) -> Any:
    return program((x, 1.0), lambda a, b: (a[0] * b[0], a[1] * b[1]), right_sin)


def bare_cosine(program: Program, x: Tensor) -> Any:
    return program((x, 1.0), right_mul, lambda a: (math.sin(a[0]), math.cos(a[0])))


def values_only(program: Program, x: Tensor) -> Any:
    return program((x, 1.0), lambda a, b: a[0] * b[0], lambda a: math.sin(a[0]))


def minus_cosine(program: Program, x: Tensor) -> Any:
    return program((x, 1.0), right_mul, lambda a: (math.sin(a[0]), -math.cos(a[0]) * a[1]))


def sine_of_the_derivative(program: Program, x: Tensor) -> Any:
    return program((x, 1.0), right_mul, lambda a: (math.sin(a[0]), math.sin(a[1])))


def is_plain(arguments: Arguments, got: Any) -> bool:
    """Recognise a number, or a pair whose derivative is nothing."""
    found = numeric(got)
    return found is not None and (found.ndim == 0 or float(found.flatten()[-1]) == 0)


DUAL_NUMBER = Exercise(
    name="optimization.dual_number",
    page=PAGE,
    task="A dual number is a pair (value, derivative). Write the rules `mul(a, b)` and `sin(a)` "
    "for such pairs, and hand them to a program that uses no other functions.",
    signature="run(program, x) -> (value, derivative)",
    reference=by_dual,
    inputs=programs_and_points,
    tried="products, sines, and sines of both, at random points",
    misconceptions=(
        Misconception(
            "multiplies the derivatives",
            multiplied_derivatives,
            "The derivative of a product is no product of derivatives. The product rule has two "
            "terms: a'b + ab'.",
        ),
        Misconception(
            "leaves out the inner derivative of the sine",
            bare_cosine,
            "The chain rule is missing: at sin(x²) the factor 2x is missing. Multiply the cosine "
            "by the derivative part of the argument.",
        ),
        Misconception(
            "drops the derivative part",
            values_only,
            "The result is a plain number, so the chain is broken: each rule must return a pair "
            "of value and derivative.",
            recognise=is_plain,
        ),
        Misconception(
            "differentiates the sine to minus cosine",
            minus_cosine,
            "The sign is wrong: the sine grows at 0, so its derivative is the cosine. The minus "
            "belongs to the derivative of the cosine.",
        ),
        Misconception(
            "takes the sine of the derivative part",
            sine_of_the_derivative,
            "A function acts on the derivative part by its slope: multiply that part by the "
            "cosine of the value.",
        ),
    ),
    hints=("Expand (a + a'ε)(b + b'ε) with ε² = 0, and keep what stands at ε.",),
)


def kinematics(alpha: Tensor) -> tuple[Tensor, Tensor]:
    one, none = torch.ones_like(alpha), torch.zeros_like(alpha)
    velocity = torch.stack([-torch.sin(alpha), one, 2 * alpha])
    return velocity, torch.stack([-torch.cos(alpha), none, 2 * one])


def third_component(value: Callable[[Tensor], Any]) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Return the motion with another third component of the acceleration."""

    def wrong(alpha: Tensor) -> tuple[Tensor, Tensor]:
        velocity, acceleration = kinematics(alpha)
        acceleration[2] = value(alpha)
        return velocity, acceleration

    return wrong


def unit_tangent(alpha: Tensor) -> tuple[Tensor, Tensor]:
    velocity, acceleration = kinematics(alpha)
    return velocity / velocity.norm(), acceleration


def is_unit(arguments: Arguments, got: Any) -> bool:
    """Recognise the first part; the second may be anything."""
    first = unit_tangent(*arguments)[0]
    return difference(got[0], first, 1e-8) is None


def without_sign(alpha: Tensor) -> tuple[Tensor, Tensor]:
    velocity, acceleration = kinematics(alpha)
    velocity[0] = torch.sin(alpha)
    return velocity, acceleration


VELOCITY_ACCELERATION = Exercise(
    name="optimization.velocity_acceleration",
    page=PAGE,
    task="Return velocity and acceleration of the curve c(α) = (cos α, α, α²).",
    signature="kinematics(alpha) -> (Tensor[3], Tensor[3])",
    reference=kinematics,
    inputs=lambda generator: [
        (tensor(0.5),),
        *((q,) for q in uniform(generator, 0.6, 1.4, 2)),
        *((q,) for q in uniform(generator, -3, -1.8, 2)),
    ],
    tried="positive and negative α",
    misconceptions=(
        Misconception(
            "differentiates 2α to α",
            third_component(lambda alpha: alpha),
            "Look at the third component of the acceleration: the derivative of 2α is 2, not α.",
        ),
        Misconception(
            "differentiates 2α to 0",
            third_component(lambda alpha: 0.0),
            "The third component of the acceleration is not zero: the derivative of 2α is 2. The "
            "curve climbs faster and faster.",
        ),
        Misconception(
            "returns the unit tangent",
            unit_tangent,
            "The speed √(sin²α + 1 + 4α²) was divided out. The velocity has it as its length.",
            recognise=is_unit,
        ),
        Misconception(
            "differentiates the cosine without its sign",
            without_sign,
            "The derivative of cos α is -sin α: just after α = 0 the cosine falls.",
        ),
    ),
    hints=("Differentiate componentwise: three functions of α, one after the other, and again.",),
)


def near(value: float) -> Callable[[Arguments, Any], bool]:
    return lambda arguments, got: abs(float(got) - value) < 1e-3


def judge_perpendicular(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Accept round-off: the right answer is zero, so nothing gives it a scale."""
    reason = difference(got, expected, 1e-8)
    return None if reason == "the values differ" and abs(float(got)) < 1e-6 else reason


PERPENDICULAR = Exercise(
    name="optimization.perpendicular_acceleration",
    page=PAGE,
    task="For which α is the acceleration of c(α) = (cos α, α, α²) perpendicular to the velocity?",
    signature="alpha_perp() -> float",
    reference=lambda: 0.0,
    inputs=lambda generator: [()],
    tried="your value of α",
    misconceptions=(
        Misconception(
            "looks for a zero of the cosine",
            lambda: math.pi / 2,
            "At π/2 the first components contribute nothing, but the third components contribute "
            "4α, which is 2π there.",
            recognise=near(math.pi / 2),
        ),
        Misconception(
            "takes another zero of the sine",
            lambda: math.pi,
            "At π the first components contribute nothing, but the third ones contribute 4π. On "
            "a helix (cos α, sin α, α) every α would do; here the curve climbs faster and faster.",
            recognise=near(math.pi),
        ),
        Misconception(
            "multiplies the second components as 1 times 1",
            lambda: -0.2011,
            "The second component of the velocity is 1, but that of the acceleration is 0: their "
            "product adds nothing.",
            recognise=near(-0.2011),
        ),
    ),
    hints=("The dot product is sin α cos α + 4α. Write it as half of sin 2α, plus 4α.",),
    judge=judge_perpendicular,
)

EXERCISES = [DUAL_NUMBER, VELOCITY_ACCELERATION, PERPENDICULAR]
