"""Rules of code cells: imports first, one seed, short, and nothing from outside."""

from __future__ import annotations

import ast
import re

from tests.book.rules.page import Page, summary, tags

WIDTH = 78  # characters of the page's column
LINES = 16
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
URL = re.compile(r"\b(?:https?|ftp)://")
MAGIC = re.compile(r"^\s*[!%]", re.M)
ABSOLUTE = re.compile(r"(?:/|~/|[A-Za-z]:[\\/])[\w.]")


def python(page: Page) -> list[str]:
    """Every cell is plain Python: no shell, no magic."""
    found = []
    for cell in page.code:
        if MAGIC.search(cell.source):
            found.append(f"no ! and no %: {summary(cell)}")
            continue
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            found.append(f"not Python ({error.msg}): {summary(cell)}")
    return found


def imports(page: Page) -> list[str]:
    """The first code cell holds all imports."""
    found = []
    for cell, tree in page.trees():
        has = any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree))
        if cell is page.code[0] and not has:
            found.append("the first code cell must hold the imports")
        if cell is not page.code[0] and has:
            found.append(f"imports belong into the first code cell: {summary(cell)}")
    return found


def seed(page: Page) -> list[str]:
    """``random_state``, where it is used, is given a number once."""
    given = used = 0
    for _, tree in page.trees():
        inner = {
            id(a) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for a in ast.walk(f)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "random_state" and id(node) not in inner:
                given += isinstance(node.ctx, ast.Store)
                used += isinstance(node.ctx, ast.Load)
    if given > 1 or (used and not given):
        return [f"random_state must be defined once, found {given} definitions"]
    return []


def outside(page: Page) -> list[str]:
    """No cell names an address of the network or an absolute path."""
    found = [f"no URL in cells: {summary(cell)}" for cell in page.code if URL.search(cell.source)]
    for _, tree in page.trees():
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        paths = [t for t in texts if isinstance(t, str) and ABSOLUTE.match(t)]
        found += [f"no absolute path in cells: {path!r}" for path in paths]
    return found


def width(page: Page) -> list[str]:
    """Lines of code fit into the column of the page."""
    return [
        f"{len(line)} characters, {WIDTH} fit: {line.strip()}"
        for cell in page.code
        for line in cell.source.split("\n")
        if len(line) > WIDTH
    ]


def length(page: Page) -> list[str]:
    """Visible cells are short; drawing code is folded."""
    return [
        f"{cell.source.count(chr(10)) + 1} lines, at most {LINES} unless hidden: {summary(cell)}"
        for cell in page.code
        if cell.source.count("\n") >= LINES and not tags(cell) & FOLDED
    ]


RULES = [python, imports, seed, outside, width, length]
