"""Separate the words of a page from its mathematics, code and markup."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.book.rules.page import Page, figure

FENCED_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,})(?!\{)[^\n]*\n.*?^[ \t]*\1[ \t]*$", re.M | re.S)
FENCED_MATH = re.compile(r"^[ \t]*(`{3,}|:{3,})\{math\}([^\n]*\n.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
GIVEN = re.compile(r"^%[ \t]*given[ \t]*\n(?:(?!\n)[^\n]*\n?)+", re.M)
COMMENT = re.compile(r"^%[^\n]*$|<!--.*?-->", re.M | re.S)
FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}|:{3,})(?:\{[^}\n]*\})?", re.M)
OPTION = re.compile(r"^[ \t]*:[\w-]+:[^\n]*$", re.M)
TARGET = re.compile(r"^\([^)\s]+\)=[ \t]*$", re.M)
SPAN = re.compile(r"(\{[\w:.+-]+\})?(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.S)
DISPLAY = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$(?:[ \t]*\([^)\s]+\))?", re.S)
INLINE = re.compile(r"(?<!\\)\$([^$]+?)(?<!\\)\$")
LINK = re.compile(r"\]\([^)\s]*\)|<https?://[^>]*>")


@dataclass(frozen=True)
class Prose:
    """The words of a page, and the TeX of its mathematics piece by piece."""

    words: str
    maths: list[str]


def separate(text: str, *, given: bool = False) -> Prose:
    """Cut a Markdown text; paragraphs below a line ``% given`` stay in only if asked for."""
    maths: list[str] = []

    def keep(tex: str) -> str:
        maths.append(tex)
        return " "

    text = FENCED_CODE.sub("", text + "\n")
    text = text if given else GIVEN.sub("", text)
    text = COMMENT.sub("", text)
    text = FENCED_MATH.sub(lambda m: keep(OPTION.sub("", m[2])), text)
    text = OPTION.sub("", FENCE.sub("", TARGET.sub("", text)))
    text = SPAN.sub(lambda m: keep(m[3]) if m[1] == "{math}" else " ", text)
    text = DISPLAY.sub(lambda m: keep(m[1]), text)
    text = INLINE.sub(lambda m: keep(m[1]), text)
    return Prose(LINK.sub("] ", text), maths)


def prose(page: Page, *, given: bool = False) -> Prose:
    """Return the words and the mathematics of a page, captions of figures included."""
    texts = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    texts += [figure(cell).get("caption", "") for cell in page.code]
    parts = [separate(text, given=given) for text in texts]
    return Prose(
        "\n\n".join(part.words for part in parts), [tex for part in parts for tex in part.maths]
    )
