"""The generated pages of the reference: ledger of claims, mistakes, benchmarks."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from companion.claims import RECORD
from companion.exercises import all_exercises
from tools import outputs, reference, source
from tools.layout import ROOT

SVD = "02-linear-algebra/svd"
CLAIM = {
    "name": "two_norm",
    "value": "4.37",
    "relation": "<",
    "expected": "5",
    "tolerance": "1e-10",
    "origin": "|A|_2 of SciPy",
    "unit": "mm",
}
RESULTS: dict[str, Any] = {
    "date": "2026-11-21",
    "cpu": "Some CPU",
    "cores": 2,
    "versions": {"python": "3.11", "torch": "2.13"},
    "rows": [
        {"family": "linalg", "name": "svd", "size": "60 x 60", "peer": "loops", "goal": 10.0,
         "ratio": 12.34, "low": 11.9, "high": 13.1},
        {"family": "linalg", "name": "qr", "size": "60 x 60", "peer": "torch", "goal": None,
         "ratio": 0.1234, "low": 0.12, "high": 0.13},
        {"family": "physics", "name": "truss", "size": "9", "peer": "loops", "goal": 2.0,
         "ratio": 1.5, "low": 1.4, "high": 1.6},
    ],
}  # fmt: skip


def helper(x: int) -> int:
    return deeper(x) + 1


def deeper(x: int) -> int:
    return 2 * x


def uses_helper(x: int) -> int:
    return helper(x)


PAIR = [lambda x: x + 1, lambda x: x + 2]  # two in one line
TWINS = [lambda x: x, lambda x: x]


def test_claims_page_lists_each_claim_with_a_link() -> None:
    page = reference.claims_page({SVD: [CLAIM, CLAIM | {"name": "again"}]})
    assert page.startswith("---\nmyst:") and "\n(sec-claims)=\n# Claims\n" in page
    assert "Of 2 claims" in page
    assert "## Linear algebra\n" in page and "### Singular value decomposition\n" in page
    assert f"{{doc}}`/chapters/{SVD}`" in page
    assert r"| two norm | 4.37 mm | \< 5 mm | 1e-10 | \|A\|\_2 of SciPy |" in page


def test_long_values_stand_once() -> None:
    same = CLAIM | {"value": "(1, 2)", "expected": "(1, 2)", "relation": "=", "unit": ""}
    assert "| (1, 2) | the same |" in reference.claims_table([same])
    assert "| = (1, 3) |" in reference.claims_table([same | {"expected": "(1, 3)"}])


def test_claims_page_without_executed_pages_is_friendly() -> None:
    assert "make book" in reference.claims_page({})
    assert "make book" in reference.claims_page({SVD: []})


def test_mistakes_page_holds_every_misconception() -> None:
    exercises = all_exercises()
    page = reference.mistakes_page(exercises)
    count = sum(len(exercise.misconceptions) for exercise in exercises)
    assert page.count("::::{dropdown}") == count == page.count("```python\n")
    for exercise in exercises:
        assert exercise.task in page and f"`{exercise.name.split('.')[1]}`" in page
        for mistake in exercise.misconceptions:
            assert mistake.diagnosis in page and mistake.idea[1:] in page


def test_mistakes_stand_in_reading_order() -> None:
    names = ["02-linear-algebra/svd", "02-linear-algebra/index", "99-nowhere/page"]
    assert reference.in_reading_order(names) == [names[1], names[0], names[2]]


def test_benchmarks_page_shows_ratios_and_goals() -> None:
    page = reference.benchmarks_page(RESULTS)
    assert "Measured on 2026-11-21: Some CPU, 2 cores, one of them used; python 3.11" in page
    assert "| svd | 60 x 60 | loops | 12 | 12 to 13 | 10 | yes |" in page
    assert "| qr | 60 x 60 | torch | 0.12 | 0.12 to 0.13 |  |  |" in page
    assert "| truss | 9 | loops | 1.5 | 1.4 to 1.6 | 2 | no |" in page
    assert page.index("## `companion.linalg`") < page.index("## `companion.physics`")


def test_benchmarks_page_without_results_is_friendly() -> None:
    assert "make benchmark" in reference.benchmarks_page(None)


def test_markup_is_escaped_in_tables() -> None:
    assert reference.cell("a|b_c*$x$<y>`z`{r}[l]\nn") == (r"a\|b\_c\*\$x\$\<y\>\`z\`\{r\}\[l\] n")


def test_same_data_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are written twice, and agree with what the functions return."""
    results = tmp_path / "results.json"
    results.write_text(json.dumps(RESULTS))
    generated = [tmp_path / path.name for path in reference.GENERATED]
    monkeypatch.setattr(reference, "GENERATED", generated)
    monkeypatch.setattr(reference, "RESULTS", results)
    monkeypatch.setattr(reference, "ledger", lambda: ({SVD: [CLAIM]}, []))
    written = []
    for _ in range(2):
        assert reference.main() == 0
        written.append({p.name: p.read_text() for p in generated})
    assert written[0] == written[1]
    titles = {
        "benchmarks.md": "Benchmarks",
        "claims.md": "Claims",
        "mistakes.md": "Common mistakes",
    }
    assert {n: t.split("\n# ")[1].split("\n")[0] for n, t in written[0].items()} == titles
    assert str(ROOT) not in "".join(written[0].values())


def test_claims_come_from_the_metadata_of_outputs() -> None:
    data = {"application/papermill.record/text/plain": "4.37"}
    made = nbformat.v4.new_output("display_data", data, metadata={RECORD: CLAIM})
    plain = nbformat.v4.new_output("stream", text="no claim")
    cell = nbformat.v4.new_code_cell("claim(...)", outputs=[plain, made])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("text"), cell])
    assert outputs.claims(notebook) == [CLAIM]


def test_page_that_has_not_run_says_what_to_do(tmp_path: Path) -> None:
    page = ROOT / "chapters" / f"{SVD}.md"
    with pytest.raises(LookupError, match="make book"):
        outputs.executed(page, tmp_path / "nothing")


def test_source_brings_its_helpers() -> None:
    text = source.source(uses_helper)
    order = [text.index(f"def {name}") for name in ("deeper", "helper", "uses_helper")]
    assert order == sorted(order)
    compile(text, "text", "exec")


def test_source_of_lambdas() -> None:
    assert source.source(PAIR[0]) == "lambda x: x + 1"
    assert source.source(PAIR[1]) == "lambda x: x + 2"
    with pytest.raises(ValueError, match="look alike"):
        source.source(TWINS[0])


def test_source_of_other_callables() -> None:
    assert source.source(len) == "builtins.len"
    text = source.source(functools.partial(deeper, x=3))
    assert "return 2 * x" in text and "x=3" in text


def test_every_misconception_shows_code_that_compiles() -> None:
    for exercise in all_exercises():
        for mistake in exercise.misconceptions:
            compile(source.source(mistake.wrong), mistake.idea, "exec")
