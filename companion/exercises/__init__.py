"""Exercises that answer back: ``check`` grades an answer and names the mistake behind it."""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path
from typing import Any

from companion.exercises._grade import grade
from companion.exercises._model import Exercise, Misconception
from companion.exercises._show import Report

__all__ = ["Exercise", "Misconception", "Report", "all_exercises", "check", "find", "hint"]


def check(name: str, answer: Any, *, seed: int | None = None) -> Report:
    """Grade an answer to an exercise on fresh random inputs and say what is wrong with it.

    The answer, a function or a constant, is called on copies of the inputs within a time limit;
    it may raise, hang, return the wrong kind or change its inputs: the report says so. A wrong
    answer that behaves like a known misconception is told which one. A stub (``...``) is "not
    attempted yet". Values are compared, so tensors, arrays, lists and numbers are all accepted.

    Parameters
    ----------
    name : "chapter.exercise", such as "linear_algebra.low_rank".
    answer : the reader's function, or the constant that a quiz asks for.
    seed : repeat the same inputs; by default they are new at every call.

    Raises
    ------
    ValueError
        If there is no exercise of this name.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: CONTRIBUTING.md, "Exercises"
    """
    return grade(find(name), answer, seed)


def hint(name: str, number: int = 1) -> str:
    """Return a hint to an exercise; later numbers say more.

    Raises
    ------
    ValueError
        If there is no such exercise, or no hint of this number.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: CONTRIBUTING.md, "Exercises"
    """
    hints = find(name).hints
    if not 1 <= number <= len(hints):
        raise ValueError(f"number must be from 1 to {len(hints)} for {name}, got {number}")
    return hints[number - 1]


def find(name: str) -> Exercise:
    """Look up an exercise by its name.

    Raises
    ------
    TypeError
        If the name is no text.
    ValueError
        If there is no such exercise; names that look alike are suggested.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: CONTRIBUTING.md, "Exercises"
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a text such as 'chapter.exercise', got {name!r}")
    known = {exercise.name: exercise for exercise in _of_the_page(name)}
    if name not in known:
        known = {exercise.name: exercise for exercise in all_exercises()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint_text = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(f"there is no exercise named {name!r}{hint_text}")
    return known[name]


def all_exercises() -> list[Exercise]:
    """Return every exercise of the book, chapter by chapter, page by page.

    A chapter is a package in this folder, a page is a module in it with a list ``EXERCISES``.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: reference/mistakes
    """
    return [exercise for page in _pages() for exercise in _exercises(page)]


def _of_the_page(name: str) -> list[Exercise]:
    """Load the page whose source holds the name: loading all pages would take a second."""
    near = (p for p in _pages() if f'"{name}"' in p.read_text(encoding="utf-8"))
    return [exercise for page in near for exercise in _exercises(page)]


def _pages() -> list[Path]:
    """Files that hold exercises, chapter by chapter."""
    pages = Path(__file__).parent.glob("*/[!_]*.py")
    return sorted(pages, key=lambda page: (page.parent.name, page.stem))


def _exercises(page: Path) -> list[Exercise]:
    return list(importlib.import_module(f"{__name__}.{page.parent.name}.{page.stem}").EXERCISES)
