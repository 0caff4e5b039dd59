"""The grader survives every kind of answer and says what happened."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest
import torch

from companion.exercises import (
    Exercise,
    Misconception,
    Report,
    all_exercises,
    check,
    find,
    hint,
)
from companion.exercises._call import run
from companion.exercises._compare import difference
from companion.exercises._grade import grade
from companion.exercises._show import shown


def double(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


def in_place(x: torch.Tensor) -> torch.Tensor:
    return x.mul_(2)


def vectors(generator: torch.Generator) -> list[tuple[Any, ...]]:
    return [(torch.rand(n, generator=generator, dtype=torch.float64) + 1,) for n in (3, 2, 5)]


DOUBLE = Exercise(
    name="demo.double",
    page="02-linear-algebra/svd",
    task="Double a vector.",
    signature="double(x) -> Tensor[n]",
    reference=double,
    inputs=vectors,
    tried="short and long vectors",
    misconceptions=(
        Misconception("squares", lambda x: x**2, "That is the square."),
        Misconception("adds two", lambda x: x + 2, "That is a sum."),
        Misconception("works in place", in_place, "The input was modified."),
    ),
    hints=("Multiply.", "By two."),
    seconds=0.3,
)


def report(answer: Any, exercise: Exercise = DOUBLE) -> Report:
    return grade(exercise, answer, seed=0)


def test_right_answers_of_every_kind_pass() -> None:
    for answer in (
        double,
        lambda x: x + x,
        lambda x: 2 * x.numpy(),
        lambda x: [2 * float(v) for v in x],
        lambda x: tuple(2 * v for v in x),
    ):
        assert report(answer).passed
    assert "3 inputs: short and long vectors" in report(double).sentence


def test_stub_is_not_attempted() -> None:
    def stub(x): ...

    def pending(x):
        raise NotImplementedError

    for answer in (stub, pending, ..., None, lambda x: ...):
        found = report(answer)
        assert found.status == "not attempted" and not found.passed
        assert "double(x) -> Tensor[n]" in found.sentence


def test_misconceptions_are_named_on_fresh_inputs() -> None:
    for misconception in DOUBLE.misconceptions:
        for seed in (None, 1, 2):
            assert grade(DOUBLE, misconception.wrong, seed).diagnosis == misconception.diagnosis


def test_smallest_failing_input_is_shown() -> None:
    found = report(lambda x: x**2)
    rows = dict(found.details)
    assert rows["input"].count(",") == 1  # the vector with two entries
    assert set(rows) == {"input", "expected", "got"}
    assert "3 of 3 inputs fail" in found.sentence


def test_partial_mistake_is_diagnosed_where_the_answer_fails() -> None:
    """Right for long vectors, squared for short ones: alike on every failing input."""
    found = report(lambda x: x**2 if len(x) < 4 else 2 * x)
    assert found.diagnosis == "That is the square."
    assert "2 of 3" in found.sentence
    assert report(lambda x: x**2 if len(x) < 3 else 7 * x).diagnosis == ""


def test_unknown_mistake_has_no_diagnosis() -> None:
    found = report(lambda x: 3 * x)
    assert found.status == "failed" and found.diagnosis == ""


def test_exception_is_reported_in_a_sentence() -> None:
    found = report(lambda x: x.nonsense)
    assert "raised AttributeError" in found.sentence and "got" not in dict(found.details)
    assert "raised SystemExit" in report(lambda x: sys.exit(1)).sentence


def test_keyboard_interrupt_is_the_readers_own() -> None:
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report(interrupted)


def endless(x: torch.Tensor) -> None:
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))


def test_endless_loop_is_stopped_in_the_main_thread() -> None:
    started = time.perf_counter()
    assert "did not end within 0.3 s" in report(endless).sentence
    assert time.perf_counter() - started < 5


def test_endless_loop_is_stopped_in_a_worker_thread() -> None:
    found: list[Report] = []
    worker = threading.Thread(target=lambda: found.append(report(endless)))
    worker.start()
    worker.join(20)
    assert "did not end within" in found[0].sentence


def test_worker_thread_also_grades_right_and_raising_answers() -> None:
    found: list[Report] = []

    def work() -> None:
        found.extend([report(double), report(lambda x: x.nonsense)])

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(20)
    assert found[0].passed and "AttributeError" in found[1].sentence


def test_a_library_call_in_a_worker_thread_is_left_behind() -> None:
    """One call into a library cannot be stopped: the report comes all the same."""
    found: list[Report] = []
    worker = threading.Thread(target=lambda: found.append(report(lambda x: time.sleep(4))))
    started = time.perf_counter()
    worker.start()
    worker.join(20)
    assert "did not end within" in found[0].sentence
    assert time.perf_counter() - started < 3


def test_inputs_after_the_first_time_out_are_spared() -> None:
    called: list[int] = []

    def slow_for_all_but_the_first(x):
        called.append(len(x))
        return 2 * x if len(x) == 3 else endless(x)

    assert "did not end" in report(slow_for_all_but_the_first).sentence
    assert called == [3, 2]


def test_time_limit_leaves_no_alarm_behind() -> None:
    import signal

    before = signal.getsignal(signal.SIGALRM)
    report(double)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_inputs_are_cloned_for_each_call() -> None:
    original = torch.ones(3)
    outcome = run(in_place, (original,), 1.0)
    assert outcome.changed == (0,)
    assert torch.equal(original, torch.ones(3))
    nested = [torch.ones(2)]
    assert run(lambda xs: xs[0].zero_(), (nested,), 1.0).changed == (0,)
    assert torch.equal(nested[0], torch.ones(2))
    assert run(lambda f: f(1), (lambda x: x,), 1.0).changed == ()


def test_mutation_is_named_with_the_argument() -> None:
    exercise = Exercise(**{**vars(DOUBLE), "misconceptions": DOUBLE.misconceptions[:2]})
    assert "the input was modified: x must keep its values" in report(in_place, exercise).sentence


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: x[:1], "has shape"),
        (lambda x: "text", "the str 'text'"),
        (lambda x: {"a": 1}, "a dict"),
        (lambda x: 2 * x * float("nan"), "contains NaN"),
        (lambda x: 2 * x.float(), "float32 only"),
        (lambda x: True, "the bool True"),
    ],
)
def test_wrong_kinds_are_described(answer: Any, says: str) -> None:
    found = report(answer)
    assert found.status == "failed" and says in found.sentence


def test_precision_is_blamed_only_where_it_is_the_reason() -> None:
    assert "the values differ" in report(lambda x: 3 * x.float()).sentence
    assert "the values differ" in report(lambda x: 2 * x * (1 + 1e-6)).sentence


def test_the_first_of_two_matching_misconceptions_is_named() -> None:
    """Alike on the failing inputs only: the order of the exercise decides."""
    ideas = tuple(
        Misconception(
            f"adds {n} to long ones", lambda x, n=n: x**2 if len(x) < 3 else x + n, f"{n}."
        )
        for n in (1, 3)
    )
    exercise = Exercise(**{**vars(DOUBLE), "misconceptions": ideas})
    assert report(lambda x: x**2 if len(x) < 3 else 2 * x, exercise).diagnosis == "1."


def test_a_changed_input_is_part_of_the_behaviour() -> None:
    squares = Misconception("squares", lambda x: x**2, "That is the square.")
    exercise = Exercise(**{**vars(DOUBLE), "misconceptions": (squares,)})
    assert report(lambda x: x**2, exercise).diagnosis == "That is the square."
    assert report(lambda x: x.pow_(2), exercise).diagnosis == ""


def test_wrong_number_of_arguments() -> None:
    assert "cannot be called like this: double(x)" in report(lambda: 1).sentence
    assert "cannot be called like this: double(x)" in report(lambda x, y: 1).sentence


def test_answer_must_raise_where_the_reference_raises() -> None:
    def careful(x):
        if len(x) == 2:
            raise ValueError("x")
        return 2 * x

    exercise = Exercise(**{**vars(DOUBLE), "reference": careful, "misconceptions": ()})
    assert report(careful, exercise).passed
    assert "must raise ValueError" in report(double, exercise).sentence
    assert "returned a value" in report(double, exercise).sentence

    def other(x):
        raise KeyError("x")

    assert "KeyError" in report(other, exercise).sentence


QUIZ = Exercise(
    name="demo.quiz",
    page="02-linear-algebra/svd",
    task="How many?",
    signature="answer() -> int",
    reference=lambda: 3,
    inputs=lambda generator: [()],
    tried="your answer",
    misconceptions=(Misconception("counts from zero", lambda: 2, "You count from zero."),),
    hints=("Count.",),
)


def test_quiz_takes_a_constant_or_a_function() -> None:
    assert report(3, QUIZ).passed and report(lambda: 3, QUIZ).passed
    assert report(2, QUIZ).diagnosis == "You count from zero."
    assert "input" not in dict(report(2, QUIZ).details)
    assert "expected" not in dict(report(2, QUIZ).details)  # a quiz does not give itself away
    assert report("three", QUIZ).status == "failed"


def test_recognise_and_judge_and_alike() -> None:
    """Free signs: the judge accepts both, recognise sees the mistake, alike compares freely."""

    def judge(arguments, got, expected):
        return None if torch.allclose(got.abs(), expected.abs()) else "wrong size"

    exercise = Exercise(
        **{
            **vars(DOUBLE),
            "judge": judge,
            "alike": lambda got, wrong: torch.allclose(got.abs(), wrong.abs()),
            "misconceptions": (
                Misconception("squares", lambda x: x**2, "That is the square."),
                Misconception(
                    "zero", lambda x: 0 * x, "All zero.", recognise=lambda a, got: not got.any()
                ),
            ),
        }
    )
    assert report(lambda x: -2 * x, exercise).passed
    assert report(lambda x: -(x**2), exercise).diagnosis == "That is the square."
    assert report(lambda x: x - x, exercise).diagnosis == "All zero."
    assert report(lambda x: "text", exercise).status == "failed"
    assert report(lambda x: x.nonsense, exercise).status == "failed"


def test_a_judge_that_trips_over_an_answer_says_what_is_strange() -> None:
    def judge(arguments, got, expected):
        raise KeyError("nothing")

    exercise = Exercise(**{**vars(DOUBLE), "judge": judge})
    assert "cannot be judged (KeyError" in report(double, exercise).sentence
    assert "the str 'text'" in report(lambda x: "text", exercise).sentence


def test_report_as_text_and_html() -> None:
    found = report(lambda x: x**2)
    text, page = repr(found), found._repr_html_()
    assert text.startswith("✗ demo.double: not yet, the values differ")
    assert "That is the square." in text and "got:" in text
    assert 'class="check check-failed"' in page and "<table>" in page
    lines = repr(Report("a", "failed", "b", "", (("input", "x = 1\ny = 2"),))).split("\n")
    assert lines[1].index("x = 1") == lines[2].index("y = 2")
    escaped = Report("<b>", "failed", "<i>", "<u>", (("<p>", "<a>"),))._repr_html_()
    assert not any(tag in escaped for tag in ("<b>", "<i>", "<u>", "<a>"))
    assert repr(report(double)).startswith("✓ demo.double")
    assert "<table>" not in report(double)._repr_html_()


def test_shown_values_are_short_and_plain() -> None:
    assert shown(torch.tensor([1.5, 2.0], dtype=torch.float64)) == "[1.5000, 2.0000]"
    assert shown(3) == "3" and shown(()) == "nothing"
    assert shown((1, 2)) == "1\n2"
    assert shown("x" * 500) == "'" + "x" * 399 + " ..."
    assert shown("x" * 398) == "'" + "x" * 398 + "'"
    assert shown(double) == "function double"


@pytest.mark.parametrize(
    ("got", "expected", "equal"),
    [
        (1, 1.0, True),
        (torch.tensor(1.0), 1.0, True),
        (torch.tensor([1.0]), 1.0, False),
        (np.float64(2.0), 2, True),
        (1.0, True, False),
        (torch.tensor(True), True, True),
        (np.bool_(False), False, True),
        (1, True, False),
        ("pd", "pd", True),
        ("psd", "pd", False),
        ([1, 2], (1.0, 2.0), True),
        ([1, [2, 3]], (1, torch.tensor([2, 3])), True),
        ([1, [2, 4]], (1, torch.tensor([2, 3])), False),
        ((1,), (1, torch.tensor([2, 3])), False),
        (1, (1, torch.tensor([2, 3])), False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"b": 1}, {"a": 1.0}, False),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("inf"), True),
        (-float("inf"), float("inf"), False),
        (1 + 1j, 1.0, False),
        ([1 + 1j, 2], [1 + 2j, 2], False),
        ([1 + 1j, 2], [1 + 1j, 2], True),
        (1 + 0j, 1.0, True),
        (ValueError, ValueError, True),
        (KeyError, ValueError, False),
        ([], (), True),
        ({1, 2}, {1, 2}, True),
        ({1}, {1, 2}, False),
        (None, 1.0, False),
        (0.0, 0.0, True),
        (1e-12, 0.0, False),
        (1.0 + 1e-9, 1.0, True),
        (1.0 + 1e-7, 1.0, False),
        (1e9 + 1.0, 1e9, True),
    ],
)
def test_values_are_compared_whatever_the_container(got: Any, expected: Any, equal: bool) -> None:
    assert (difference(got, expected, 1e-8) is None) is equal


def test_find_suggests_similar_names() -> None:
    assert find("linear_algebra.low_rank") in all_exercises()
    with pytest.raises(ValueError, match=r"did you mean linear_algebra\.low_rank"):
        check("linear_algebra.lowrank", double)
    with pytest.raises(ValueError, match=r"no exercise named 'zzz'$"):
        find("zzz")
    with pytest.raises(TypeError, match="name must be a text"):
        find(3)  # type: ignore[arg-type]


def test_hints_come_one_by_one() -> None:
    assert "Vh[:k]" in hint("linear_algebra.low_rank")
    with pytest.raises(ValueError, match="number must be from 1 to 1"):
        hint("linear_algebra.low_rank", 2)
