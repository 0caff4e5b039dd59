"""Cutting MyST Markdown: fences, options, nesting."""

from __future__ import annotations

import pytest

from tools.myst_blocks import Directive, Text, blocks


def test_text_and_directives_come_in_order() -> None:
    text = "before\n\n```{note}\ninside\n```\nafter"
    assert list(blocks(text)) == [
        Text("before\n"),
        Directive("note", "", "inside"),
        Text("after"),
    ]


@pytest.mark.parametrize(
    "head",
    [":label: thm\n:class: big\n", "---\nlabel: thm\nclass: big\n---\n"],
    ids=["lines", "yaml"],
)
def test_options_in_both_spellings(head: str) -> None:
    (found,) = blocks(f":::{{prf:theorem}} Pythagoras\n{head}\nbody\n:::")
    assert found == Directive("prf:theorem", "Pythagoras", "body", {"label": "thm", "class": "big"})


def test_an_inner_fence_does_not_close_the_outer_one() -> None:
    (found,) = blocks("````{exercise}\nask\n```{hint}\nhelp\n```\n````")
    assert isinstance(found, Directive)
    assert found.body == "ask\n```{hint}\nhelp\n```"


def test_a_code_listing_stays_as_it_is() -> None:
    listing = "```python\n# {eq}`not a role`\n```"
    assert list(blocks(listing)) == [Text(listing, verbatim=True)]


def test_a_directive_in_a_list_knows_its_indent() -> None:
    _, found = blocks("- item\n  ```{note}\n  inside\n  ```")
    assert found == Directive("note", "", "inside", {}, "  ")


def test_a_fence_that_is_never_closed_is_an_error() -> None:
    with pytest.raises(ValueError, match="no closing"):
        list(blocks("```{note}\ninside"))
