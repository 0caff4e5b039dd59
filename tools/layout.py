"""Where things are: the folders, the pages in reading order, and the book's addresses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"


@cache
def config() -> dict[str, Any]:
    """Return the book's ``_config.yml``."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    return loaded


def repository_url() -> str:
    """Return the address of the repository, known to ``_config.yml`` only."""
    return str(config()["repository"]["url"])


def site_url() -> str:
    """Return where GitHub Pages puts the book of that repository."""
    owner, name = repository_url().rstrip("/").split("/")[-2:]
    return f"https://{owner.lower()}.github.io/{name}"


def pages() -> list[Path]:
    """Return every page of ``_toc.yml`` in reading order; generated ones once they exist."""
    text = (ROOT / "_toc.yml").read_text("utf8")
    names = re.findall(r"^\s*(?:root|- file):\s*(\S+)", text, re.MULTILINE)
    return [page for name in names if (page := ROOT / f"{name}.md").exists()]


def has_code(page: Path) -> bool:
    """Tell whether a page has cells to execute."""
    if not page.exists():  # a page of the reference that has not been generated yet
        return False
    return bool(re.search(r"^(`{3,}|:{3,})\{code-cell\}", page.read_text("utf8"), re.MULTILINE))


def executed_pages() -> list[Path]:
    """Return the pages with cells, in reading order: each has a notebook beside it."""
    return [page for page in pages() if has_code(page)]


def chapter_pages() -> list[Path]:
    """Return the pages with cells that belong to a chapter, in reading order."""
    return [page for page in executed_pages() if ROOT / "chapters" in page.parents]


def section_number(page: Path) -> tuple[int, ...]:
    """Return (chapter, place in the chapter), as the site numbers the page; () elsewhere."""
    found = re.fullmatch(r"(\d+)-.*", page.parent.name)
    if not found:
        return ()
    siblings = [other for other in pages() if other.parent == page.parent]
    place = siblings.index(page)  # the chapter's index page stands first
    return (int(found[1]), place) if place else (int(found[1]),)


def short_name(page: Path) -> str:
    """Return ``linear algebra · svd`` for a page of a chapter: what progress lines show."""
    if page.parent == ROOT:
        return page.stem
    chapter = re.sub(r"^\d+-", "", page.parent.name).replace("-", " ")
    return f"{chapter} · {page.stem}"
