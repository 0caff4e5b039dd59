"""Write the pages of the reference that are made from data: claims, mistakes and benchmarks.

They are not in the repository, so they cannot drift: ``make book`` writes them after the pages ran.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from companion.exercises import Exercise, all_exercises
from tools.layout import ROOT, executed_pages, pages
from tools.outputs import claims, executed
from tools.source import source

GENERATED = [ROOT / "reference" / f"{name}.md" for name in ("claims", "mistakes", "benchmarks")]
RESULTS = ROOT / "benchmarks" / "results.json"
HEAD = """\
---
myst:
  html_meta:
    description: "{description}"
    keywords: "{keywords}"
---

(sec-{label})=
# {title}
"""
Row = dict[str, str]


def head(title: str, label: str, description: str, keywords: str) -> str:
    return HEAD.format(title=title, label=label, description=description, keywords=keywords)


def cell(text: object) -> str:
    """Escape what Markdown would read as markup in a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>|$~#%])", r"\\\1", str(text)).replace("\n", " ")


def table(header: Iterable[str], rows: Iterable[Iterable[object]], align: str = "") -> str:
    """Return a Markdown table; ``align`` holds l or r for each column."""
    names = list(header)
    marks = ["---:" if mark == "r" else "---" for mark in align.ljust(len(names), "l")]
    lines = [names, marks, *([cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def path_of(page: str) -> Path:
    """Return the file of a page, given as its path below ``chapters/`` (else below the root)."""
    below = ROOT / "chapters" if "/" in page else ROOT
    return below / f"{page}.md"


def name_of(path: Path) -> str:
    """Return the name of which ``path_of`` makes the path."""
    chapters = ROOT / "chapters"
    below = chapters if chapters in path.parents else ROOT
    return path.relative_to(below).with_suffix("").as_posix()


def title(page: str) -> str:
    path = path_of(page)
    text = path.read_text("utf8") if path.exists() else ""
    found = re.search(r"^# (.*)$", text, re.MULTILINE)
    return found[1] if found else page


def link(page: str) -> str:
    """Return a link to a page, or its bare name when the book does not hold it (yet)."""
    if path_of(page) not in pages():
        return title(page)
    return f"{{doc}}`/{path_of(page).relative_to(ROOT).with_suffix('').as_posix()}`"


def by_chapter(names: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    """Group names of pages by chapter: title of the chapter, its pages."""
    for chapter, inside in groupby(names, key=lambda name: name.rpartition("/")[0]):
        yield title(f"{chapter}/index" if chapter else "index"), list(inside)


def in_reading_order(names: Iterable[str]) -> list[str]:
    """Sort names of pages as in the table of contents, unknown ones last."""
    order = {page: place for place, page in enumerate(pages())}
    return sorted(names, key=lambda name: (order.get(path_of(name), len(order)), name))


def claims_page(found: dict[str, list[Row]]) -> str:
    """Return the ledger of claims: ``found`` maps pages, in reading order, to their records."""
    number = sum(map(len, found.values()))
    parts = [
        head(
            "Claims",
            "claims",
            "Every result that the book asserts: its value, the value expected, and its origin.",
            "claims, verification, tolerance, numerical results",
        ),
        "Each result of the book is compared, whenever the book is built, with a value that was "
        "found another way: by a formula, a library, symbolic algebra or counting. When one "
        f"disagrees, the book is not built. Of {number} claims in this edition, all hold. "
        "The tolerance is absolute and holds for every entry; values are rounded for display.\n",
    ]
    written = [name for name, records in found.items() if records]
    for chapter, names in by_chapter(written):
        parts.append(f"## {chapter}\n")
        for name in names:
            parts += [f"### {title(name)}\n", f"Page: {link(name)}\n", claims_table(found[name])]
    if not written:
        parts.append("No page has been executed yet: `make book` runs them.\n")
    return "\n".join(parts)


def claims_table(records: list[Row]) -> str:
    header = ("claim", "value", "expected", "tolerance", "origin")
    rows = []
    for this in records:
        unit = f" {this['unit']}" if this.get("unit") else ""
        several = this["value"] == this["expected"] and " " in this["value"]
        expected = "the same" if several else f"{this['relation']} {this['expected']}{unit}"
        name = this["name"].replace("_", " ")
        rows.append((name, this["value"] + unit, expected, this["tolerance"], this["origin"]))
    return table(header, rows)


def mistakes_page(exercises: list[Exercise]) -> str:
    """Return the catalogue of misconceptions: the executable errata of the field."""
    number = sum(len(exercise.misconceptions) for exercise in exercises)
    parts = [
        head(
            "Common mistakes",
            "mistakes",
            "Typical wrong solutions of every exercise of the book, with their code and diagnosis.",
            "common mistakes, misconceptions, exercises, diagnosis",
        ),
        "This page spoils the exercises: it holds the wrong answers that the book recognises, "
        f"{number} in all. Each is a function that runs; `check` compares your answer with them "
        "and says which one it behaves like. The tests prove that every one of them is rejected "
        "with its own diagnosis.\n",
    ]
    for chapter, names in by_chapter(in_reading_order({e.page for e in exercises})):
        parts.append(f"## {chapter}\n")
        for name in names:
            parts += [f"### {title(name)}\n", f"Page: {link(name)}\n"]
            parts += [mistakes_of(e) for e in exercises if e.page == name]
    return "\n".join(parts)


def mistakes_of(exercise: Exercise) -> str:
    """Return the part of one exercise: its task, and a box that opens for each mistake."""
    short = exercise.name.partition(".")[2]
    parts = [f"#### `{short}`\n", f"{exercise.task}\n"]
    for mistake in exercise.misconceptions:
        idea = mistake.idea[:1].upper() + mistake.idea[1:]
        code = f"```python\n{source(mistake.wrong)}\n```"
        parts.append(f"::::{{dropdown}} {idea}\n{mistake.diagnosis}\n\n{code}\n::::\n")
    return "\n".join(parts)


def benchmarks_page(results: dict[str, Any] | None) -> str:
    """Return the table of measured ratios, or how to measure them."""
    text = head(
        "Benchmarks",
        "benchmarks",
        "How fast the readable functions of the companion are, compared with the libraries.",
        "benchmarks, performance, PyTorch, SciPy, scikit-learn",
    )
    text += (
        "\nThe companion is written to be read; this page says what that costs, or saves. Each "
        "row compares one call of the companion with a call that does the same, in one process "
        "and on one thread, in turns: ours, theirs, ours, theirs. The **ratio** is their time "
        "divided by ours, by the processor's clock, so above 1 the companion is faster. The "
        "median of all pairs stands in the table, and half of the pairs lie between the "
        "quartiles. A **goal** is the ratio below which we would look for a mistake; it is met "
        "when the median reaches it. Ratios carry over to another machine better "
        "than times do, and times change from day to day: compare ratios.\n\n"
    )
    if results is None:
        return text + "Nothing has been measured yet: `make benchmark` does it, in some minutes.\n"
    text += f"Measured on {results['date']}: {machine(results)}.\n"
    families = groupby(results["rows"], key=lambda row: str(row["family"]))
    for family, rows in families:
        text += f"\n## `companion.{family}`\n\n{benchmarks_table(list(rows))}"
    return text


def machine(results: dict[str, Any]) -> str:
    """Describe where the benchmarks ran."""
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"{results['cpu']}, {results['cores']} cores, one of them used; {versions}"


def benchmarks_table(rows: list[dict[str, Any]]) -> str:
    header = ("call", "size", "compared with", "ratio", "quartiles", "goal", "met")
    lines = []
    for row in rows:
        goal = row.get("goal")
        met = "" if goal is None else ("yes" if row["high"] >= goal else "no")
        band = f"{ratio(row['low'])} to {ratio(row['high'])}"
        shown = "" if goal is None else f"{goal:g}"
        lines.append((row["name"], row["size"], row["peer"], ratio(row["ratio"]), band, shown, met))
    return table(header, lines, "lllrrrl")


def ratio(value: float) -> str:
    """Write a ratio with two significant digits, which is what repeats."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def ledger() -> tuple[dict[str, list[Row]], list[Path]]:
    """Return the claims of every executed page, and the pages that have not run."""
    found: dict[str, list[Row]] = {}
    missing = []
    for page in executed_pages():
        try:
            found[name_of(page)] = claims(executed(page))
        except LookupError:
            missing.append(page)
    return found, missing


def main() -> int:
    found, missing = ledger()
    results = json.loads(RESULTS.read_text("utf8")) if RESULTS.exists() else None
    texts = claims_page(found), mistakes_page(all_exercises()), benchmarks_page(results)
    for path, text in zip(GENERATED, texts, strict=True):
        path.write_text(text, "utf8")
    for page in missing:
        print(f"No claims of {page.relative_to(ROOT)}: it has not run.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
