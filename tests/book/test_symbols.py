"""Every letter of the mathematics stands on the notation page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.by_page import accept, every_content_page
from tests.book.example import example
from tests.book.rules import symbols
from tests.book.rules.page import read
from tools.layout import ROOT

NOTATION = (ROOT / "reference" / "notation.md").read_text("utf8")
SMALL = r"""# Notation

## Every chapter

| symbol | meaning |
|---|---|
| $\mathbb R$ | real numbers |
| $n$ | size |

## Linear algebra

| symbol | meaning |
|---|---|
| $x$, $\sigma$ | both, as in $z$ |
"""


@every_content_page
def test_symbols_of_a_page(path: Path) -> None:
    accept(symbols.unlisted(read(path), NOTATION))


def test_notation_page_gives_a_symbol_one_meaning_a_chapter() -> None:
    accept(symbols.ambiguous(NOTATION))


def test_unlisted_symbols_are_found() -> None:
    assert symbols.unlisted(example(), SMALL) == []
    for tex in (r"$\hat x$", r"$\mathbf x$", "$z$", r"$$\kappa$$", r"{math}`y`"):
        assert symbols.unlisted(example("A question.", tex), SMALL) != []
    page = example("The points of a circle.", "The points $p$ of a circle.")
    assert "$p$ is not on the notation page" in symbols.unlisted(page, SMALL)[0]
    assert symbols.ambiguous(SMALL) == []
    assert symbols.ambiguous(SMALL + "| $x$ | again |\n") != []


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"A_{ij}x^k", {"A", "x", "k"}),
        (r"\sum_{i=1}^{r}\sigma_i\,u_iv_i^T", {"r", r"\sigma", "u", "v", "T"}),
        (r"\hat{\mathbf x}_n+\bar y", {r"\hat{\mathbf{x}}", r"\bar{y}"}),
        (r"\dot\varphi", {r"\dot{\varphi}"}),
        (r"\hat{u}\mathbf 1", {r"\hat{u}", r"\mathbf{1}"}),
        (r"\sin\theta+\operatorname{tr}A+\det B", {r"\theta", "A", "B"}),
        (r"E=2\,\mathrm{MPa},\ \text{so}\ f", {"E", "f"}),
        (r"\int f\,dx\le\frac{\partial f}{\partial y}", {"f", "d", "x", "y"}),
        (r"\begin{bmatrix}a&b\\c&d\end{bmatrix}", {"a", "b", "c", "d"}),
        (r"\begin{array}{cc|c}a&b\end{array}", {"a", "b"}),
        (r"\mathbb R^{m\times n}\ni\mathcal{L}", {r"\mathbb{R}", r"\mathcal{L}", "m", "n"}),
        (r"\sigma'=Q\sigma Q^T,\ w''", {r"\sigma", "Q", "T", "w"}),
        (r"\left\|v\right\|_{max}\ge0", {"v"}),
    ],
)  # fmt: skip
def test_symbols_of_a_formula(tex: str, found: set[str]) -> None:
    assert symbols.symbols(tex) == found
