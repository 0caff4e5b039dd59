"""The reference: every public name is described, every term defined once."""

from __future__ import annotations

import importlib
import inspect
import re

import companion
from tests.book.rules.page import written
from tools.layout import ROOT
from tools.myst_blocks import Directive, blocks

REFERENCE = ROOT / "reference"


def test_every_public_name_is_on_the_interface_page() -> None:
    """``automodule`` lists documented functions and classes; data need a line of their own."""
    text = (REFERENCE / "api.md").read_text("utf8")
    listed = set(re.findall(r"auto(?:module|data|function|class):: (companion[\w.]+)", text))
    missing = []
    for module in companion.__all__:
        loaded = importlib.import_module(f"companion.{module}")
        for name in loaded.__all__:
            thing = getattr(loaded, name)
            described = inspect.isroutine(thing) or inspect.isclass(thing)
            by_module = described and f"companion.{module}" in listed and bool(thing.__doc__)
            if not by_module and f"companion.{module}.{name}" not in listed:
                missing.append(f"companion.{module}.{name}")
    assert missing == []


def test_terms_of_the_glossary_are_sorted_and_unique() -> None:
    parts = blocks((REFERENCE / "glossary.md").read_text("utf8"))
    glossary = next(p for p in parts if isinstance(p, Directive) and p.name == "glossary")
    terms = re.findall(r"^(\S.*)$", glossary.body, re.MULTILINE)
    assert len(terms) >= 40
    assert terms == sorted(terms, key=str.lower)
    assert len(set(terms)) == len(terms)


def test_written_reference_pages_are_more_than_a_title() -> None:
    for name in ("api", "bibliography", "glossary", "notation"):
        assert written((REFERENCE / f"{name}.md").read_text("utf8")), name
