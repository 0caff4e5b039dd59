"""Sphinx glue of the book: two repairs that no configuration value offers."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER = re.compile(r"chapters/(\d+)-")


def drop_thebe(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Remove sphinx-thebe's scripts: registered twice, they raise an error on every page."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "thebe" not in f"{script} {getattr(script, 'attributes', {}).get('body', '')}"
    ]


def number_by_folder(collector: TocTreeCollector, env: Any) -> list[str]:
    """Give chapters the number of their folder, however many of them are written yet."""
    changed = TocTreeCollector.assign_section_numbers(collector, env)
    for page, numbers in env.toc_secnumbers.items():
        if found := CHAPTER.match(page):
            chapter = int(found[1])
            for anchor, number in numbers.items():
                numbers[anchor] = (chapter, *number[1:])
            titles = [env.titles[page], env.longtitles[page]]
            for node in [*titles, *env.tocs[page].findall(nodes.reference)]:
                if "secnumber" in node:
                    node["secnumber"] = (chapter, *node["secnumber"][1:])
    return changed


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", drop_thebe, priority=900)
    # sphinx-external-toc renumbers once more, for styles that the book does not use.
    TocTreeCollectorWithStyles.assign_section_numbers = number_by_folder
    return {"parallel_read_safe": True, "parallel_write_safe": True}
