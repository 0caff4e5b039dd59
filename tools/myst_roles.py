"""Rewrite MyST roles and links: each becomes text, with a link to the site where it leads on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROLE = re.compile(
    r"\{(?P<role>[A-Za-z][\w:+.-]*:?)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)(?!`)", re.DOTALL
)
WITH_TITLE = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^>]+)>$", re.DOTALL)
LINK = re.compile(r"(?<!!)\[(?P<title>[^\]\n]*(?:\n[^\]\n]+)?)\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"(?<![`}])(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
TAGS = {"sub": "sub", "sup": "sup", "subscript": "sub", "superscript": "sup", "kbd": "kbd"}
ANY = "\uffff"  # stands for a glued value, where nothing is executed


@dataclass
class Roles:
    """Rewrites the roles of one page; what it cannot resolve raises when ``strict``."""

    url: str
    labels: Mapping[str, Any]
    values: Mapping[str, str]
    citations: Mapping[str, tuple[str, str]]
    strict: bool = True

    def __call__(self, text: str) -> str:
        """Return the text with every role and every link to a page rewritten, code untouched."""
        kept: list[str] = []

        def keep(found: re.Match[str]) -> str:
            kept.append(found[0])
            return f"\0{len(kept) - 1}\0"

        text = CODE.sub(keep, ROLE.sub(self.role, text))
        text = LINK.sub(self.link, text)
        return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], text)

    def role(self, found: re.Match[str]) -> str:
        name, text = found["role"].rstrip(":"), " ".join(found["text"].split())
        titled = WITH_TITLE.match(text)
        title, target = (titled["title"], titled["target"]) if titled else ("", text)
        if name.startswith("glue"):
            return self.value(target)
        if name.startswith("cite"):
            return self.cite(name, target)
        if name in TAGS:
            return f"<{TAGS[name]}>{text}</{TAGS[name]}>"
        if name.startswith("py:"):
            return self.interface(title, target)
        if name == "math":
            return f"${text}$"
        if name in ("eq", "ref", "numref", "prf:ref"):
            return self.reference(title, target)
        if name == "doc":
            return self.page(title, target)
        if name == "term":
            return f"[{title or target}]({self.site}/reference/glossary.html#term-{slug(target)})"
        if name == "download":
            return f"[{title or target}]({target})"
        if name in ("abbr", "guilabel", "command", "file", "code"):
            return f"`{text}`" if name == "code" else (title or text)
        raise ValueError(f"no rule for the role {{{name}}} in a plain notebook")

    @property
    def site(self) -> str:
        """The address of the site: what stands before the chapters and reference folders."""
        return re.split(r"/(?:chapters|reference)/|/index\.html", self.url)[0]

    def missing(self, what: str) -> str:
        if self.strict:
            raise ValueError(f"{self.url}: {what} is not known")
        return what

    def value(self, text: str) -> str:
        """Return a glued value, with the format that ``{glue:text}`` may give after a colon."""
        key, _, form = text.partition(":")
        if key not in self.values:
            return self.missing(f"the glued value {key}")
        value = self.values[key]
        return format(float(value), form) if form and value != ANY else value

    def cite(self, name: str, keys: str) -> str:
        found = []
        for key in keys.split(","):
            if key.strip() not in self.citations:
                return self.missing(f"the citation {key.strip()}")
            authors, year = self.citations[key.strip()]
            found.append(f"{authors} ({year})" if name == "cite:t" else f"{authors}, {year}")
        shown = ", ".join(found) if name == "cite:t" else f"({'; '.join(found)})"
        return f"[{shown}]({self.site}/reference/bibliography.html)"

    def reference(self, title: str, target: str) -> str:
        if target not in self.labels:
            return self.missing(f"the label {target}")
        label = self.labels[target]
        number = label.text.rsplit(" ", 1)[-1]
        shown = title.replace("%s", number).replace("{number}", number)
        return f"[{(shown or label.text).replace('{name}', label.text)}]({label.url})"

    def interface(self, title: str, target: str) -> str:
        path = target.lstrip("~")
        shown = title or (path.rsplit(".", 1)[-1] if target.startswith("~") else path)
        return f"[`{shown}`]({self.site}/reference/api.html#{path})"

    def page(self, title: str, target: str) -> str:
        return f"[{title or self.title(target)}]({self.address(target)})"

    def title(self, target: str) -> str:
        """Return a page's title; pages are known under their address."""
        known = self.labels.get(self.address(target))
        return known.text if known else self.missing(f"the page {target}")

    def address(self, target: str) -> str:
        """Return where the site shows a page named relative to this one, or from the root."""
        if target.startswith("/"):
            return f"{self.site}{target}.html"
        parts = self.url.split("/")[:-1]
        for step in target.removesuffix(".md").split("/"):
            parts = parts[:-1] if step == ".." else parts if step == "." else [*parts, step]
        return "/".join(parts) + ".html"

    def link(self, found: re.Match[str]) -> str:
        """Rewrite ``[text](page.md#part)`` and ``[text](#label)``; other links stay."""
        title, target = found["title"], found["target"]
        path, _, anchor = target.partition("#")
        if target.startswith("#"):
            return self.reference(title, anchor)
        if path.endswith(".md") and "://" not in path:
            shown = title or self.title(path)
            return f"[{shown}]({self.address(path)}{'#' + anchor if anchor else ''})"
        return found[0] if title else self.reference("", target)


def slug(term: str) -> str:
    """Return the anchor of a glossary term."""
    return re.sub(r"[^A-Za-z0-9]+", "-", term).strip("-")
