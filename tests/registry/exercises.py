"""Rows of the exercises: their behaviour is asserted in tests/exercises."""

from tests.registry._row import Row

TESTS = {
    "Exercise": "test_recognise_and_judge_and_alike",
    "Misconception": "test_misconceptions_are_named_on_fresh_inputs",
    "Report": "test_report_as_text_and_html",
    "all_exercises": "test_find_suggests_similar_names",
    "check": "test_right_answers_of_every_kind_pass",
    "find": "test_find_suggests_similar_names",
    "hint": "test_hints_come_one_by_one",
}

ROWS = [
    Row(
        name=f"exercises.{name}",
        proof="behaviour",
        test=f"tests/exercises/test_check.py::{test}",
    )
    for name, test in TESTS.items()
]
