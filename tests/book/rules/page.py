"""What the rules look at: the text of a page, its cells, and their outputs where it has run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from myst_nb.core.read import read_myst_markdown_notebook

from tools.layout import ROOT, pages
from tools.myst_blocks import Directive, Text, blocks
from tools.outputs import claims, executed
from tools.reference import GENERATED


@dataclass(frozen=True)
class Page:
    """A page: ``name`` is its path below ``chapters/`` (else below the root), without suffix."""

    name: str
    text: str
    notebook: Any

    @property
    def cells(self) -> list[Any]:
        return list(self.notebook.cells)

    @property
    def code(self) -> list[Any]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def claims(self) -> list[dict[str, str]]:
        return claims(self.notebook)

    @cached_property
    def parts(self) -> list[Text | Directive | Any]:
        """The page in order: text and directives of its Markdown cells, and its code cells."""
        found: list[Any] = []
        for cell in self.cells:
            if cell.cell_type == "code":
                found.append(cell)
            else:
                found += [p for p in blocks(cell.source) if not blank(p)]
        return found

    def directives(self) -> list[Directive]:
        return [part for part in self.parts if isinstance(part, Directive)]

    def trees(self) -> Iterator[tuple[Any, ast.Module]]:
        """Yield each code cell that is Python, with its syntax tree."""
        for cell in self.code:
            try:
                yield cell, ast.parse(cell.source)
            except SyntaxError:
                continue  # the rule about cells complains


Rule = Callable[[Page], list[str]]


def blank(part: Text | Directive) -> bool:
    """Tell whether a part is empty or holds comment lines only."""
    return isinstance(part, Text) and not re.sub(r"^%.*$", "", part.text, flags=re.M).strip()


def page_of(text: str, name: str = "02-linear-algebra/example") -> Page:
    """Make a page of a text."""
    return Page(name, text, read_myst_markdown_notebook(text))


def name_of(path: Path) -> str:
    chapters = ROOT / "chapters"
    below = chapters if chapters in path.parents else ROOT
    return path.relative_to(below).with_suffix("").as_posix()


@cache
def read(path: Path) -> Page:
    """Read a page without outputs."""
    return page_of(path.read_text("utf8"), name_of(path))


@cache
def read_executed(path: Path) -> Page:
    """Read a page with the outputs of its last run; ``LookupError`` tells to run ``make book``."""
    notebook = executed(path)
    return Page(name_of(path), path.read_text("utf8"), notebook)


def written_pages() -> list[Path]:
    """Return the pages that somebody wrote: more than a title, and not made by a tool."""
    return [p for p in pages() if p not in GENERATED and written(p.read_text("utf8"))]


def written(text: str) -> bool:
    """Tell whether anything follows front matter, label and title."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    return bool(re.sub(r"^(?:# .*|\(.*\)=)$", "", body, count=2, flags=re.M).strip())


def content_pages() -> list[Path]:
    """Return the written pages of chapters, without the chapters' index pages."""
    below = ROOT / "chapters"
    return [p for p in written_pages() if below in p.parents and p.stem != "index"]


def summary(cell: Any) -> str:
    """Quote the first line of a cell."""
    lines = [line for line in cell.source.split("\n") if line.strip()]
    return f"the cell that begins with {lines[0]!r}" if lines else "an empty cell"


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def figure(cell: Any) -> dict[str, str]:
    """Return name and caption of the figure that a cell makes."""
    return dict(cell.metadata.get("mystnb", {}).get("figure", {}) or {})


def printed(cell: Any) -> str:
    """Return the plain text of all outputs of a cell."""
    texts = []
    for output in cell.get("outputs", []):
        texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(texts)
