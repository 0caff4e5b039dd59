"""Cut MyST Markdown into plain text, code listings and directives."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

OPENING = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)$")
NAME = re.compile(r"^\s*\{(?P<name>[^}]+)\}\s*(?P<argument>.*)$")
OPTION = re.compile(r"^:([\w-]+):(?:\s+(.*))?$")


@dataclass(frozen=True)
class Text:
    """Lines outside every directive, or a code listing (``verbatim``)."""

    text: str
    verbatim: bool = False


@dataclass(frozen=True)
class Directive:
    """``{name} argument`` with its options and its body, dedented."""

    name: str
    argument: str
    body: str
    options: dict[str, str] = field(default_factory=dict)
    indent: str = ""


def blocks(text: str) -> Iterator[Text | Directive]:
    """Yield the parts of a Markdown text in order; a directive's body is not cut further."""
    lines = text.split("\n")
    plain: list[str] = []
    position = 0
    while position < len(lines):
        opening = OPENING.match(lines[position])
        if not opening:
            plain.append(lines[position])
            position += 1
            continue
        if plain:
            yield Text("\n".join(plain))
            plain = []
        end = closing(lines, position, opening["fence"])
        yield block(opening, lines[position : end + 1])
        position = end + 1
    if plain:
        yield Text("\n".join(plain))


def closing(lines: list[str], start: int, fence: str) -> int:
    """Return the line that closes the fence opened in line ``start``."""
    pattern = re.compile(rf"^\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    for number in range(start + 1, len(lines)):
        if pattern.match(lines[number]):
            return number
    raise ValueError(f"no closing {fence} for: {lines[start].strip()}")


def block(opening: re.Match[str], lines: list[str]) -> Text | Directive:
    """Return one fenced block as a directive, or unchanged when it is a code listing."""
    named = NAME.match(opening["info"])
    if not named:
        return Text("\n".join(lines), verbatim=True)
    inside = textwrap.dedent("\n".join(lines[1:-1]))
    options, body = split_options(inside)
    argument = named["argument"].strip()
    return Directive(named["name"], argument, body, options, opening["indent"])


def split_options(inside: str) -> tuple[dict[str, str], str]:
    """Return a directive's options (``:key: value`` lines or a YAML block) and its body."""
    if inside.startswith("---\n"):
        head, _, body = inside[4:].partition("\n---")
        loaded = yaml.safe_load(head) or {}
        return {str(k): str(v) for k, v in loaded.items()}, body.strip("\n")
    options = {}
    lines = inside.split("\n")
    while lines and (found := OPTION.match(lines[0])):
        options[found[1]] = (found[2] or "").strip()
        lines.pop(0)
    return options, "\n".join(lines).strip("\n")
