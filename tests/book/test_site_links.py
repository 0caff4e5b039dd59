"""Every link inside the built site leads to a page, and to a place on it, that exists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tools.layout import BUILD, repository_url

SITE = BUILD / "html"
PAGES = sorted(p for p in SITE.rglob("*.html") if "_static" not in p.parts)
# Addresses that a reader may follow on purpose: the book's own, its launchers and its sources.
OUTSIDE = (
    repository_url(),
    "https://mybinder.org/",
    "https://colab.research.google.com/",
    "https://doi.org/",
    "https://www.sphinx-doc.org",
    "https://sphinx-book-theme.readthedocs.io",
    "https://pydata-sphinx-theme.readthedocs.io",
    "https://jupyterbook.org",
    "https://executablebooks.org",
    "https://creativecommons.org/",
)

pytestmark = pytest.mark.book


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


@cache
def places(path: Path) -> frozenset[str]:
    """Return the names that a fragment of a link may have on a page."""
    named = {str(tag["id"]) for tag in soup(path).find_all(id=True)}
    return frozenset(
        named | {str(tag["name"]) for tag in soup(path).find_all("a", attrs={"name": True})}
    )


def complaint(page: Path, address: str) -> str | None:
    """Return what is wrong with a link, or None."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return None if address.startswith(OUTSIDE) else f"{address} is an unknown outside address"
    if parts.scheme:
        return None if parts.scheme in ("mailto", "javascript") else f"{address} is no web address"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return f"{address} leads to no file"
    fragment = unquote(parts.fragment)
    if fragment and target.suffix == ".html" and fragment not in places(target):
        return f"{address} leads to no place on {target.name}"
    return None


def test_there_is_a_site() -> None:
    assert PAGES, "run make book first"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(SITE).as_posix())
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    addresses = [str(tag["href"]) for tag in soup(page).find_all("a", href=True)]
    addresses += [str(tag["src"]) for tag in soup(page).find_all(src=True)]
    wrong = {complaint(page, a) for a in addresses if not a.startswith("data:")} - {None}
    assert not wrong


def test_broken_links_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text('<p id="here"></p>')
    assert complaint(page, "#here") is None and complaint(page, "a.html#here") is None
    assert "no place" in (complaint(page, "#there") or "")
    assert "no file" in (complaint(page, "b.html") or "")
    assert "unknown" in (complaint(page, "https://example.org/x") or "")
    assert "no web address" in (complaint(page, "file:///etc") or "")
