"""Every grader is right about right answers and about every misconception."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import pytest

from companion.exercises import Exercise, Misconception, all_exercises, check
from companion.exercises._grade import grade
from tests.exercises import variants

SEEDS = range(20)
EXERCISES = all_exercises()
PAIRS = [
    pytest.param(e, m, id=f"{e.name}-{m.idea.replace(' ', '_')[:40]}")
    for e in EXERCISES
    for m in e.misconceptions
]


def independent_answers() -> dict[str, list[Any]]:
    """Collect the variants of every page."""
    found: dict[str, list[Any]] = {}
    for module in pkgutil.iter_modules(variants.__path__):
        found |= importlib.import_module(f"{variants.__name__}.{module.name}").VARIANTS
    return found


VARIANTS = independent_answers()


def by_name(exercise: Exercise) -> str:
    return exercise.name


def test_names_are_unique() -> None:
    names = [exercise.name for exercise in EXERCISES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_exercise_is_complete(exercise: Exercise) -> None:
    chapter = exercise.page.split("/")[0].split("-", 1)[1].replace("-", "_")
    assert re.fullmatch(rf"{chapter}\.[a-z][a-z0-9_]*", exercise.name)
    assert len(exercise.misconceptions) >= 3
    assert exercise.hints and all(exercise.hints)
    assert "->" in exercise.signature
    diagnoses = [m.diagnosis for m in exercise.misconceptions]
    assert len(set(diagnoses)) == len(diagnoses)
    assert all(len(d) > 20 and d.rstrip("`)").endswith((".", "?")) for d in diagnoses)
    assert all(m.idea[0].islower() or not m.idea[0].isalpha() for m in exercise.misconceptions)


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_reference_passes(exercise: Exercise) -> None:
    for seed in SEEDS:
        report = check(exercise.name, exercise.reference, seed=seed)
        assert report.passed, f"seed {seed}: {report!r}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_independent_correct_answer_passes(exercise: Exercise) -> None:
    assert VARIANTS.get(exercise.name), f"no variant of {exercise.name} in tests/exercises/variants"
    for answer in VARIANTS[exercise.name]:
        assert answer is not exercise.reference
        for seed in SEEDS:
            report = check(exercise.name, answer, seed=seed)
            assert report.passed, f"{answer.__name__}, seed {seed}: {report!r}"


@pytest.mark.parametrize(("exercise", "misconception"), PAIRS)
def test_misconception_fails_with_its_own_diagnosis(
    exercise: Exercise, misconception: Misconception
) -> None:
    """Also proves that no two misconceptions collide: the first match would be another's."""
    for seed in SEEDS:
        report = grade(exercise, misconception.wrong, seed=seed)
        assert report.status == "failed", f"seed {seed}: a wrong answer passed"
        assert report.diagnosis == misconception.diagnosis, f"seed {seed}: {report!r}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_inputs_are_fresh(exercise: Exercise) -> None:
    """Two seeds give different inputs, unless the exercise has none (a quiz)."""
    import torch

    drawn = [repr(exercise.inputs(torch.Generator().manual_seed(s))) for s in (1, 2)]
    assert drawn[0] != drawn[1] or all(
        arguments == () for arguments in exercise.inputs(torch.Generator())
    )
