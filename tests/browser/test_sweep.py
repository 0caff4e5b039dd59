"""Sliders without a kernel, moved in a browser as a reader moves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from playwright.sync_api import Page, expect

from companion.explore import sweep
from companion.explore._static import Sweep
from tests.browser.chromium import Watched, as_file, axe, served

pytestmark = pytest.mark.browser
STRUCTURES = ["triangle", "<b>square</b>", 'a "plate" & more']
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sliders</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Sliders</h1>{}</main></body></html>"""


def line(fig: Figure, theta: int) -> None:
    fig.subplots().plot([0, 1], [0, theta])


def bars(fig: Figure, structure: str, mode: int) -> None:
    fig.text(0.1, 0.5, f"{structure} {mode}", fontsize=20)


def html(draw: Any, parameters: Any, **kwargs: Any) -> str:
    made = sweep(draw, parameters, **kwargs)
    assert isinstance(made, Sweep)
    return made.bundle()["text/html"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with two sweeps, one of them with two sliders."""
    one = html(line, {"theta": [0, 30, 60]}, alt="a line", names={"theta": "angle θ in degrees"})
    two = html(
        bars,
        {"structure": STRUCTURES, "mode": [1, 2]},
        alt="a word",
        start={"mode": 2},
        size=(8, 3),
    )
    target = tmp_path_factory.mktemp("sliders page")
    (target / "index.html").write_text(PAGE.format(one + two), encoding="utf-8")
    return target


@pytest.fixture(params=["http", "file"])
def opened(request: pytest.FixtureRequest, folder: Path, watched: Watched) -> Any:
    """The page over http and from a folder; afterwards: it said and asked for nothing."""
    with served(folder) as address:
        url = address if request.param == "http" else as_file(folder)
        watched.open(url + "index.html")
        yield watched.page
    assert watched.messages == []
    assert [r for r in watched.requests if not r.startswith("data:")] == [url + "index.html"]


def shown(page: Page, label: str) -> dict[str, Any]:
    """What a reader sees and what a screen reader says of one sweep."""
    root = page.locator(f"#sweep-{label}")
    return {
        "source": root.locator("img").get_attribute("src"),
        "alt": root.locator("img").get_attribute("alt"),
        "values": [o.inner_text() for o in root.locator("output").all()],
        "said": [i.get_attribute("aria-valuetext") for i in root.locator("input").all()],
    }


def test_arrow_keys_move_one_slider(opened: Page) -> None:
    slider = opened.get_by_role("slider", name="angle θ in degrees")
    expect(slider).to_have_count(1)
    other = shown(opened, "structure-mode")
    slider.focus()
    seen = [shown(opened, "theta")]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Home"):
        opened.keyboard.press(key)
        seen.append(shown(opened, "theta"))
    texts = ["0", "30", "60", "60", "0"]
    assert [s["values"] for s in seen] == [s["said"] for s in seen] == [[t] for t in texts]
    assert [s["alt"] for s in seen] == [f"a line (angle θ in degrees = {t})" for t in texts]
    assert len({s["source"] for s in seen}) == 3
    assert seen[0] == seen[4], "back at the start, the first frame must come back"
    assert shown(opened, "structure-mode") == other, "the other sweep of the page moved too"


def test_two_sliders_reach_every_frame(opened: Page) -> None:
    """Every combination shows its own text and the picture that is stored for it."""
    root = opened.locator("#sweep-structure-mode")
    data = json.loads(root.locator("script").first.text_content() or "")
    first = shown(opened, "structure-mode")
    structure, mode = root.get_by_role("slider").all()
    sources = []
    for i, name in enumerate(STRUCTURES):
        for j, number in enumerate(("1", "2")):
            structure.fill(str(i))
            mode.fill(str(j))
            now = shown(opened, "structure-mode")
            assert now["values"] == now["said"] == [name, number]
            assert now["alt"] == f"a word (structure = {name}, mode = {number})"
            stored = data["pictures"][data["order"][2 * i + j]]
            expected = f"data:image/webp;base64,{stored}" if stored else first["source"]
            assert now["source"] == expected
            sources.append(now["source"])
    assert len(set(sources)) == 6
    assert sources[1] == first["source"], "the page must open at start={'mode': 2}"
    assert root.locator("b").count() == 0, "a value of the parameter became an element"


def test_mouse_moves_a_slider(opened: Page) -> None:
    box = opened.get_by_label("angle θ in degrees").bounding_box()
    assert box is not None
    opened.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert shown(opened, "theta")["values"] == ["60"]


def test_pictures_are_decoded_and_keep_their_place(opened: Page) -> None:
    """No jump of the page when a frame changes; each picture has the size that was asked for."""
    picture = opened.locator("#sweep-structure-mode img")
    size = "i => i.decode().then(() => [i.naturalWidth, i.naturalHeight, i.width, i.height])"
    assert picture.evaluate(size) == [800, 300, 800, 300]
    before = opened.evaluate("document.documentElement.scrollHeight")
    opened.get_by_role("slider", name="structure").fill("2")
    assert picture.evaluate(size) == [800, 300, 800, 300]
    assert opened.evaluate("document.documentElement.scrollHeight") == before


def test_a_phone_needs_no_sideways_scrolling(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    for slider in opened.get_by_role("slider").all():
        box = slider.bounding_box()
        assert box is not None
        assert box["width"] > 100, "too short for a finger"
        assert box["height"] >= 24, "too low for a finger"


def test_no_global_name_is_added(opened: Page) -> None:
    added = """() => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const own = Object.keys(window).filter(name => !(name in frame.contentWindow));
        frame.remove();
        // An element with an id is a property of the window, whatever a script does.
        return own.filter(name => !document.getElementById(name) && isNaN(name));
    }"""
    assert opened.evaluate(added) == []


def test_axe_finds_nothing(opened: Page) -> None:
    assert axe(opened) == []
