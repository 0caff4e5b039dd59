"""Sphinx glue of the book: what no configuration value offers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

LITERAL = re.compile(r"(``.+?``)")
ENTRY = re.compile(r"^(\w[\w, *]*) : (.*)$")
CLOSING = re.compile(r"Mirrors |Proven equal to |Book: ")
PAGE = re.compile(r"^Book: (chapters/\S+|reference/\S+)")
CHAPTER = re.compile(r"chapters/(\d+)-[^/]+/")


def drop_thebe(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Remove sphinx-thebe's scripts: registered twice, they raise an error on every page."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "thebe" not in f"{script} {getattr(script, 'attributes', {}).get('body', '')}"
    ]


def name_for_screen_readers(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    """Name what the theme, docutils and pandas leave nameless or give a role that is no more."""
    if "body" in context:
        body = context["body"].replace(' role="doc-biblioentry"', ' role="listitem"')
        context["body"] = body.replace("<th></th>", "<td></td>")  # the corner of a data frame
    if make := context.get("generate_toctree_html"):
        named = '<summary aria-label="Pages of this chapter">'
        context["generate_toctree_html"] = lambda *a, **k: str(make(*a, **k)).replace(
            "<summary>", named
        )


def number_by_folder(collector: TocTreeCollector, env: Any) -> list[str]:
    """Number pages chapter.page: the folder's number, and the page's place in the chapter.

    Sphinx counts the chapters that are written so far, and counts sections of a chapter's index
    page together with the pages below it.
    """
    changed = TocTreeCollector.assign_section_numbers(collector, env)
    for page, numbers in env.toc_secnumbers.items():
        if found := CHAPTER.match(page):
            siblings = env.toctree_includes.get(found[0] + "index", [])
            place = siblings.index(page) + 1 if page in siblings else 0
            for anchor, number in numbers.items():
                numbers[anchor] = renumber(int(found[1]), place, number)
            titles = [env.titles[page], env.longtitles[page]]
            for node in [*titles, *env.tocs[page].findall(nodes.reference)]:
                node["secnumber"] = renumber(int(found[1]), place, node.get("secnumber"))
    return changed


def renumber(chapter: int, place: int, number: Any) -> tuple[int, ...] | None:
    """Return chapter.page.section; on the index page (place 0) only the title has a number."""
    if not number or (not place and len(number) > 1):
        return None
    return (chapter, place, *number[2:]) if place else (chapter,)


def dress_docstring(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Lay out the book's docstrings for napoleon, and link their pages.

    ``name : text`` keeps the text below the name, two empty lines end the last section, and bars
    are those of norms.
    """
    dressed: list[str] = []
    in_section = False
    for line in lines:
        in_section = in_section or line.startswith("---")
        parts = LITERAL.split(line)
        parts[::2] = [part.replace("|", "\\|") for part in parts[::2]]
        line = "".join(parts)
        if CLOSING.match(line):
            dressed += ["", ""]
            line = PAGE.sub(r"Book: :doc:`/\1`", line)
        entry = ENTRY.match(line) if in_section else None
        dressed += [entry[1], "    " + entry[2]] if entry else [line]
    lines[:] = dressed


def offer_plain_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Let the download button give the notebook beside the page, not the build's own."""
    sources = Path(app.outdir) / "_sources"
    for offered in sources.rglob("*.ipynb"):
        beside = Path(app.srcdir) / offered.relative_to(sources)
        if beside.exists():
            shutil.copyfile(beside, offered)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", name_for_screen_readers, priority=900)
    app.connect("autodoc-process-docstring", dress_docstring, priority=100)  # before napoleon
    app.connect("build-finished", offer_plain_notebooks)
    # sphinx-external-toc renumbers once more, for styles that the book does not use.
    TocTreeCollectorWithStyles.assign_section_numbers = number_by_folder
    return {"parallel_read_safe": True, "parallel_write_safe": True}
