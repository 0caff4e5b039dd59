"""Citations, links to code, filler words, and the weight of the built pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

from tests.book.by_page import accept, every_rule, every_written_page, rejects
from tests.book.example import example
from tests.book.rules import links
from tests.book.rules.page import Rule, read, written_pages
from tools.layout import BUILD, ROOT

ENTRIES = parse_file(str(ROOT / "references.bib")).entries
KNOWN = set(ENTRIES)
NEEDED = {
    "article": {"title", "journal", "volume", "pages", "year"},
    "book": {"title", "publisher", "year"},
}
BUILT = sorted((BUILD / "html").glob("chapters/**/*.html"))
HEAVIEST = 2_500_000  # bytes of a page with its pictures


@every_written_page
@every_rule(links.RULES)
def test_links_and_words_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@every_written_page
def test_citations_of_a_page(path: Path) -> None:
    accept(links.citations(read(path), KNOWN))


def test_every_entry_of_the_bibliography_is_shown() -> None:
    """The bibliography page lists all entries, or each one is cited."""
    page = (ROOT / "reference" / "bibliography.md").read_text("utf8")
    cited = set().union(*(links.cited(path.read_text("utf8")) for path in written_pages()))
    assert ":all:" in page or not KNOWN - cited


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_entry_of_the_bibliography_is_complete(key: str) -> None:
    entry = ENTRIES[key]
    assert entry.persons.get("author")
    assert NEEDED.get(entry.type, {"title", "year"}) <= set(entry.fields)
    name = entry.persons["author"][0].last_names[-1].lower()
    assert re.fullmatch(rf"{name}{entry.fields['year']}[a-z]+", key), "authorYEARword"


@pytest.mark.book
@pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_weight_of_a_built_page(path: Path) -> None:
    assert weight(path) <= HEAVIEST, f"{weight(path) / 1e6:.1f} MB"


def weight(path: Path) -> int:
    """Add up a page and the pictures that it shows."""
    shown = set(re.findall(r'src="((?:\.\./)*_images/[^"]+)"', path.read_text("utf8")))
    return path.stat().st_size + sum((path.parent / name).stat().st_size for name in shown)


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (links.names, "companion.linalg.svd", "companion.linalg.sdv", "sdv"),
        (links.names, "companion.linalg.svd", "companion.linalg.singular.svd", "no public name"),
        (links.names, "companion.linalg.svd", "torch.linalg.svd", "no public name"),
        (links.filler, "A question.", "It is simply so.", "simply"),
        (links.filler, "A question.", "Obviously.", "Obviously"),
        (links.filler, "A question.", "It is easy\nto see.", "easy to see"),
        (links.filler, "The points of a circle.", "A circle, of course, and points.", "of course"),
    ],
)
def test_link_or_word_that_breaks_a_rule(rule: Rule, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)


def test_unknown_citation_is_found() -> None:
    assert links.citations(example(), KNOWN) == []
    page = example(
        "{cite:t}`strang2016introduction`", "{cite:t}`strang2016introduction, nobody1900`"
    )
    assert links.citations(page, KNOWN) == ["nobody1900 is not in references.bib"]


def test_weight_counts_pictures(tmp_path: Path) -> None:
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.png").write_bytes(bytes(1000))
    page = tmp_path / "page.html"
    page.write_text('<img src="_images/a.png"><img src="_images/a.png">')
    assert weight(page) == 1000 + page.stat().st_size
