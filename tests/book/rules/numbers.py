"""Rules of results: displayed by a cell or asserted by a claim, never typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.book.rules.page import Page
from tests.book.rules.prose import prose

DIGITS = 3  # from so many significant digits on, a decimal number is a result
DECIMAL = re.compile(r"(?<![\w.])(\d+\.\d+(?:[eE][+-]?\d+)?)(?![\w]|\.\d)")
IN_MATHS = re.compile(r"(?<![\d.])(\d+\.\d+)(?!\.?\d)(?:\s*\\(?:cdot|times)\s*10\^\{?(-?\d+)\}?)?")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def significant(number: str) -> int:
    """Count the significant digits of a decimal number."""
    return len(re.split("[eE]", number)[0].replace(".", "").lstrip("0"))


def typed(page: Page) -> list[str]:
    """No result is typed in prose.

    A typed result is a decimal number of three or more significant digits in Markdown outside
    mathematics, code and front matter; captions count as prose. Show it with
    ``{glue:text}`` instead. Two ways out for *given* data of a task: write them as inline code,
    or put the comment line ``% given`` directly above the paragraph.
    """
    found = DECIMAL.findall(prose(page).words)
    return [f"typed result {number}" for number in found if significant(number) >= DIGITS]


def unclaimed(page: Page) -> list[str]:
    """A worked number inside mathematics is the value of a claim, rounded to the digits shown.

    The same numbers count as in ``typed``, and the same two ways out hold for given data.
    """
    known = list(claimed(page))
    found = []
    for tex in prose(page).maths:
        for number, power in IN_MATHS.findall(tex):
            if significant(number) >= DIGITS and not shown(number, int(power or 0), known):
                found.append(f"no claim shows {number} to these digits, as in ${tex.strip()}$")
    return found


def shown(number: str, power: int, known: list[float]) -> bool:
    """Tell whether a claim has this value, up to rounding and sign."""
    half = 0.5 * 10.0 ** (power - len(number.partition(".")[2])) * (1 + 1e-9)
    return any(abs(value - float(number) * 10.0**power) <= half for value in known)


def claimed(page: Page) -> Iterator[float]:
    """Yield the absolute values of all numbers in the claims of an executed page."""
    for claim in page.claims:
        for text in (claim["value"], claim["expected"]):
            if not text.endswith(" values"):
                yield from map(float, NUMBER.findall(text))


def unique_claims(page: Page) -> list[str]:
    """Names of claims occur once on a page: prose shows them by name."""
    counted = Counter(claim["name"] for claim in page.claims)
    return [f"two claims are named {name}" for name, times in counted.items() if times > 1]


RULES = [typed]
EXECUTED = [unclaimed, unique_claims]
