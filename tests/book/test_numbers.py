"""Results in prose are displayed by cells, and worked numbers are claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.by_page import (
    accept,
    every_content_page,
    every_rule,
    every_written_page,
    rejects,
    with_outputs,
)
from tests.book.example import example
from tests.book.rules import numbers
from tests.book.rules.page import Rule, read

QUESTION = "A question."


@every_written_page
@every_rule(numbers.RULES)
def test_numbers_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@pytest.mark.book
@every_content_page
@every_rule(numbers.EXECUTED)
def test_claimed_numbers_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(with_outputs(path)))


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (numbers.typed, QUESTION, "The root is 1.41.", "1.41"),
        (numbers.typed, QUESTION, "It is 1.62e-10 or (0.0618).", "0.0618"),
        (numbers.typed, QUESTION, "| a | 1.625 |", "1.625"),
        (numbers.typed, "The points of a circle.", "The point at 2.236 on a circle.", "2.236"),
        (numbers.typed, "are not {cite", "are 1.234 {cite", "1.234"),
        (numbers.typed, "% given\n", "", "2.125"),
        (numbers.unclaimed, "% given\n", "", "1.375"),
        (numbers.unclaimed, r"\approx1.618", r"\approx1.619", "1.619"),
        (numbers.unclaimed, r"\approx1.618", r"\approx1.6180339", "1.6180339"),
        (numbers.unclaimed, r"\approx1.618", r"\approx1.618\cdot10^{3}", "1.618"),
    ],
)
def test_number_that_breaks_a_rule(rule: Rule, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)


@pytest.mark.parametrize(
    "allowed",
    ["0.05 and 2.0 and 7920", "NumPy 2.4.6", "in `1.234` seconds", "```\n1.234\n```", "1.5e-10",
     "{glue:text}`golden:.3f`", r"$1.618$, $0.1618\cdot10^1$, $16.18\times 10^{-1}$, $0.05$",
     "% given\nthe radius 1.234\nand $2.345$\n\nand more"],
)  # fmt: skip
def test_number_that_keeps_the_rules(allowed: str) -> None:
    page = example(QUESTION, allowed)
    assert numbers.typed(page) == numbers.unclaimed(page) == []


def test_a_name_of_a_claim_occurs_once() -> None:
    page = example()
    cell = next(cell for cell in page.code if cell.outputs)
    cell.outputs = [*cell.outputs, *cell.outputs]
    assert numbers.unique_claims(page) == ["two claims are named golden"]
