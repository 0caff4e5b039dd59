"""A small page that keeps every rule; the tests of the rules break it in one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat

from companion.claims import RECORD
from companion.exercises import Exercise, Misconception
from tests.book.rules.page import Page, page_of

NAME = "02-linear-algebra/example"
EXERCISE = """```{exercise-start}
:label: ex-NAME
```
Do it.

```{code-cell} python
def answer(x): ...


check("linear_algebra.NAME", answer)
```
```{exercise-end}
```

:::{admonition} Hint
:class: hint dropdown
Use `torch.NAME` twice.
:::

```{solution-start} ex-NAME
:class: dropdown
```
```{code-cell} python
def answer(x):
    return x


check("linear_algebra.NAME", answer)
```
```{solution-end}
```
"""
NAMES = ("first", "second", "third")
GOOD = (
    r"""---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  name: python3
myst:
  html_meta:
    description: "A page that is as short as a page can be."
    keywords: "example, rules, linear algebra"
---

(sec-example)=
# Example

A question.

:::{admonition} After this page you can
:class: tip
- read it;
- check it.
:::

```{code-cell} python
import torch
from companion import linalg, plotting

random_state = 2
```

## Figures

The length is $\sigma\approx1.618$ with $x_i\in\mathbb R^n$, and {glue:text}`golden:.3f` in prose.

% given
The beam is 2.125 m long and $1.375\,\mathrm{m}$ wide.

```{code-cell} python
claim("golden", torch.sqrt(torch.tensor(2.618034)), 1.618034, tol=1e-6, origin="closed form")
```

```{code-cell} python
---
tags: [hide-input]
mystnb:
  figure:
    name: fig-example
    caption: |
      The points of a circle.
---
plotting.show(fig, alt=f"A circle of radius {radius:.2f} in the plane")
```

```{code-cell} python
---
mystnb:
  figure:
    name: fig-sweep
    caption: |
      The points of a circle that grows.
---
sweep(draw, {"radius": [1, 2]}, alt=describe, label="circle")
```

:::{admonition} Common mistake: points are lines
:class: warning mistake
They are not {cite:p}`strang2016introduction`.
:::

```{code-cell} python
:tags: [mistake]

torch.manual_seed(random_state)
```

## More exercises

""".replace('origin="closed form")', '\n      origin="closed form")').replace(", \n", ",\n")
    + "\n".join(EXERCISE.replace("NAME", name) for name in NAMES)
    + """
## Summary

1. One.
2. Two.
3. Three.
4. Four.
5. Five.

**Read the source**: {py:func}`companion.linalg.svd`.

**Read next**: {cite:t}`strang2016introduction`.
"""
)
ALTS = '{"alts": ["A circle of radius 1.00 in a plane", "A circle of radius 2.00 in a plane"]}'
# What the cells would print: the first mark that a cell holds decides.
PRINTED: dict[str, list[dict[str, Any]]] = {
    'claim("golden"': [{"text/plain": "✓ golden = 1.61803"}, {"glued": "1.61803"}],
    "plotting.show": [
        {"image/png": "", "text/html": '<img alt="A circle of radius 1.00, in red">'}
    ],
    "sweep(": [
        {
            "image/png": "",
            "text/html": '<img alt="A circle of radius 1.00 in a plane">'
            f'<script type="application/json">{ALTS}</script>',
        }
    ],
}
for name in NAMES:
    CHECK = f'\n\n\ncheck("linear_algebra.{name}", answer)'
    SAID = f"linear_algebra.{name}: "
    PRINTED["..." + CHECK] = [{"text/plain": SAID + "not attempted yet: f(x)"}]
    PRINTED["return x" + CHECK] = [{"text/plain": SAID + "passed (3 inputs)"}]
CLAIM = {"name": "golden", "value": "1.61803", "relation": "=", "expected": "1.61803"}


def example(old: str = "", new: str = "") -> Page:
    """Return the good page with outputs, after one replacement in text and outputs."""
    assert not old or old in GOOD + repr(PRINTED) + repr(CLAIM), f"the example has no {old!r}"
    page = page_of(GOOD.replace(old, new) if old else GOOD, NAME)
    for cell in page.code:
        cell.outputs = outputs(cell.source, lambda text: text.replace(old, new) if old else text)
    return page


def outputs(source: str, change: Callable[[str], str]) -> list[Any]:
    """Return what a cell would print, each text changed."""
    made = []
    for mark, displayed in PRINTED.items():
        if mark not in source:
            continue
        for data in displayed:
            texts = {change(kind): change(text) for kind, text in data.items()}
            metadata = {RECORD: {k: change(v) for k, v in CLAIM.items()}} if "glued" in data else {}
            made.append(nbformat.v4.new_output("display_data", texts, metadata=metadata))
    return made


def known_exercises() -> list[Exercise]:
    """Return the exercises that belong to the example."""
    wrong = Misconception("is wrong", lambda x: 0, "It is wrong.")
    return [
        Exercise(
            name=f"linear_algebra.{name}",
            page=NAME,
            task="Do it.",
            signature="f(x) -> Tensor",
            reference=lambda x: x,
            inputs=lambda generator: [(1,)],
            tried="all",
            misconceptions=(wrong,),
            hints=(f"Use torch.{name} twice.",),
        )
        for name in NAMES
    ]
