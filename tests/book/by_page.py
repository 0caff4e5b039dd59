"""How the tests apply a rule to the pages, and to pages that break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.book.example import example
from tests.book.rules.page import Page, Rule, content_pages, name_of, read_executed, written_pages


def over(pages: list[Path]) -> Any:
    """Parametrize a test by page."""
    return pytest.mark.parametrize("path", pages, ids=name_of)


every_content_page = over(content_pages())
every_written_page = over(written_pages())


def every_rule(rules: list[Rule]) -> Any:
    return pytest.mark.parametrize("rule", rules, ids=lambda rule: str(rule.__name__))


def with_outputs(path: Path) -> Page:
    """Return an executed page, or fail and say how to execute it."""
    try:
        return read_executed(path)
    except LookupError as missing:
        said = str(missing)
    pytest.fail(said, pytrace=False)


def accept(complaints: list[str]) -> None:
    """Fail with all complaints, one a line."""
    if complaints:
        pytest.fail("\n" + "\n".join(f"- {text}" for text in complaints), pytrace=False)


def rejects(rule: Any, old: str, new: str, complaint: str) -> None:
    """Assert that a rule accepts the example, and complains after one replacement."""
    assert rule(example()) == []
    found = rule(example(old, new))
    assert any(complaint in text for text in found), f"{complaint!r} is not in {found}"
