"""Each page with cells has a notebook that fits it, with the numbers of the site."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tools.layout import BUILD, ROOT, executed_pages, site_url
from tools.myst_plain import Label
from tools.notebook_cells import Values, all_labels, citations, plain, rewrite_cells
from tools.notebooks import drift

LEFTOVER = re.compile(r"^\s*(`{3,}|:{3,})\{|(?<!\\)\{[a-z][\w:-]*\}`|^\([\w-]+\)=", re.MULTILINE)


def name(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@cache
def labels() -> dict[str, Label]:
    return all_labels(citations())


@pytest.mark.parametrize("page", executed_pages(), ids=name)
def test_the_notebook_is_what_the_page_gives(page: Path) -> None:
    found = drift(page, labels(), citations())
    assert not found, "run `make notebooks`:\n" + "\n".join(found)


@pytest.mark.parametrize("page", executed_pages(), ids=name)
def test_no_directive_or_role_is_left_over(page: Path) -> None:
    for cell in nbformat.read(page.with_suffix(".ipynb"), as_version=4).cells:
        if cell.cell_type == "markdown":
            assert not LEFTOVER.search(cell.source), cell.source


@pytest.mark.book
@pytest.mark.parametrize("page", executed_pages(), ids=name)
def test_numbers_are_those_of_the_site(page: Path) -> None:
    """Equations, figures, tables, theorems and exercises: the same number in both."""
    built = (BUILD / "html" / page.relative_to(ROOT)).with_suffix(".html")
    if not built.exists():
        pytest.skip("the book is not built: make book")
    soup = BeautifulSoup(built.read_text("utf8"), "html.parser")
    here = f"{site_url()}/{built.relative_to(BUILD / 'html').as_posix()}#"
    numbered = {
        label.url.removeprefix(here): re.search(r"\d+(\.\d+)+", label.text)
        for label in labels().values()
        if label.url.startswith(here)
    }
    assert numbered
    for anchor, number in numbered.items():
        place = soup.find(id=anchor)
        assert place is not None, f"{anchor} is not on the site"
        if number:
            shown = place.find(class_=["eqno", "caption-number"])
            assert shown is not None and number[0] in shown.get_text(), (anchor, number[0])


def test_a_rewriter_that_loses_a_label_would_be_noticed() -> None:
    page = executed_pages()[-1]
    rewriter = plain(page, {}, values=Values(), citations=citations())
    with pytest.raises(ValueError, match="not known"):
        rewrite_cells(rewriter, [nbformat.v4.new_markdown_cell("{ref}`nowhere-at-all`")])
