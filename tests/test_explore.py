"""Sliders: what is drawn, said and returned, in a built page and at a live kernel."""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image

from companion.explore import _modes, sweep
from companion.explore._frames import Frames, corners, read_parameters, read_start
from companion.explore._live import panel
from companion.explore._static import Sweep

GRID = {"theta": [0, 30, 60.5], "shape": ["bar", '<b>&"plate"</b>']}
COMBINATIONS = list(itertools.product(*GRID.values()))


def draw(fig: Figure, theta: float, shape: str) -> None:
    ax = fig.subplots()
    ax.plot([0, theta], [0, len(shape)])
    ax.set(xlabel="angle [°]", title=shape)


def make(alt: Any = "a line", paint: Callable[..., Any] = draw, **kwargs: Any) -> Sweep:
    """A sweep outside IPython: the object that a page shows."""
    made = sweep(paint, kwargs.pop("parameters", GRID), alt=alt, **kwargs)
    assert isinstance(made, Sweep)
    return made


def read(html: str) -> tuple[BeautifulSoup, dict[str, Any]]:
    soup = BeautifulSoup(html, "html.parser")
    return soup, json.loads(soup.find("script", type="application/json").string)


def decode(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


def run(source: str, **environment: str) -> list[Any]:
    """Execute one cell as the build does and return its outputs."""
    cell = nbformat.v4.new_code_cell(source)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    env = {**os.environ, _modes.VARIABLE: "", "OMP_NUM_THREADS": "1", **environment}
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=env)
    return list(notebook.cells[0].outputs)


CELL = """
from companion.explore import sweep
def draw(fig, theta, shape):
    fig.subplots().plot([0, theta], [0, len(shape)])
sweep(draw, {"theta": [0, 30, 60.5], "shape": ["bar", "plate"]}, alt="a line")
"""


# --- who is looking --------------------------------------------------------------------------


def kernel(monkeypatch: pytest.MonkeyPatch, parent: Any, variable: str | None = None) -> None:
    """Pretend to run in a kernel that answers a request."""
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: parent))
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    monkeypatch.delenv(_modes.VARIABLE, raising=False)
    if variable is not None:
        monkeypatch.setenv(_modes.VARIABLE, variable)


@pytest.mark.parametrize(
    ("parent", "variable", "expected"),
    [
        ({"content": {"allow_stdin": True}}, None, "live"),
        ({"content": {"allow_stdin": False}}, None, "static"),
        ({"content": {}}, None, "static"),
        ({}, None, "static"),
        (None, None, "static"),
        ({"content": {"allow_stdin": True}}, "static", "static"),
        ({"content": {"allow_stdin": False}}, "live", "live"),
        ({"content": {"allow_stdin": True}}, "corners", "corners"),
        ({"content": {"allow_stdin": True}}, "", "live"),
    ],
)
def test_mode(
    monkeypatch: pytest.MonkeyPatch, parent: Any, variable: str | None, expected: str
) -> None:
    kernel(monkeypatch, parent, variable)
    assert _modes.mode() == expected


def test_mode_refuses_an_unknown_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel(monkeypatch, {}, "fast")
    with pytest.raises(ValueError, match=r"COMPANION_SWEEP.*'fast'"):
        _modes.mode()


def test_without_a_kernel_nothing_is_drawn() -> None:
    drawn: list[float] = []
    made = sweep(lambda fig, x: drawn.append(x), {"x": [1, 2]}, alt="a bar", label="one-bar")
    assert repr(made) == "<sweep 'one-bar': x (2 values); shown by a notebook or a built page>"
    assert drawn == []


def test_a_terminal_shell_has_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.core.getipython.get_ipython", SimpleNamespace)
    assert _modes.mode() is None


# --- the built page --------------------------------------------------------------------------


def test_sweep_in_a_page_shows_every_frame_once() -> None:
    """A real kernel, driven as the build drives it, gives one display with all frames."""
    (output,) = run(CELL)
    assert output.output_type == "display_data"
    assert set(output.data) == {"text/html", "image/png", "text/plain"}
    assert output.data["text/plain"] == "a line (theta = 0, shape = bar)"
    _, data = read(output.data["text/html"])
    assert len(data["order"]) == len(data["alts"]) == 6
    again = run(CELL)
    assert again[0].data == output.data, "two runs must give the same bytes"


def test_environment_variable_draws_only_the_corners() -> None:
    (output,) = run(CELL, COMPANION_SWEEP="corners")
    _, data = read(output.data["text/html"])
    assert data["texts"] == [["0", "60.5"], ["bar", "plate"]]
    assert len(data["order"]) == 4


def test_environment_variable_asks_for_the_panel() -> None:
    (output,) = run(CELL, COMPANION_SWEEP="live")
    assert "application/vnd.jupyter.widget-view+json" in output.data


def test_ipywidgets_is_loaded_by_the_panel_only() -> None:
    code = "import sys, companion.explore; print('ipywidgets' in sys.modules)"
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert out.stdout.strip() == "False", out.stderr


def test_each_frame_is_the_figure_drawn_for_its_values() -> None:
    """Frame by frame equal to a fresh figure: nothing of an earlier frame is left on it."""
    made = make()
    soup, data = read(made.bundle()["text/html"])
    pictures = [p or soup.img["src"].partition(",")[2] for p in data["pictures"]]
    for (theta, shape), stored in zip(COMBINATIONS, data["order"], strict=True):
        fresh = Figure(figsize=(6.4, 4.0), dpi=100, layout="constrained")
        draw(fresh, theta, shape)
        buffer = io.BytesIO()
        fresh.savefig(buffer, format="png", dpi=100)
        expected = np.asarray(Image.open(buffer).convert("RGB"), dtype=float)
        got = np.asarray(decode(pictures[stored]).convert("RGB"), dtype=float)
        assert got.shape == expected.shape == (400, 640, 3)
        assert np.abs(got - expected).mean() < 2.0  # WebP is lossy: grey values of 255
        others = {i for i in data["order"] if i != stored}
        distances = [
            np.abs(np.asarray(decode(pictures[i]).convert("RGB"), dtype=float) - expected).mean()
            for i in others
        ]
        assert np.abs(got - expected).mean() < min(distances)


def test_png_is_the_frame_shown_first() -> None:
    made = make(start={"theta": 30})
    png = np.asarray(decode(made.bundle()["image/png"]))
    wanted = np.asarray(made.frames.picture({"theta": 30, "shape": "bar"}))
    assert np.array_equal(png, wanted)


def test_identical_frames_are_stored_once() -> None:
    def still(fig: Figure, x: int) -> None:
        fig.text(0.5, 0.5, str(x > 1))

    _, data = read(make("truth", still, parameters={"x": [0, 1, 2, 3]}).bundle()["text/html"])
    assert data["order"] == [0, 0, 1, 1]
    assert data["pictures"][0] is None, "the first frame is in the image already"
    assert decode(data["pictures"][1]).format == "WEBP"
    assert len(set(data["alts"])) == 4


def test_frames_do_not_depend_on_the_order_of_drawing() -> None:
    def restless(fig: Figure, x: int) -> None:
        if x == 0:
            fig.set_size_inches(3, 3)
            fig.set_layout_engine("none")
        fig.subplots().plot([0, x])

    frames = make("line", restless, parameters={"x": [0, 1, 2]}).frames
    before = np.asarray(frames.picture({"x": 2}))
    frames.picture({"x": 0})
    assert np.array_equal(np.asarray(frames.picture({"x": 2})), before)


def test_alt_text_of_each_frame_is_its_own() -> None:
    def said(theta: float, shape: str) -> str:
        return f"{shape} at {theta:g}"

    _, data = read(make(said).bundle()["text/html"])
    assert data["alts"] == [said(*values) for values in COMBINATIONS]
    _, data = read(make("a line", names={"theta": "angle θ in °"}).bundle()["text/html"])
    assert data["alts"][2] == "a line (angle θ in ° = 30, shape = bar)"
    assert len(set(data["alts"])) == 6


def test_html_is_named_escaped_and_well_formed() -> None:
    html = make("a < b & </script>", names={"theta": "<angle>"}, label="my-line").bundle()[
        "text/html"
    ]
    soup, data = read(html)
    assert soup.b is None, "a value of the parameter became an element"
    assert data["texts"] == [["0", "30", "60.5"], GRID["shape"]]
    assert soup.img["alt"] == data["alts"][0] == "a < b & </script> (<angle> = 0, shape = bar)"
    assert "dark-light" in soup.img["class"]
    assert (soup.img["width"], soup.img["height"]) == ("640", "400")
    assert [tag["id"] for tag in soup.find_all(id=True)] == [
        "sweep-my-line",
        "sweep-my-line--theta",
        "sweep-my-line--shape",
    ]
    labels = [label.get_text() for label in soup.find_all("label")]
    assert labels == ["<angle>", "shape"]
    assert not soup.select("label input, label output")
    for label, field, shown in zip(soup("label"), soup("input"), soup("output"), strict=True):
        assert field["type"] == "range"
        assert label["for"] == field["id"] == shown["for"][0]
        assert field["aria-valuetext"] == shown.get_text()
    assert not soup.find_all(src=lambda src: src and not src.startswith("data:"))
    assert len(soup.find_all("script")) == 2


def test_start_is_what_a_page_without_scripts_shows() -> None:
    soup, data = read(make(start={"theta": 60.5, "shape": "bar"}).bundle()["text/html"])
    assert [field["value"] for field in soup("input")] == ["2", "0"]
    assert soup("output")[0].get_text() == "60.5"
    assert soup.img["alt"] == data["alts"][4]


def test_start_may_be_written_as_another_type_of_number() -> None:
    made = make("line", lambda fig, x: None, parameters={"x": [1e7, 2e7]}, start={"x": 10**7})
    assert 'aria-valuetext="1e+07"' in made.bundle()["text/html"]


def test_corners_keep_the_start_if_they_can() -> None:
    known = read_parameters({"x": [1, 2, 3], "kind": ["a", "b"]})
    for wanted, expected in ((3, 3), (2, 1)):
        ends, first = corners(known, read_start(known, {"x": wanted, "kind": "b"}))
        assert [p.values for p in ends] == [(1, 3), ("a", "b")]
        assert first == {"x": expected, "kind": "b"}


def test_arrays_tensors_and_ranges_are_lists_of_values() -> None:
    for values in (np.array([0.5, 1.0]), torch.tensor([0.5, 1.0]), [np.float64(0.5), 1]):
        (known,) = read_parameters({"x": values})
        assert known.texts == ("0.5", "1")
    assert read_parameters({"n_bars": range(2)})[0].name == "n bars"
    assert make("line", label=None).label == "theta-shape"


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kwargs", "error", "match"),
    [
        ({"parameters": {}}, ValueError, "parameters must hold one or two"),
        ({"parameters": {k: [1, 2] for k in "abc"}}, ValueError, "parameters must hold one or two"),
        ({"parameters": [("x", [1, 2])]}, TypeError, "parameters must map"),
        ({"parameters": {"x": [1]}}, ValueError, r"parameters\['x'\] needs at least 2"),
        ({"parameters": {"x": "ab"}}, TypeError, r"parameters\['x'\] must be a list"),
        ({"parameters": {"x": 3}}, TypeError, r"parameters\['x'\] must be a list"),
        ({"parameters": {"x": [1, None]}}, TypeError, r"parameters\['x'\] must hold numbers"),
        ({"parameters": {"x": [1, 1.0]}}, ValueError, r"parameters\['x'\] has values that read"),
        ({"parameters": {"x": range(61)}}, ValueError, "parameters give 61 combinations"),
        ({"parameters": {"x": range(8), "y": range(8)}}, ValueError, "parameters give 64"),
        ({"alt": " "}, ValueError, "alt must say"),
        ({"label": "two  words"}, ValueError, "label must look like 'two-words'"),
        ({"label": ""}, ValueError, "label must look like 'my-label'"),
        ({"start": {"theta": 31}}, ValueError, r"start\['theta'\]=31 is none of"),
        ({"start": {"phi": 30}}, ValueError, r"start has \['phi'\]"),
        ({"names": {"phi": "angle"}}, ValueError, r"names has \['phi'\]"),
    ],
)
def test_bad_arguments_are_named(
    kwargs: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        sweep(draw, **{"parameters": GRID, "alt": "a line", **kwargs})


def test_sixty_frames_are_allowed() -> None:
    assert len(list(Frames(draw, read_parameters({"x": range(60)}), "line"))) == 60


def test_errors_tell_the_values_of_the_frame() -> None:
    def broken(fig: Figure, theta: float, shape: str) -> None:
        if theta == 30:
            raise ZeroDivisionError("no length")

    with pytest.raises(RuntimeError, match=r"draw failed at theta=30, shape='bar': Zero.*length"):
        make(paint=broken).bundle()
    with pytest.raises(RuntimeError, match="alt failed at theta=0, shape='bar': KeyError"):
        make(alt=lambda **values: values["phi"]).bundle()
    with pytest.raises(ValueError, match=r"alt must give a text at theta = 60.5, shape = bar"):
        make(alt=lambda theta, shape: "" if theta > 60 else "line").bundle()


# --- the live panel --------------------------------------------------------------------------


def test_panel_draws_again_at_each_move() -> None:
    drawn: list[tuple[float, str]] = []

    def noting(fig: Figure, theta: float, shape: str) -> None:
        drawn.append((theta, shape))
        draw(fig, theta, shape)

    frames = make(lambda theta, shape: f"{theta:g} & {shape}", noting).frames
    box = panel(frames, {"theta": 30, "shape": "bar"})
    theta, shape, picture = box.children
    assert drawn == [(30, "bar")]
    assert [s.description for s in (theta, shape)] == ["theta", "shape"]
    assert [text for text, _ in theta.options] == ["0", "30", "60.5"]
    seen = []
    for slider, value in ((theta, 60.5), (shape, GRID["shape"][1]), (theta, 0)):
        slider.value = value
        seen.append(BeautifulSoup(picture.value, "html.parser").img)
    assert drawn[1:] == [(60.5, "bar"), (60.5, GRID["shape"][1]), (0, GRID["shape"][1])]
    assert [image["alt"] for image in seen] == [f"{t:g} & {s}" for t, s in drawn[1:]]
    assert len({image["src"] for image in seen}) == 3
    assert decode(seen[0]["src"].partition(",")[2]).size == (640, 400)


def test_panel_shows_an_error_and_recovers() -> None:
    def broken(fig: Figure, x: int) -> None:
        if x == 2:
            raise ArithmeticError("<stop>")

    box = panel(make("bar", broken, parameters={"x": [1, 2]}).frames, {"x": 1})
    slider, picture = box.children
    slider.value = 2
    assert "draw failed at x=2: ArithmeticError: &lt;stop&gt;" in picture.value
    slider.value = 1
    assert BeautifulSoup(picture.value, "html.parser").img
