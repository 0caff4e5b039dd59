"""Rewriting MyST for plain notebooks: what a reader of the notebook sees."""

from __future__ import annotations

import pytest

from tools.myst_plain import Label, Plain

URL = "https://site/chapters/02-linear-algebra/svd.html"


def page(**options: object) -> Plain:
    labels = {"far": Label("Theorem 1.2.3", "https://site/far.html#far")}
    return Plain(URL, "2.8", labels, **options)  # type: ignore[arg-type]


def test_labelled_equations_carry_the_numbers_of_the_site() -> None:
    plain = page()
    assert plain.rewrite("$$\na=b\n$$ (first)") == "$$\na=b \\tag{2.8.1}\n$$"
    assert plain.rewrite("```{math}\n:label: second\nc=d\n```") == "$$\nc=d \\tag{2.8.2}\n$$"
    assert plain.rewrite("$$\ne=f\n$$") == "$$\ne=f\n$$"
    assert plain.rewrite("See {eq}`second`.") == f"See [(2.8.2)]({URL}#equation-second)."


def test_kinds_of_statements_are_counted_apart() -> None:
    plain = page()
    text = plain.rewrite(
        "```{prf:theorem} Eckart and Young\n:label: thm-ey\nBest.\n```\n\n"
        "```{prf:proof}\nShort.\n```\n\n```{prf:definition}\nA name.\n```"
    )
    assert "> **Theorem 2.8.1 (Eckart and Young)**\n>\n> Best." in text
    assert "> **Proof**" in text and "> **Definition 2.8.1**" in text
    assert plain.rewrite("{prf:ref}`thm-ey`") == f"[Theorem 2.8.1]({URL}#thm-ey)"


def test_boxes_are_headed_quotes_and_dropdowns_are_folded() -> None:
    plain = page()
    mistake = ":::{admonition} Common mistake: V\n:class: warning mistake\nIt is $V^T$.\n:::"
    assert plain.rewrite(mistake) == "> **Common mistake: V**\n>\n> It is $V^T$."
    folded = plain.rewrite("```{hint}\n:class: dropdown\nLook.\n```")
    assert folded == "<details>\n<summary>Hint</summary>\n\nLook.\n\n</details>"


def test_exercises_have_headings_and_solutions_are_folded() -> None:
    plain = page()
    text = plain.rewrite(
        "````{exercise} Count\n:label: ex-count\nHow many?\n````\n\n"
        "```{solution} ex-count\n:class: dropdown\nFour.\n```"
    )
    assert text.startswith("#### Exercise 2.8.1: Count\n\nHow many?\n\n<details>")
    assert "<summary>Solution to exercise 2.8.1</summary>\n\nFour." in text


def test_references_become_links_to_the_site() -> None:
    plain = page()
    assert plain.rewrite("{prf:ref}`far`") == "[Theorem 1.2.3](https://site/far.html#far)"
    assert (
        plain.rewrite("{numref}`Theorem %s <far>`") == "[Theorem 1.2.3](https://site/far.html#far)"
    )
    assert plain.rewrite("[norms](norms.md#size)") == (
        "[norms](https://site/chapters/02-linear-algebra/norms.html#size)"
    )
    assert plain.rewrite("[up](../../reference/notation.md)") == (
        "[up](https://site/reference/notation.html)"
    )
    assert plain.rewrite("{term}`rank`") == "[rank](https://site/reference/glossary.html#term-rank)"
    assert plain.rewrite("{py:func}`~companion.linalg.svd`") == (
        "[`svd`](https://site/reference/api.html#companion.linalg.svd)"
    )


def test_citations_show_authors_and_year() -> None:
    plain = page(citations={"a": ("Eckart and Young", "1936"), "b": ("Strang", "2016")})
    place = "https://site/reference/bibliography.html"
    assert plain.rewrite("{cite:t}`a`") == f"[Eckart and Young (1936)]({place})"
    assert plain.rewrite("{cite:p}`a,b`") == f"[(Eckart and Young, 1936; Strang, 2016)]({place})"


def test_glued_values_are_written_out() -> None:
    plain = page(values={"error": "0.16274"})
    assert plain.rewrite("{glue:text}`error` or {glue:text}`error:.2f`") == "0.16274 or 0.16"


def test_code_and_mathematics_stay_as_they_are() -> None:
    kept = "`x[0](y.md)` and $a_{ij}$ and [text](https://elsewhere.org/a.md)"
    assert page().rewrite(kept) == kept


def test_targets_name_the_heading_below_and_disappear() -> None:
    plain = page()
    assert plain.rewrite("(here)=\n## Rank and norm\n\nText.") == "## Rank and norm\n\nText."
    assert plain.rewrite("{ref}`here`") == f"[Rank and norm]({URL}#here)"


def test_list_tables_become_pipe_tables() -> None:
    text = page().rewrite(
        "```{list-table} Sizes\n:header-rows: 1\n* - Name\n  - Shape\n* - $A$\n  - (m, n)\n```"
    )
    assert text == "*Table 2.8.1.* Sizes\n\n| Name | Shape |\n| --- | --- |\n| $A$ | (m, n) |"


@pytest.mark.parametrize(
    "text", ["{eq}`nowhere`", "{cite:t}`nobody`", "{glue:text}`nothing`", "{strange}`role`"]
)
def test_what_leads_nowhere_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        page().rewrite(text)


def test_an_unknown_directive_is_an_error_not_left_over() -> None:
    with pytest.raises(ValueError, match="strange"):
        page().rewrite("```{strange}\nbody\n```")
