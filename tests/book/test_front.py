"""Front matter, label, aims, summary, sources and reading of every page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.by_page import accept, every_content_page, every_rule, over, rejects
from tests.book.rules import front
from tests.book.rules.page import Rule, page_of, read, written, written_pages
from tools.layout import ROOT, executed_pages, pages


@every_content_page
@every_rule(front.RULES)
def test_frame_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@over([p for p in written_pages() if p.stem == "index" and p.parent.parent.name == "chapters"])
def test_index_of_a_chapter(path: Path) -> None:
    accept(front.index(read(path)))


def test_every_page_of_a_chapter_is_in_the_table_of_contents() -> None:
    found = sorted((ROOT / "chapters").glob("*/*.md"))
    assert [page for page in found if page not in pages()] == []


@over(executed_pages())
def test_notebook_stands_beside_a_page_with_cells(path: Path) -> None:
    if not path.with_suffix(".ipynb").exists():
        pytest.fail("run make notebooks", pytrace=False)


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (front.metadata, "format_name: myst", "format_name: md", "format_name"),
        (front.metadata, "name: python3", "name: r", "kernelspec"),
        (front.metadata, "description:", "about:", "description"),
        (front.metadata, "example, rules, linear algebra", "rules", "keywords"),
        (front.label, "(sec-example)=\n", "", "label"),
        (front.label, "## Figures", "# Figures", "one title"),
        (front.aims, "After this page you can", "You will", "After this page"),
        (front.aims, ":class: tip", ":class: note", "tip"),
        (front.aims, "- read it;\n", "", "fewer than two"),
        (front.summary, "## Summary", "## In short", "missing"),
        (front.summary, "5. Five.\n", "", "five numbered lines"),
        (front.summary, "5. Five.", "5. Five.\n6. Six.", "five numbered lines"),
        (front.sources, "**Read the source**", "Source", "Read the source"),
        (
            front.sources,
            "**Read next**: {cite:t}`strang2016introduction`",
            "**Read next**: x",
            "no",
        ),
    ],
)
def test_frame_that_breaks_a_rule(rule: Rule, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)


def test_index_that_breaks_a_rule() -> None:
    assert len(front.index(page_of("# Chapter\n\nText."))) == 4


def test_a_stub_is_not_a_written_page() -> None:
    assert not written("# Title\n")
    assert not written("---\nmyst: {}\n---\n\n(sec-x)=\n# Title\n")
    assert written("# Title\n\nText.\n")
