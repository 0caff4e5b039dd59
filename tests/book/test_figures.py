"""Figures and sliders of every page: name, caption, one output, a true description."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.by_page import accept, every_content_page, every_rule, rejects, with_outputs
from tests.book.rules import figures
from tests.book.rules.page import Rule, read


@every_content_page
@every_rule(figures.RULES)
def test_figures_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@pytest.mark.book
@every_content_page
@every_rule(figures.EXECUTED)
def test_displayed_figures_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(with_outputs(path)))


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (figures.captions, "    name: fig-example\n", "", "name"),
        (figures.captions, "The points of a circle.", "Circle.", "caption"),
        (figures.captions, "plotting.show(fig", "plotting.show(a, b)\nplotting.show(fig", "one"),
        (figures.captions, "sweep(draw", 'claim("x", 1, 1)\nsweep(draw', "claim would land"),
        (figures.unique, "fig-sweep", "fig-example", "fig-example"),
        (figures.unique, "sweep(draw", 'sweep(d, {"circle": [1]})\nsweep(draw', "sweep circle"),
        (figures.typed_alts, "{radius:.2f} in the", "1.25 in the", "1.25"),
        (figures.typed_alts, 'alt=f"A circle of radius {radius:.2f}', '"Radius 1.25', "1.25"),
        (figures.typed_alts, "alt=describe", 'alt="Radius 1.25"', "1.25"),
        (figures.shown_once, "plotting.show(fig", "sweep(1)\nplotting.show(fig", "2 outputs"),
        (figures.shown_once, "glued", "image/png", "plotting.show or sweep"),
        (figures.described, "A circle of radius 1.00, in red", "A circle", "too short"),
        (figures.described, "A circle of radius 2.00 in a plane", "", "too short"),
        (figures.described, '<img alt="A circle of radius 1.00, in red">', "", "no picture"),
    ],
)
def test_figure_that_breaks_a_rule(rule: Rule, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)
