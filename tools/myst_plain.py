"""Rewrite MyST Markdown so that a plain notebook (JupyterLab, Colab, GitHub) shows it well.

Directives become headed blocks, numbered things keep the numbers of the site, and references
become links to the site. What has no rule here raises an error: nothing is left over by accident.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.myst_blocks import Directive, blocks
from tools.myst_roles import Roles

TARGET = re.compile(r"^\(([^)\s]+)\)=[ \t]*$", re.MULTILINE)
HEADING = re.compile(r"^(#{1,6})\s+(.*)$", re.MULTILINE)
DOLLARS = re.compile(
    r"^([ \t]*)\$\$(.+?)\$\$[ \t]*(?:\(([^)\s]+)\))?[ \t]*$", re.MULTILINE | re.DOTALL
)
BOXES = {"note", "tip", "hint", "important", "warning", "caution", "attention", "seealso", "danger"}
WITHOUT_NUMBER = {"proof"}
DROPPED = {"tableofcontents", "toctree", "contents", "bibliography", "index", "footbibliography"}
WRAPPERS = {"tab-set", "grid", "glossary", "div", "container", "card-carousel"}
TITLED = {"tab-item", "grid-item-card", "card", "margin", "sidebar", "topic", "grid-item"}


def quote(title: str, body: str) -> str:
    """Return a headed block quote."""
    lines = [f"**{title}**", "", *body.strip().split("\n")] if body.strip() else [f"**{title}**"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def fold(title: str, body: str) -> str:
    """Return a block that opens on a click."""
    return f"<details>\n<summary>{title}</summary>\n\n{body.strip()}\n\n</details>"


@dataclass
class Label:
    """What a reference to a label shows, and where on the site it leads."""

    text: str
    url: str


@dataclass
class Plain:
    """Rewrites the pieces of one page, in order; ``labels`` collects what it meets on the way."""

    url: str
    number: str
    labels: dict[str, Label]
    values: Mapping[str, str] = field(default_factory=dict)
    citations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    strict: bool = True
    counters: Counter[str] = field(default_factory=Counter)

    def rewrite(self, text: str) -> str:
        """Return the plain form of one Markdown cell or of the body of a directive."""
        parts = []
        for part in blocks(text):
            if isinstance(part, Directive):
                plain = self.directive(part)
                parts.append("\n".join(part.indent + line for line in plain.split("\n")))
            else:
                parts.append(part.text if part.verbatim else self.prose(part.text))
        joined = "\n\n".join(part.strip("\n") for part in parts if part.strip())
        return re.sub(r"\n{3,}", "\n\n", joined)

    def prose(self, text: str) -> str:
        """Rewrite targets, comments, equations, definition lists, roles and links."""
        text = re.sub(r"^%.*\n?|^\+\+\+.*\n?", "", text, flags=re.MULTILINE)
        for target in TARGET.finditer(text):
            heading = HEADING.match(text[target.end() :].lstrip())
            self.note(target[1], heading[2] if heading else target[1], target[1])
        text = TARGET.sub("", text)
        text = DOLLARS.sub(self.dollars, text)
        text = re.sub(r"^(\S.*)\n:\s+", r"- **\1**: ", text, flags=re.MULTILINE)
        return Roles(self.url, self.labels, self.values, self.citations, self.strict)(text)

    def note(self, label: str, text: str, anchor: str) -> None:
        """Remember where a label leads and what a reference to it shows."""
        anchor = re.sub(r"[^a-z0-9]+", "-", anchor.lower()).strip("-")
        self.labels[label] = Label(text, f"{self.url}#{anchor}")

    def count(self, kind: str) -> str:
        """Return the next number of a kind, as the site gives it: chapter.page.count."""
        self.counters[kind] += 1
        return f"{self.number}.{self.counters[kind]}" if self.number else str(self.counters[kind])

    def dollars(self, found: re.Match[str]) -> str:
        return self.equation(found[2], found[3] or "", found[1])

    def equation(self, source: str, label: str, indent: str = "") -> str:
        """Return a display equation; one with a label shows its number."""
        tag = ""
        if label:
            number = self.count("equation")
            self.note(label, f"({number})", f"equation-{label}")
            tag = f" \\tag{{{number}}}"
        return f"{indent}$$\n{indent}{source.strip()}{tag}\n{indent}$$"

    def directive(self, this: Directive) -> str:
        """Return the plain form of a directive."""
        name = this.name
        if name in DROPPED:
            return ""
        if name.startswith("prf:"):
            return self.statement(this)
        if name == "admonition" or name in BOXES:
            return self.box(this)
        if name in WRAPPERS:
            return self.rewrite(this.body)
        if name in TITLED:
            return quote(self.prose(this.argument), self.rewrite(this.body))
        rule: Callable[[Directive], str] | None = getattr(
            self, f"on_{name.replace('-', '_')}", None
        )
        if rule is None:
            raise ValueError(f"no rule for the directive {{{name}}} in a plain notebook")
        return rule(this)

    def statement(self, this: Directive) -> str:
        """Theorems, definitions and their kin: a quote headed by kind, number and title."""
        kind = this.name.removeprefix("prf:")
        title = kind.capitalize()
        if kind not in WITHOUT_NUMBER and "nonumber" not in this.options:
            title += f" {self.count(kind)}"
        if label := this.options.get("label"):
            self.note(label, title, label)
        if this.argument:
            title += f" ({self.prose(this.argument)})"
        return quote(title, self.rewrite(this.body))

    def box(self, this: Directive) -> str:
        """Admonitions: a headed quote, or a folded block where the site folds them."""
        title = this.argument if this.name == "admonition" else this.name.capitalize()
        title = "See also" if this.name == "seealso" else self.prose(title)
        body = this.body
        if this.name != "admonition" and this.argument:
            body = f"{this.argument}\n{body}"
        folded = this.name == "hint" or "dropdown" in this.options.get("class", "")
        return (fold if folded else quote)(title, self.rewrite(body))

    def on_dropdown(self, this: Directive) -> str:
        return fold(self.prose(this.argument), self.rewrite(this.body))

    def on_math(self, this: Directive) -> str:
        source = f"{this.argument}\n{this.body}".strip()
        if r"\\" in source and r"\begin" not in source:
            source = f"\\begin{{aligned}}\n{source}\n\\end{{aligned}}"
        return self.equation(source, this.options.get("label", ""))

    def exercise_title(self, this: Directive) -> str:
        number = "" if "nonumber" in this.options else f" {self.count('exercise')}"
        if label := this.options.get("label"):
            self.note(label, f"Exercise{number}", label)
        return f"#### Exercise{number}" + (
            f": {self.prose(this.argument)}" if this.argument else ""
        )

    def on_exercise(self, this: Directive) -> str:
        return f"{self.exercise_title(this)}\n\n{self.rewrite(this.body)}"

    def on_exercise_start(self, this: Directive) -> str:
        return self.exercise_title(this)

    def on_exercise_end(self, this: Directive) -> str:
        return ""

    def solution_title(self, this: Directive) -> str:
        known = self.labels.get(this.argument)
        return f"Solution to {known.text[:1].lower() + known.text[1:]}" if known else "Solution"

    def on_solution(self, this: Directive) -> str:
        return fold(self.solution_title(this), self.rewrite(this.body))

    def on_figure(self, this: Directive) -> str:
        alt = this.options.get("alt", "")
        return f"![{alt}]({this.argument})\n\n{self.caption(this.body, this.options.get('name'))}"

    def on_image(self, this: Directive) -> str:
        return f"![{this.options.get('alt', '')}]({this.argument})"

    def caption(self, text: str, name: str | None) -> str:
        """Return the caption of a figure with its number."""
        number = self.count("figure")
        if name:
            self.note(name, f"Figure {number}", name)
        return f"*Figure {number}.* {self.rewrite(text).strip()}"

    def table_caption(self, this: Directive) -> str:
        if not this.argument:
            return ""
        number = self.count("table")
        if name := this.options.get("name"):
            self.note(name, f"Table {number}", name)
        return f"*Table {number}.* {self.prose(this.argument)}\n\n"

    def on_table(self, this: Directive) -> str:
        return self.table_caption(this) + self.rewrite(this.body)

    def on_list_table(self, this: Directive) -> str:
        caption = self.table_caption(this)
        rows = [re.split(r"^\s*- ?", row, flags=re.MULTILINE)[1:] for row in star_items(this.body)]
        cells = [[" ".join(self.prose(cell).split()) for cell in row] for row in rows]
        if int(this.options.get("header-rows", "0")) == 0:
            cells.insert(0, [" "] * len(cells[0]))
        cells.insert(1, ["---"] * len(cells[0]))
        return caption + "\n".join(f"| {' | '.join(row)} |" for row in cells)

    def on_epigraph(self, this: Directive) -> str:
        return "\n".join(f"> {line}".rstrip() for line in self.rewrite(this.body).split("\n"))


def star_items(body: str) -> list[str]:
    """Return the rows of a list table: what follows each star at the margin."""
    return re.split(r"^\* ", body, flags=re.MULTILINE)[1:]
