"""Rules of a page's frame: front matter, label, aims, summary, sources and reading."""

from __future__ import annotations

import re
from typing import Any

from tests.book.rules.page import Page

LINES = 5  # of a summary


def metadata(page: Page) -> list[str]:
    """The front matter names format and kernel, and describes the page to search engines."""
    front: Any = page.notebook.metadata
    found = []
    if front.get("jupytext", {}).get("text_representation", {}).get("format_name") != "myst":
        found.append("front matter: jupytext: text_representation: format_name: myst is missing")
    if front.get("kernelspec", {}).get("name") != "python3":
        found.append("front matter: kernelspec: name: python3 is missing")
    return found + description(page)


def description(page: Page) -> list[str]:
    """The front matter holds a description and keywords."""
    meta = page.notebook.metadata.get("myst", {}).get("html_meta", {})
    return [
        f"front matter: myst: html_meta: {key} is missing or short"
        for key in ("description", "keywords")
        if len(str(meta.get(key, ""))) < 20
    ]


def label(page: Page) -> list[str]:
    """A label ``(sec-...)=`` stands on the line above the only title."""
    titles = re.findall(r"^# .*$", without_cells(page), re.M)
    found = [] if len(titles) == 1 else [f"one title is needed, found {titles}"]
    if not re.search(r"^\(sec-[a-z0-9-]+\)=\n# ", page.text, re.M):
        found.append("the line above the title must be a label such as (sec-norms)=")
    return found


def aims(page: Page) -> list[str]:
    """One tip box says what the reader can do afterwards."""
    boxes = [d for d in page.directives() if d.argument == "After this page you can"]
    if len(boxes) != 1 or boxes[0].options.get("class") != "tip":
        return ['one box "After this page you can" of class tip is needed']
    aims = re.findall(r"^- ", boxes[0].body, re.M)
    return [] if len(aims) >= 2 else ['"After this page you can" lists fewer than two aims']


def summary(page: Page) -> list[str]:
    """The section "Summary" consists of five numbered lines."""
    body = section(page, "Summary")
    if body is None:
        return ["the section Summary is missing"]
    numbers = re.findall(r"^(\d+)\. ", body, re.M)
    wanted = [str(i + 1) for i in range(LINES)]
    return (
        [] if numbers == wanted else [f"Summary: five numbered lines are needed, found {numbers}"]
    )


def sources(page: Page) -> list[str]:
    """Paragraphs lead to the source code and to further reading."""
    body = section(page, "Summary") or ""
    wanted = {"Read the source": r"\{py:\w+\}`", "Read next": r"\{cite:\w+\}`"}
    found = []
    for title, link in wanted.items():
        paragraph = re.search(rf"^\*\*{title}\*\*.*?(?=\n\n|\Z)", body, re.M | re.S)
        if paragraph is None:
            found.append(f"after the summary a paragraph **{title}** is missing")
        elif not re.search(link, paragraph[0]):
            found.append(f"**{title}** holds no link of the kind {link[:-2]}")
    return found


def section(page: Page, title: str) -> str | None:
    """Return what follows a heading of level two, up to the next one."""
    body = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", without_cells(page), re.M | re.S)
    return body[1] if body else None


def without_cells(page: Page) -> str:
    """Return the Markdown of a page: in code, a line may begin with # as well."""
    return "\n\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")


def index(page: Page) -> list[str]:
    """An index page tells what the reader can do after the chapter, and how long it takes."""
    found = description(page)
    if "After this chapter you can" not in page.text:
        found.append('"After this chapter you can" is missing')
    if not re.search(r"[Rr]eading time", page.text):
        found.append("the reading time is missing")
    return found


RULES = [metadata, label, aims, summary, sources]
