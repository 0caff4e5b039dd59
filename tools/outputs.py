"""Read what the pages printed when they ran: outputs from the cache, and the claims among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from myst_nb.core.read import myst_nb_reader_plugin

from companion.claims import RECORD
from tools.execute import CACHE


def executed(page: Path, cache: Path = CACHE) -> Any:
    """Return the notebook of a page with its outputs.

    Raises ``LookupError`` when the page has not run since its cells last changed.
    """
    notebook = myst_nb_reader_plugin(str(page))
    if cache.exists():
        try:
            return get_cache(str(cache)).merge_match_into_notebook(notebook)[1]
        except KeyError:
            pass
    raise LookupError(f"{page.name} has no outputs that fit its cells: run make book first")


def claims(notebook: Any) -> list[dict[str, str]]:
    """Return the records of all claims of an executed page, in order."""
    return [
        dict(output.metadata[RECORD])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if RECORD in output.get("metadata", {})
    ]
