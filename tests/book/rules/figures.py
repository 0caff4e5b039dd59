"""Rules of figures: name, caption, one output, and a true description for who does not see it."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from html import unescape
from typing import Any

from tests.book.rules.page import Page, figure, summary

LEAST_ALT = 20
DRAWN = {"show", "sweep"}


def calls(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    """Return the calls of functions with one of the names, as ``name()`` or ``module.name()``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            name = function.id if isinstance(function, ast.Name) else name
            if name in names:
                found.append(node)
    return found


def drawings(tree: ast.AST) -> list[ast.Call]:
    """Return the calls of ``plotting.show`` and ``sweep``; ``plt.show`` is none."""
    return [c for c in calls(tree, DRAWN) if ast.unparse(c.func) not in ("plt.show", "fig.show")]


def captions(page: Page) -> list[str]:
    """A cell that draws has a name, a caption and one drawing, and makes no claim."""
    found = []
    for cell, tree in page.trees():
        shown = drawings(tree)
        if not shown:
            continue
        meta = figure(cell)
        if not str(meta.get("name", "")).startswith("fig-"):
            found.append(f"mystnb: figure: name: fig-... is missing: {summary(cell)}")
        if len(str(meta.get("caption", ""))) < LEAST_ALT:
            found.append(f"mystnb: figure: caption is missing: {summary(cell)}")
        if len(shown) > 1:
            found.append(f"one figure a cell: {summary(cell)}")
        if calls(tree, {"claim"}):
            found.append(f"a claim would land in the figure: {summary(cell)}")
    return found


def unique(page: Page) -> list[str]:
    """Names of figures and labels of sweeps occur once."""
    names = [figure(cell)["name"] for cell in page.code if figure(cell).get("name")]
    labels = [sweep_label(c) for _, tree in page.trees() for c in calls(tree, {"sweep"})]
    counted = Counter([*names, *labels])
    return [f"{name!r} names two figures or sweeps" for name, n in counted.items() if n > 1]


def sweep_label(call: ast.Call) -> str:
    """Return the label of a sweep: given, else the names of its parameters."""
    given = [k.value for k in call.keywords if k.arg == "label"]
    if given and isinstance(given[0], ast.Constant):
        return f"sweep {given[0].value}"
    keys = call.args[1].keys if len(call.args) > 1 and isinstance(call.args[1], ast.Dict) else []
    return "sweep " + "-".join(ast.unparse(key).strip("'") for key in keys if key)


def typed_alts(page: Page) -> list[str]:
    """Decimal numbers in a description come from variables."""
    found = []
    for _, tree in page.trees():
        for call in drawings(tree):
            alts = [k.value for k in call.keywords if k.arg == "alt"] + call.args[1:2]
            found += [
                f"a typed number in alt: {t!r}" for a in alts for t in literals(a) if typed(t)
            ]
    return found


def literals(node: ast.expr) -> list[str]:
    """Return the text of a string, without what stands in braces."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    constants = [part.value for part in parts if isinstance(part, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def typed(text: str) -> bool:
    return re.search(r"\d\.\d", text) is not None


def shown_once(page: Page) -> list[str]:
    """A cell that draws displays one thing, and every picture comes from such a cell."""
    found = []
    for cell, tree in page.trees():
        outputs = cell.get("outputs", [])
        if drawings(tree) and len(outputs) != 1:
            found.append(f"{len(outputs)} outputs instead of one figure: {summary(cell)}")
        pictures = [o for o in outputs if set(o.get("data", {})) & {"image/png", "image/svg+xml"}]
        if pictures and not drawings(tree):
            found.append(f"show figures with plotting.show or sweep: {summary(cell)}")
    return found


def described(page: Page) -> list[str]:
    """Every displayed picture has a description of at least 20 characters."""
    found = []
    for cell, tree in page.trees():
        if not drawings(tree):
            continue
        alts = [alt for output in cell.get("outputs", []) for alt in alts_of(output)]
        if not alts:
            found.append(f"no picture with alt text: {summary(cell)}")
        found += [f"alt is too short: {alt!r}" for alt in alts if len(alt.strip()) < LEAST_ALT]
    return found


def alts_of(output: Any) -> list[str]:
    """Return the descriptions in an output: of its image, and of every frame of a sweep."""
    html = output.get("data", {}).get("text/html", "")
    images = re.findall(r"<img\b[^>]*>", html)
    alts = [re.search(r'\balt="([^"]*)"', image) for image in images]
    texts = [unescape(alt[1]) if alt else "" for alt in alts]
    for data in re.findall(r'<script type="application/json">(.*?)</script>', html, re.S):
        texts += json.loads(data).get("alts", [])
    return texts


RULES = [captions, unique, typed_alts]
EXECUTED = [shown_once, described]
