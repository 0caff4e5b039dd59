"""Notebooks from pages: cells, folding, outputs, drift."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
import pytest

from tools import notebook_cells, notebooks
from tools.myst_plain import Plain
from tools.myst_roles import ANY
from tools.notebook_cells import rewrite_cells
from tools.notebooks import differences, strip_outputs, view

PAGE = """\
# Title

```{exercise-start} Product
:label: ex
```
Write it.
```{exercise-end}
```

```{solution-start} ex
:class: dropdown
```
Use `@`.

```{code-cell} ipython3
a @ b
```

```{solution-end}
```

Afterwards.

```{code-cell} ipython3
---
tags: [hide-input, nbval-check-output]
mystnb:
  figure:
    name: fig
    caption: An arrow.
---
draw()
```
"""


def cells() -> list[nbformat.NotebookNode]:
    rewriter = Plain("https://site/chapters/a/b.html", "2.1", {})
    return rewrite_cells(rewriter, jupytext.reads(PAGE, fmt="md:myst").cells)


def test_solutions_are_folded_text_and_collapsed_cells() -> None:
    texts = [cell.source for cell in cells()]
    assert "#### Exercise 2.1.1: Product\n\nWrite it." in texts[0]
    assert texts[1] == (
        "<details>\n<summary>Solution to exercise 2.1.1</summary>\n\nUse `@`.\n\n</details>"
    )
    assert cells()[2].metadata == {"jupyter": {"source_hidden": True}, "cellView": "form"}
    assert texts[3] == "Afterwards."


def test_hidden_input_is_collapsed_and_a_figure_gets_its_caption() -> None:
    figure, caption = cells()[4:]
    assert figure.metadata.jupyter.source_hidden and figure.metadata.cellView == "form"
    assert figure.metadata.tags == ["nbval-check-output"]
    assert caption.source == "*Figure 2.1.1.* An arrow."


def test_only_the_text_of_checked_cells_is_kept() -> None:
    made = nbformat.v4.new_notebook()
    data = {"text/plain": "1.0", "image/png": "AAAA"}
    for tags in ([], ["nbval-check-output"]):
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=7)
        cell = nbformat.v4.new_code_cell("x", metadata={"tags": tags}, outputs=[output])
        made.cells.append(cell)
    strip_outputs(made)
    assert made.cells[0].outputs == []
    (kept,) = made.cells[1].outputs
    assert kept.data == {"text/plain": "1.0"} and kept.execution_count == 2


def test_differences_are_found_and_glued_values_may_be_anything() -> None:
    assert not differences([f"It is {ANY}."], ["It is 0.163."])
    assert differences([f"It is {ANY}."], ["It was 0.163."])
    assert differences(["new", f"It is {ANY}."], ["It is 0.163."])[-1] == "+new"
    assert not differences(["Any.", f"{ANY}."], ["Any.", "0.163."])
    assert differences(["one", "two"], ["one"])
    assert differences(["one"], ["one", "two"])


def test_drift_names_a_changed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "chapters" / "02-test" / "page.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Title\n\nText.\n")
    for module in (notebooks, notebook_cells):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(notebook_cells, "section_number", lambda page: (2, 1))
    assert "missing" in notebooks.drift(page, {}, {})[0]
    stored = notebook_cells.assemble(page, {}, {}, {})
    notebooks.write(page, nbformat.writes(stored))
    assert notebooks.drift(page, {}, {}) == []
    page.write_text("# Title\n\nAnother text.\n")
    assert "+Another text." in notebooks.drift(page, {}, {})
    assert view(stored)[0].startswith("--- page-000 markdown")
