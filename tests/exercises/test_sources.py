"""The list of common mistakes shows the code of every wrong answer."""

from __future__ import annotations

import pytest

from companion.exercises import Exercise, all_exercises
from tools.source import source


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
def test_wrong_answers_can_be_shown(exercise: Exercise) -> None:
    """A function made by another function has no text of its own: write it out."""
    for mistake in exercise.misconceptions:
        assert source(mistake.wrong).strip(), mistake.idea
