"""Make the cells of a notebook from a page: plain Markdown, captions, folded solutions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from pybtex.database import parse_file
from pybtex.richtext import Text

from tools.layout import ROOT, pages, repository_url, section_number, site_url
from tools.myst_plain import Label, Plain
from tools.myst_roles import ANY

CHECKED = "nbval-check-output"
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
SETUP = """\
# On Colab: install the book's package. Elsewhere this cell does nothing.
import sys

if "google.colab" in sys.modules:
    import subprocess

    source = "git+{url}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""
GATE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{solution-(?P<kind>start|end)\}[ \t]*(?P<of>\S*)"
    r"[^`]*?^(?P=fence)[ \t]*$",
    re.MULTILINE,
)


class Values(dict[str, str]):
    """Glued values of a page that has not been executed: anything may stand there."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return ANY


def citations() -> dict[str, tuple[str, str]]:
    """Return authors and year of every entry in ``references.bib``."""
    found = {}
    for key, entry in parse_file(str(ROOT / "references.bib")).entries.items():
        names = [str(Text.from_latex(" ".join(p.last_names))) for p in entry.persons["author"]]
        shown = names[0] if len(names) == 1 else f"{names[0]} and {names[1]}"
        found[key] = (f"{names[0]} et al." if len(names) > 2 else shown, entry.fields["year"])
    return found


def plain(page: Path, labels: dict[str, Label], **options: Any) -> Plain:
    """Return the rewriter of one page."""
    url = f"{site_url()}/{page.relative_to(ROOT).with_suffix('.html').as_posix()}"
    number = ".".join(map(str, section_number(page)))
    return Plain(url, number, labels, **options)


def all_labels(cited: dict[str, tuple[str, str]]) -> dict[str, Label]:
    """Return what every label of the book leads to; page addresses lead to page titles."""
    labels: dict[str, Label] = {}
    for page in pages():
        source = jupytext.read(page, fmt="md:myst")
        # What the interface page holds is for Sphinx alone: only its title can be referred to.
        cells = [] if page.name == "api.md" else source.cells
        rewriter = plain(page, labels, values=Values(), citations=cited, strict=False)
        rewrite_cells(rewriter, cells)
        title = re.search(r"^# (.*)$", page.read_text("utf8"), re.MULTILINE)
        labels[rewriter.url] = Label(title[1] if title else page.stem, rewriter.url)
    return labels


def rewrite_cells(rewriter: Plain, cells: list[Any]) -> list[Any]:
    """Return the cells of the notebook: Markdown rewritten, captions added, solutions folded."""
    made: list[Any] = []
    solution = ""
    for cell in cells:
        if cell.cell_type == "code":
            made += code_cells(rewriter, cell, bool(solution))
            continue
        for text, title in split_at_solutions(rewriter, cell.source, solution):
            solution = title
            if text.strip():
                made.append(nbformat.v4.new_markdown_cell(text))
    return made


def split_at_solutions(rewriter: Plain, source: str, solution: str) -> list[tuple[str, str]]:
    """Return (text, title of the solution that is open after it) for each part of a cell.

    The text of a solution is folded; its code cells follow as cells of their own, collapsed.
    """
    parts = []
    position = 0
    for gate in GATE.finditer(source):
        parts.append((folded(rewriter, source[position : gate.start()], solution), solution))
        if gate["kind"] == "start":
            known = rewriter.labels.get(gate["of"])
            solution = f"Solution to {known.text.lower()}" if known else "Solution"
            if not source[gate.end() :].strip():  # a cell follows at once
                parts.append((f"**{solution}** (open the cell below)", solution))
        else:
            solution = ""
        position = gate.end()
    parts.append((folded(rewriter, source[position:], solution), solution))
    return [*parts[:-1], (parts[-1][0], solution)]


def folded(rewriter: Plain, source: str, solution: str) -> str:
    """Rewrite a part of a cell, inside a block that opens on a click when it is a solution."""
    text = rewriter.rewrite(source)
    if not solution or not text.strip():
        return text
    return f"<details>\n<summary>{solution}</summary>\n\n{text}\n\n</details>"


def code_cells(rewriter: Plain, cell: Any, in_solution: bool) -> list[Any]:
    """Return a code cell, collapsed where the site hides it, and the caption of its figure."""
    tags = cell.metadata.get("tags", [])
    kept = [tag for tag in tags if tag.startswith("nbval-") or tag == "raises-exception"]
    metadata: dict[str, Any] = {"tags": kept} if kept else {}
    if in_solution or HIDDEN & set(tags):
        metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
    made = [nbformat.v4.new_code_cell(cell.source, metadata=metadata)]
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if figure.get("caption"):
        caption = rewriter.caption(figure["caption"], figure.get("name"))
        made.append(nbformat.v4.new_markdown_cell(caption))
    return made


def assemble(
    page: Path, labels: dict[str, Label], cited: dict[str, tuple[str, str]], values: Any
) -> Any:
    """Return the notebook of a page, not executed."""
    source = jupytext.read(page, fmt="md:myst")
    rewriter = plain(page, dict(labels), values=values, citations=cited)
    cells = rewrite_cells(rewriter, source.cells)
    link = f"*This is the notebook of [a page of the book]({rewriter.url}).*"
    first, _, rest = cells[0].source.partition("\n")
    cells[0].source = f"{first}\n\n{link}\n{rest}".rstrip("\n")
    cells.insert(1, nbformat.v4.new_code_cell(SETUP.format(url=repository_url())))
    cells[1].metadata = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    for number, cell in enumerate(cells):
        cell.id = f"{page.stem}-{number:03d}"[-64:]
        cell.source = cell.source.strip("\n")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
