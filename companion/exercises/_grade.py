"""The grader: run an answer on fresh inputs, find the first failure, and name the mistake."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable
from typing import Any

import torch

from companion.exercises._call import Outcome, run
from companion.exercises._compare import difference
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises._show import Report, shown


def grade(exercise: Exercise, answer: Any, seed: int | None = None) -> Report:
    """Grade an answer; ``seed=None`` draws fresh inputs at every call."""
    if answer is None or answer is ...:
        return not_attempted(exercise)
    function = answer if callable(answer) else lambda: answer
    generator = torch.Generator().manual_seed(secrets.randbits(60) if seed is None else seed)
    inputs = list(exercise.inputs(generator))
    wrong_call = does_not_take(function, inputs[0], exercise)
    if wrong_call:
        return Report(exercise.name, "failed", wrong_call)
    expected = [run(exercise.reference, arguments, 60.0) for arguments in inputs]
    got = outcomes(function, inputs, exercise.seconds)
    if is_stub(got[0], expected[0]):
        return not_attempted(exercise)
    reasons = [
        reason_against(exercise, arguments, mine, theirs)
        for arguments, mine, theirs in zip(inputs, got, expected, strict=False)
    ]
    if not any(reasons):
        return Report(exercise.name, "passed", f"passed ({len(inputs)} inputs: {exercise.tried})")
    first = min((i for i, r in enumerate(reasons) if r), key=lambda i: (size(inputs[i]), i))
    return failed(exercise, inputs, got, expected, reasons, first)


def not_attempted(exercise: Exercise) -> Report:
    return Report(exercise.name, "not attempted", f"not attempted yet: {exercise.signature}")


def outcomes(
    function: Callable[..., Any], inputs: list[Arguments], seconds: float
) -> list[Outcome]:
    """Run on every input, but stop after the first that does not end in time."""
    found: list[Outcome] = []
    for arguments in inputs:
        found.append(run(function, arguments, seconds))
        if found[-1].timed_out:
            break
    return found


def is_stub(got: Outcome, expected: Outcome) -> bool:
    """A function that returns nothing, ``...`` or NotImplementedError has not been written yet."""
    empty = got.raised is None and (got.value is None or got.value is ...)
    return isinstance(got.raised, NotImplementedError) or (empty and expected.value is not None)


def does_not_take(function: Any, arguments: Arguments, exercise: Exercise) -> str | None:
    """Say so if the function cannot be called with the arguments of the task."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return f"your function cannot be called like this: {exercise.signature}"
    except ValueError:  # a builtin without a signature
        return None
    return None


def reason_against(
    exercise: Exercise, arguments: Arguments, got: Outcome, expected: Outcome
) -> str | None:
    """Return why this outcome is wrong, or None."""
    if got.timed_out:
        return (
            f"your function did not end within {exercise.seconds:g} s "
            "(the limit stops loops, not a single library call)"
        )
    if expected.raised is not None:
        wanted = type(expected.raised)
        if isinstance(got.raised, wanted):
            return None
        what = f"raised {type(got.raised).__name__}" if got.raised else "returned a value"
        return f"your function {what}, but this input must raise {wanted.__name__}"
    if got.raised is not None:
        message = str(got.raised).strip().split("\n")[0][:200]
        return f"your function raised {type(got.raised).__name__}: {message}"
    if got.changed:
        names = parameter_names(exercise)
        changed = ", ".join(names[i] if i < len(names) else f"argument {i}" for i in got.changed)
        return f"the input was modified: {changed} must keep its values (return a new tensor)"
    return judged(exercise, arguments, got.value, expected.value)


def judged(exercise: Exercise, arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Apply the exercise's judge; a judge that trips over a strange answer means a wrong kind."""
    if exercise.judge is None:
        return difference(got, expected, exercise.tol)
    try:
        return exercise.judge(arguments, got, expected)
    except Exception as error:
        reason = difference(got, expected, exercise.tol)
        return reason or f"the result cannot be judged ({type(error).__name__}: {error})"


def parameter_names(exercise: Exercise) -> list[str]:
    """Read the argument names from the signature of the task."""
    inside = exercise.signature.partition("(")[2].rpartition(") ->")[0]
    return [piece.split("=")[0].split(":")[0].strip() for piece in inside.split(",")]


def size(arguments: Arguments) -> int:
    """Count the numbers in the arguments; the smallest failing input is shown."""
    total = 0
    for argument in arguments:
        if isinstance(argument, torch.Tensor):
            total += argument.numel()
        elif isinstance(argument, list | tuple):
            total += size(tuple(argument))
        else:
            total += 1
    return total


def failed(
    exercise: Exercise,
    inputs: list[Arguments],
    got: list[Outcome],
    expected: list[Outcome],
    reasons: list[str | None],
    first: int,
) -> Report:
    """Compose the report of a wrong answer: reason, diagnosis, smallest failing input."""
    found = diagnose(exercise, inputs[: len(got)], got, reasons)
    names = parameter_names(exercise)
    given = "\n".join(
        f"{name} = {shown(value)}" for name, value in zip(names, inputs[first], strict=False)
    )
    details = [("input", given)] if inputs[first] else []
    if expected[first].raised is None and inputs[first]:
        details.append(("expected", shown(expected[first].value)))
    if got[first].raised is None:
        details.append(("got", shown(got[first].value)))
    wrong = sum(reason is not None for reason in reasons)
    sentence = f"not yet, {reasons[first]}"
    if len(inputs) > 1:
        sentence += f" ({wrong} of {len(inputs)} inputs fail)"
    return Report(
        exercise.name, "failed", sentence, found.diagnosis if found else "", tuple(details)
    )


def diagnose(
    exercise: Exercise, inputs: list[Arguments], got: list[Outcome], reasons: list[str | None]
) -> Misconception | None:
    """Find the misconception that behaves like the answer: on all inputs, else where it fails."""
    failing = [i for i, reason in enumerate(reasons) if reason]
    matches = []
    for misconception in exercise.misconceptions:
        alike = {
            i for i in range(len(inputs)) if behaves(exercise, misconception, inputs[i], got[i])
        }
        if len(alike) == len(inputs):
            return misconception
        if alike.issuperset(failing):
            matches.append(misconception)
    return matches[0] if matches else None


def behaves(
    exercise: Exercise, misconception: Misconception, arguments: Arguments, got: Outcome
) -> bool:
    """Return whether an outcome is what this misconception would have produced."""
    if misconception.recognise is not None:
        if got.raised is not None:
            return False
        try:
            return bool(misconception.recognise(arguments, got.value))
        except Exception:
            return False
    wrong = run(misconception.wrong, arguments, exercise.seconds)
    if wrong.raised is not None or got.raised is not None:
        return type(wrong.raised) is type(got.raised)
    if wrong.changed != got.changed:
        return False
    if exercise.alike is not None:
        try:
            return exercise.alike(got.value, wrong.value)
        except Exception:
            return False
    return difference(got.value, wrong.value, exercise.tol) is None
