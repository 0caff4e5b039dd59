"""The built site as a reader meets it: over http, from a folder, in the dark, on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SITE, Watched, axe
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.book]
SKIPPED = {"genindex.html", "py-modindex.html", "search.html"}


def pages() -> list[str]:
    """Every page of the site that somebody wrote; one name if there is no site yet."""
    found = (p.relative_to(SITE).as_posix() for p in Path(SITE).rglob("*.html"))
    written = [name for name in found if name not in SKIPPED and not name.startswith("_")]
    return sorted(written) or ["index.html"]


PAGES = pages()
CHAPTERS = [name for name in PAGES if name.startswith("chapters/")]

# Broken mathematics in its three forms: an unknown environment, an unknown macro (written in
# red), and unbalanced braces (no formula at all).
BROKEN_MATHEMATICS = """() => [
  ...Array.from(document.querySelectorAll("mjx-merror"), e => "error: " + e.textContent),
  ...Array.from(document.querySelectorAll('mjx-mtext[style*="red"], mjx-mstyle[style*="red"]'),
                e => "unknown macro: " + e.textContent),
  ...Array.from(document.querySelectorAll(".math"))
     .filter(e => !e.querySelector("mjx-container")).map(e => "not set: " + e.textContent),
]"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDE = """() => Array.from(document.querySelectorAll("main *"))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("mjx-container"))
  .slice(0, 5).map(e => e.tagName + "." + e.className)"""


@pytest.mark.parametrize("transport", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_complete_without_a_network(
    site: Site, watched: Watched, name: str, transport: str
) -> None:
    """No outside request, no word on the console, all mathematics set, each picture described."""
    origin = site.http if transport == "http" else site.file
    watched.page.context.set_offline(transport == "file")
    watched.open(origin + name)
    assert watched.page.evaluate(BROKEN_MATHEMATICS) == []
    pictures = watched.page.locator("main img:not([alt]), main img[alt='']")
    assert pictures.count() == 0, pictures.first.evaluate("e => e.outerHTML.slice(0, 200)")
    broken = "() => Array.from(document.images).filter(i => !i.naturalWidth).map(i => i.alt)"
    assert watched.page.evaluate(broken) == []
    assert watched.outside(origin) == []
    assert watched.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(site: Site, watched: Watched, name: str, theme: Any) -> None:
    watched.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    watched.open(site.http + name)
    assert watched.page.evaluate("document.documentElement.dataset.theme") == theme
    assert axe(watched.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(site: Site, watched: Watched, name: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    watched.open(site.http + name)
    assert watched.page.evaluate(SIDEWAYS) <= 0, watched.page.evaluate(WIDE)


@pytest.mark.parametrize("name", ["index.html", *CHAPTERS])
def test_sliders_move_from_a_folder(site: Site, watched: Watched, name: str) -> None:
    """By keyboard and by pointer: another picture, another description, the value said."""
    watched.open(site.file + name)
    for sweep in watched.page.locator(".sweep").all():
        for slider in sweep.locator("input[type=range]").all():
            moved(sweep, slider)


def moved(sweep: Any, slider: Any) -> None:
    image = sweep.locator("img")
    slider.scroll_into_view_if_needed()
    slider.focus()
    slider.press("Home")
    before = [image.get_attribute("alt"), slider.get_attribute("aria-valuetext")]
    slider.press("ArrowRight")
    after = [image.get_attribute("alt"), slider.get_attribute("aria-valuetext")]
    assert before[0] != after[0] and before[1] != after[1], f"the keyboard moves nothing: {before}"
    box = slider.bounding_box()
    slider.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert slider.input_value() == slider.get_attribute("max"), "a click at the end does not reach"
    assert image.get_attribute("alt") != after[0] or slider.get_attribute("max") == "1"


@pytest.mark.parametrize("transport", ["http", "file"])
def test_search_finds_a_page(site: Site, watched: Watched, transport: str) -> None:
    origin = site.http if transport == "http" else site.file
    watched.open(origin + "search.html?q=singular+value+decomposition")
    results = watched.page.locator("#search-results a[href*='svd.html']")
    expect(results.first).to_be_visible(timeout=20_000)
    assert watched.outside(origin) == [] and watched.complaints == []


def test_a_reader_finds_the_search_field_and_arrives(site: Site, watched: Watched) -> None:
    """From the front page by keyboard: open the field, type, follow the first result."""
    watched.open(site.file + "index.html")
    page: Page = watched.page
    page.keyboard.press("Control+k")
    page.keyboard.type("singular value decomposition")
    page.keyboard.press("Enter")
    page.locator("#search-results a[href*='svd.html']").first.click()
    expect(page.locator("article h1").first).to_contain_text("Singular value decomposition")


def test_hints_and_solutions_are_folded_and_open(site: Site, watched: Watched) -> None:
    watched.open(site.http + "chapters/02-linear-algebra/svd.html")
    hint = watched.page.locator(".hint.dropdown").first
    text = hint.locator("p:not(.admonition-title)").first
    expect(text).not_to_be_visible()
    hint.locator("button, summary, .admonition-title").first.click()
    expect(text).to_be_visible()


def test_an_outside_request_would_be_seen(site: Site, watched: Watched) -> None:
    """The guard itself: a page that asks another origin, or warns, is caught."""
    watched.open(site.http + "index.html")
    watched.page.evaluate(
        "() => { new Image().src = 'http://127.0.0.1:9/x.png'; console.warn('w') }"
    )
    watched.page.wait_for_timeout(200)
    assert watched.outside(site.http) == ["http://127.0.0.1:9/x.png"]
    assert any("w" in complaint for complaint in watched.complaints)
