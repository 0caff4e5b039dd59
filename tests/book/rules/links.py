"""Rules of links and words: citations and names resolve, filler is left out."""

from __future__ import annotations

import importlib
import re

from tests.book.rules.page import Page
from tests.book.rules.prose import prose

CITED = re.compile(r"\{cite:\w+\}`([^`]+)`")
CODE_LINK = re.compile(r"\{py:(\w+)\}`([^`]+)`")
FILLER = re.compile(r"\b(simply|obviously|of course|it is easy to see)\b", re.I)


def cited(text: str) -> set[str]:
    """Return the keys that a text cites."""
    groups = [re.split(r"\s*,\s*", found.strip()) for found in CITED.findall(text)]
    return {key for group in groups for key in group}


def citations(page: Page, known: set[str]) -> list[str]:
    """Citations resolve in ``references.bib``."""
    return [f"{key} is not in references.bib" for key in sorted(cited(page.text) - known)]


def names(page: Page) -> list[str]:
    """Links to code lead to public names of the companion."""
    found = []
    for kind, target in CODE_LINK.findall(page.text):
        path = re.sub(r"^.*<(.*)>$", r"\1", target).lstrip("~").removesuffix("()")
        if kind != "mod" and not public(path):
            found.append(f"{path} is no public name of the companion")
    return found


def public(path: str) -> bool:
    """Tell whether ``companion.module.name`` stands in the module's ``__all__``."""
    module, _, name = path.rpartition(".")
    if not module.startswith("companion."):
        return False
    try:
        return name in importlib.import_module(module).__all__
    except (ImportError, AttributeError):
        return False


def filler(page: Page) -> list[str]:
    """Prose does without words that make the reader feel slow."""
    words = " ".join(prose(page, given=True).words.split())
    return [
        f"leave out {found[0]!r}: ... {words[max(0, found.start() - 30) : found.end() + 20]} ..."
        for found in FILLER.finditer(words)
    ]


RULES = [names, filler]
