"""Exercises and boxes about common mistakes of every page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.book.by_page import accept, every_content_page, every_rule, rejects, with_outputs
from tests.book.example import EXERCISE, known_exercises
from tests.book.rules import exercises
from tests.book.rules.page import Rule, read

THIRD = EXERCISE.replace("NAME", "third")
SOLUTION = THIRD[THIRD.index("```{solution-start}") :]
HINT = THIRD[THIRD.index(":::{admonition}") : THIRD.index("```{solution-start}")]
same_set = partial(exercises.same_set, known=known_exercises())
hints = partial(exercises.hints, known=known_exercises())
MISTAKE = ":class: warning mistake\n"
CELL = ":tags: [mistake]\n"


@every_content_page
@every_rule(exercises.RULES)
def test_exercises_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@pytest.mark.book
@every_content_page
@every_rule(exercises.EXECUTED)
def test_graded_exercises_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(with_outputs(path)))


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (exercises.complete, SOLUTION, "", "ex-third: one solution"),
        (exercises.complete, "} ex-third", "} ex-thrid", "ex-third: one solution"),
        (exercises.complete, HINT, "", "ex-third: one hint"),
        (exercises.complete, "hint dropdown", "hint", "one hint"),
        (exercises.complete, 'check("linear_algebra.third"', 'grade("third"', "ex-third: one stub"),
        (exercises.complete, "plotting.show(", 'check("x.y", f); plotting.show(', "outside"),
        (same_set, THIRD, "", "third belongs to the page"),
        (same_set, THIRD, "", "2 exercises"),
        (same_set, "linear_algebra.third", "linear_algebra.fourth", "fourth belongs to another"),
        (same_set, "linear_algebra.third", "linear_algebra.second", "second is asked twice"),
        (hints, "Use `torch.third` twice.", "Use it.", "third: the hint must read"),
        (exercises.answers, "third: not attempted yet", "third: passed", "not 'not attempted yet'"),
        (exercises.answers, "third: passed", "third: failed", "not 'passed'"),
        (exercises.mistakes, MISTAKE, ":class: warning\n", "do not agree"),
        (exercises.mistakes, "} Common mistake:", "} Wrong:", "do not agree"),
        (exercises.mistakes, CELL, "", "no cell tagged mistake"),
        (exercises.mistakes, CELL, ":tags: [hide-input]\n", "no cell tagged mistake"),
        (exercises.mistakes, "import torch\n", ":tags: [mistake]\n\nimport torch\n", "no box"),
        (exercises.mistakes, "A question.", "::::{note}\n:::{admonition} Common mistake: x\n"
         ":class: warning mistake\n:::\n::::", "nested"),
    ],
)  # fmt: skip
def test_exercise_that_breaks_a_rule(rule: Any, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)
