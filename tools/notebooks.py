"""Write the notebook beside each page: for JupyterLab, Binder, Colab, GitHub and nbval.

``page.md`` is the only source. ``page.ipynb`` is made from it, byte for byte the same each time:
plain Markdown, stable cell ids, outputs only where the tests compare them. ``--check`` runs nothing
and tells which notebooks no longer fit their page.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tools.layout import ROOT, executed_pages
from tools.myst_plain import Label
from tools.myst_roles import ANY
from tools.notebook_cells import CHECKED, Values, all_labels, assemble, citations

Labels = dict[str, Label]
Citations = dict[str, tuple[str, str]]
GLUE = "application/papermill.record/"


def execute(notebook: Any, folder: Path) -> dict[str, str]:
    """Run a notebook with corner frames only, in place, and return the values it glued."""
    quiet = ["--IPKernelApp.log_level=40"]
    NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": folder}}, extra_arguments=quiet
    ).execute()
    values = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            data = output.get("data", {})
            text = data.get(GLUE + "text/plain", data.get("text/plain"))
            if name and text is not None:
                values[name] = text.strip("'\"")
    return values


def strip_outputs(notebook: Any) -> None:
    """Keep the text of the cells whose output the tests compare, and nothing that changes."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        keep = CHECKED in cell.metadata.get("tags", [])
        cell.execution_count = count if keep else None
        cell.outputs = [text_only(o, count) for o in cell.outputs if keep and has_text(o)]
        cell.metadata.pop("execution", None)


def has_text(output: Any) -> bool:
    return output.output_type == "stream" or "text/plain" in output.get("data", {})


def text_only(output: Any, count: int) -> Any:
    """Return an output with its text alone."""
    if output.output_type == "stream":
        return nbformat.v4.new_output("stream", name=output.name, text=output.text)
    counted = {"execution_count": count} if output.output_type == "execute_result" else {}
    data = {"text/plain": output.data["text/plain"]}
    return nbformat.v4.new_output(output.output_type, data=data, **counted)


def render(page: Path, labels: Labels, cited: Citations) -> str:
    """Return the text of the notebook of a page, executed."""
    notebook = assemble(page, labels, cited, Values())
    values = execute(notebook, page.parent)
    strip_outputs(notebook)
    texts = assemble(page, labels, cited, values)
    for cell, final in zip(notebook.cells, texts.cells, strict=True):
        cell.source = final.source
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook, version=4)}\n"


def write(page: Path, text: str) -> None:
    """Replace the notebook of a page, whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=page.parent, delete=False, encoding="utf8") as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, page.with_suffix(".ipynb"))


def drift(page: Path, labels: Labels, cited: Citations) -> list[str]:
    """Return the lines in which a notebook differs from what its page would give; runs nothing."""
    path = page.with_suffix(".ipynb")
    if not path.exists():
        return [f"{path.relative_to(ROOT)} is missing"]
    stored = nbformat.read(path, as_version=4)
    fresh = assemble(page, labels, cited, Values())
    return differences(view(fresh), view(stored))


def view(notebook: Any) -> list[str]:
    """Return what the page decides about its notebook, as lines."""
    lines = []
    for cell in notebook.cells:
        tags = ", ".join(f"{key}: {value}" for key, value in sorted(cell.metadata.items()))
        lines += [f"--- {cell.id} {cell.cell_type} {tags}", *cell.source.split("\n")]
    return lines


def differences(fresh: list[str], stored: list[str]) -> list[str]:
    """Compare line by line; a glued value may be anything."""
    known = [as_stored(line, at, stored) for at, line in enumerate(fresh)]
    return list(difflib.unified_diff(stored, known, "notebook", "page", n=0))


def as_stored(line: str, at: int, stored: list[str]) -> str:
    """Return the nearest stored line that a line with unknown values can stand for, if any."""
    if ANY not in line:
        return line
    pattern = re.compile(".+?".join(map(re.escape, line.split(ANY))))
    fitting = [(abs(at - n), old) for n, old in enumerate(stored) if pattern.fullmatch(old)]
    return min(fitting)[1] if fitting else line.replace(ANY, "(value)")


def check_all(wanted: list[Path], labels: Labels, cited: Citations) -> bool:
    """Print how the notebooks differ from their pages, and tell whether all fit."""
    found = {page: drift(page, labels, cited) for page in wanted}
    for page, lines in found.items():
        if lines:
            print(f"{page.relative_to(ROOT)} and its notebook differ:", *lines[:20], sep="\n  ")
    return not any(found.values())


def write_all(wanted: list[Path], labels: Labels, cited: Citations) -> bool:
    """Execute and write the notebooks, two at a time, and tell whether all could be written."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["COMPANION_SWEEP"] = "corners"
    good = True
    with ThreadPoolExecutor(2) as pool:
        running = {pool.submit(render, page, labels, cited): page for page in wanted}
        for future in as_completed(running):
            name = running[future].relative_to(ROOT).with_suffix(".ipynb")
            try:
                text = future.result()
            except Exception as error:  # a cell that raises, a role without a rule
                print(f"{name} could not be written: {error}", flush=True)
                good = False
                continue
            write(running[future], text)
            print(f"wrote {name} ({len(text):,} characters)", flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; run and write nothing")
    parser.add_argument("pages", nargs="*", type=Path, help="these pages only; default: all")
    arguments = parser.parse_args()
    wanted = [page.resolve() for page in arguments.pages] or executed_pages()
    cited = citations()
    work = check_all if arguments.check else write_all
    return 0 if work(wanted, all_labels(cited), cited) else 1


if __name__ == "__main__":
    sys.exit(main())
