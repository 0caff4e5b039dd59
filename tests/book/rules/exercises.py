"""Rules of exercises and of the boxes about common mistakes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from companion.exercises import Exercise, all_exercises
from tests.book.rules.page import Page, blank, printed, summary, tags
from tools.myst_blocks import Directive

CHECK = re.compile(r"\bcheck\(\s*[\"']([\w.]+)[\"']")
LEAST = 3


@dataclass
class Found:
    """An exercise as it stands on a page."""

    label: str
    stubs: list[Any] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    solutions: list[Any] = field(default_factory=list)
    solved: int = 0

    def names(self, cells: list[Any]) -> list[str]:
        return [name for cell in cells for name in CHECK.findall(cell.source)]

    @property
    def name(self) -> str:
        return (self.names(self.stubs) or [""])[0]


def exercises(page: Page) -> list[Found]:
    """Collect the exercises of a page; what belongs to a solution is found by its label."""
    found: dict[str, Found] = {}
    last = Found("")
    inside: list[Any] = []
    for part in page.parts:
        if not isinstance(part, Directive):
            if hasattr(part, "cell_type"):
                inside.append(part)
        elif part.name == "exercise-start":
            last = found.setdefault(label(part), Found(label(part)))
            inside = last.stubs
        elif part.name == "solution-start":
            owner = found.setdefault(part.argument, Found(part.argument))
            owner.solved += 1
            inside = owner.solutions
        elif part.name in ("exercise-end", "solution-end"):
            inside = []
        elif {"hint", "dropdown"} <= set(part.options.get("class", "").split()):
            last.hints.append(part.body)
    return list(found.values())


def label(directive: Directive) -> str:
    return directive.options.get("label", "")


def plain(text: str) -> str:
    """Leave out Markdown and white space."""
    return re.sub(r"[`*$\\_\s]+", "", text)


def complete(page: Page) -> list[str]:
    """Each exercise has a stub with its check, one hint, and one solution with the same check."""
    found = []
    for this in exercises(page):
        checks = [this.names(this.stubs), this.names(this.solutions)]
        if len(checks[0]) != 1:
            found.append(f"{this.label}: one stub cell with check(...) is needed")
        if this.solved != 1 or checks[0] != checks[1]:
            found.append(f"{this.label}: one solution with the check of the stub is needed")
        if len(this.hints) != 1:
            found.append(f"{this.label}: one hint (class: hint dropdown) is needed")
    gated = {id(c) for e in exercises(page) for c in (*e.stubs, *e.solutions)}
    strays = [c for c in page.code if CHECK.search(c.source) and id(c) not in gated]
    return found + [f"check outside an exercise: {summary(cell)}" for cell in strays]


def same_set(page: Page, known: list[Exercise] | None = None) -> list[str]:
    """The page asks the exercises that belong to it, each once, and at least three."""
    known = all_exercises() if known is None else known
    here = [this.name for this in exercises(page)]
    wanted = {exercise.name for exercise in known if exercise.page == page.name}
    found = [f"exercise {name} is asked twice" for name, n in Counter(here).items() if n > 1]
    found += [f"exercise {name} belongs to the page and is not asked" for name in wanted - {*here}]
    found += [f"exercise {name} belongs to another page or none" for name in {*here} - wanted]
    return found + ([f"{len(here)} exercises, at least {LEAST}"] if len(here) < LEAST else [])


def hints(page: Page, known: list[Exercise] | None = None) -> list[str]:
    """The hint on the page is the exercise's first hint."""
    first = {e.name: e.hints[0] for e in (all_exercises() if known is None else known)}
    return [
        f"{this.name}: the hint must read {first[this.name]!r}"
        for this in exercises(page)
        if this.name in first and this.hints and plain(this.hints[0]) != plain(first[this.name])
    ]


def answers(page: Page) -> list[str]:
    """In the built page the stub is not attempted, and the solution has passed."""
    found = []
    for this in exercises(page):
        for cells, wanted in ((this.stubs, "not attempted yet"), (this.solutions, "passed")):
            said = "\n".join(printed(cell) for cell in cells)
            if f"{this.name}: {wanted}" not in said:
                found.append(f"{this.name}: the page shows {said[:80]!r}, not {wanted!r}")
    return found


def mistakes(page: Page) -> list[str]:
    """A box about a common mistake is followed by its runnable counterexample."""
    found = []
    parts = [part for part in page.parts if hasattr(part, "cell_type") or not blank(part)]
    boxes = 0
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if not isinstance(part, Directive) or part.name != "admonition":
            continue
        titled = part.argument.startswith("Common mistake")
        classed = part.options.get("class", "") == "warning mistake"
        boxes += titled
        if titled != classed:
            found.append(f"title and class (warning mistake) do not agree: {part.argument}")
        elif titled and not (hasattr(following, "cell_type") and "mistake" in tags(following)):
            found.append(f"no cell tagged mistake follows: {part.argument}")
    if boxes != len(re.findall(r"^\s*[:`]{3,}\{admonition\} Common mistake", page.text, re.M)):
        found.append("a box about a common mistake is nested: its cell could not follow")
    if boxes != sum("mistake" in tags(cell) for cell in page.code):
        found.append("a cell is tagged mistake and follows no box")
    return found + ([] if boxes else ["no common mistake on the page"])


RULES = [complete, same_set, hints, mistakes]
EXECUTED = [answers]
