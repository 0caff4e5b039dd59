"""Rules of notation: every letter of the mathematics stands on the notation page.

A symbol is a letter with its decoration (``\\bar``, ``\\hat``, bold ...); indices are ignored, and
so are primes. Functions (``\\sin``, ``\\operatorname{tr}``), words (``\\text``) and units
(``\\mathrm``) are no symbols; the d of a differential is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.book.rules.page import Page
from tests.book.rules.prose import prose, separate

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[^\s\\]", re.S)
GREEK = re.compile(
    r"\\(?:alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|(?:var)?kappa|lambda"
    r"|mu|nu|xi|(?:var)?pi|(?:var)?rho|(?:var)?sigma|tau|upsilon|(?:var)?phi|chi|psi|omega|ell"
    r"|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega)"
)
DECORATION = re.compile(
    r"\\(?:bar|hat|d{1,3}ot|tilde|vec|check|breve|overline|underline|widehat|widetilde"
    r"|bm|boldsymbol|math(?:bf|cal|bb|scr|frak))"
)
WORDS = re.compile(
    r"\\(?:text(?:bf|it|rm|tt)?|math(?:rm|tt|sf)|mbox|operatorname\*?|label|tag\*?|ref|eqref"
    r"|begin|end|color|[hv]space\*?)"
)
EVERY_CHAPTER = "every chapter"


def symbols(tex: str) -> set[str]:
    """Return the symbols in a piece of mathematics, such as ``{"x", r"\\hat{y}"}``."""
    return set(collect(TOKEN.findall(tex)))


def collect(tokens: list[str]) -> Iterator[str]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token == "_" or WORDS.fullmatch(token):
            group, position = argument(tokens, position)
            if token == "\\begin" and "".join(group) == "array":
                _, position = argument(tokens, position)  # its columns
        elif DECORATION.fullmatch(token):
            group, position = argument(tokens, position)
            inner = list(collect(group)) or [t for t in group if t.isdigit()]
            yield from (f"{token}{{{symbol}}}" for symbol in inner)
        elif token.isalpha() or GREEK.fullmatch(token):
            yield token


def argument(tokens: list[str], position: int) -> tuple[list[str], int]:
    """Return the next token or group in braces, and where it ends."""
    if position >= len(tokens):
        return [], position
    if tokens[position] != "{":
        size = 2 if DECORATION.fullmatch(tokens[position]) else 1
        return tokens[position : position + size], position + size
    depth = 0
    for end in range(position, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[end], 0)
        if depth == 0:
            return tokens[position + 1 : end], end + 1
    return tokens[position + 1 :], len(tokens)


def notation(text: str) -> dict[str, Counter[str]]:
    """Return the symbols of each section of the notation page, counted by table row."""
    sections: dict[str, Counter[str]] = {}
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.M | re.S):
        counted: Counter[str] = Counter()
        for row in re.findall(r"^\|([^|]*(?:\\\|[^|]*)*)\|", body, re.M):
            counted.update(set().union(*map(symbols, separate(row).maths), set()))
        sections[title.strip().lower()] = counted
    return sections


def unlisted(page: Page, text: str) -> list[str]:
    """Every symbol of a page stands in its chapter's section of the notation page, or in all's."""
    chapter = re.sub(r"^\d+-", "", page.name.split("/")[0]).replace("-", " ")
    sections = notation(text)
    known = {*sections.get(chapter, ()), *sections.get(EVERY_CHAPTER, ())}
    found: dict[str, str] = {}
    for tex in prose(page, given=True).maths:
        for symbol in sorted(symbols(tex) - known):
            found.setdefault(symbol, tex.strip())
    return [
        f"${symbol}$ is not on the notation page ({chapter}), as in ${tex}$"
        for symbol, tex in found.items()
    ]


def ambiguous(text: str) -> list[str]:
    """On the notation page, a symbol has one row in a section."""
    return [
        f"${symbol}$ has {rows} rows in the section {section}"
        for section, counted in notation(text).items()
        for symbol, rows in counted.items()
        if rows > 1
    ]
