"""Drawings: what stands on the axes, what a notebook receives, and what stays untouched."""

from __future__ import annotations

import base64
import io
import itertools
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_rgb
from matplotlib.patches import FancyArrowPatch, Polygon
from matplotlib.text import Annotation
from torch import Tensor

from companion import plotting
from companion.plotting._style import LINES

ALT = 'Three arrows from the origin & a <dashed> "square".'


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    with plt.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def t(*rows: Any) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def arrows(ax: Axes) -> list[FancyArrowPatch]:
    """The arrows of the vectors, not those that an annotation could have."""
    return [a for a in ax.get_children() if isinstance(a, FancyArrowPatch)]


def tips(ax: Axes) -> np.ndarray:
    """Where the arrows end in data coordinates; each must start at the origin."""
    ends = []
    for arrow in arrows(ax):
        start, end = arrow._posA_posB
        assert tuple(start) == (0, 0)
        ends.append(end)
    return np.array(ends)


def labels(ax: Axes) -> list[Annotation]:
    return [a for a in ax.texts if isinstance(a, Annotation)]


def polygon(ax: Axes, gid: str) -> Polygon:
    (found,) = [p for p in ax.patches if p.get_gid() == gid]
    assert isinstance(found, Polygon)
    return found


def corners(ax: Axes, gid: str) -> np.ndarray:
    """The corners without the closing one."""
    return polygon(ax, gid).get_xy()[:-1]


def holds(ax: Axes, points: np.ndarray) -> bool:
    """Whether the limits of the axes show all the points."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    x, y = points.T
    return bool(((x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)).all())


# Vectors


def test_vectors_draw_an_arrow_and_a_label_each() -> None:
    given = [t(1, 2)[:], t(-3, 0.5), torch.tensor([0.0, -4.0], requires_grad=True)]
    ax = plotting.vectors(*given)
    expected = np.array([[1, 2], [-3, 0.5], [0, -4]])
    np.testing.assert_allclose(tips(ax), expected)
    assert [a.get_text() for a in ax.texts] == ["$v_{1}$", "$v_{2}$", "$v_{3}$"]
    np.testing.assert_allclose([a.xy for a in labels(ax)], expected)
    assert ax.get_aspect() == 1
    assert holds(ax, expected)
    assert holds(ax, np.zeros((1, 2)))


def test_labels_stand_outside_the_tip() -> None:
    ax = plotting.vectors(t(1, 1), t(-1, -1))
    assert [a.xyann for a in labels(ax)] == [(6, 6), (-6, -6)]
    assert [a.get_ha() for a in labels(ax)] == ["left", "right"]
    assert [a.get_va() for a in labels(ax)] == ["bottom", "top"]


def test_vectors_take_labels_colours_and_axes() -> None:
    _, ax = plt.subplots()
    same = plotting.vectors(t(1, 0), t(0, 1), labels=["a", "b"], colors=["red", "#00ff00"], ax=ax)
    assert same is ax
    assert [x.get_text() for x in ax.texts] == ["a", "b"]
    for arrow, color in zip(arrows(ax), ["red", "lime"], strict=True):
        assert same_color(arrow.get_edgecolor(), color)


def test_colours_of_vectors_come_from_the_cycle_and_repeat() -> None:
    ax = plotting.vectors(*[t(i, 1) for i in range(7)])
    cycle = itertools.cycle(plotting.COLORS[name] for name, _ in LINES)
    for arrow, color in zip(arrows(ax), cycle, strict=False):
        assert same_color(arrow.get_edgecolor(), color)


@pytest.mark.parametrize(
    ("draw", "error", "match"),
    [
        (lambda: plotting.vectors([1.0, 2.0]), TypeError, "^arrows .*list"),
        (lambda: plotting.vectors(torch.tensor([1, 2])), TypeError, "^arrows .*int64"),
        (lambda: plotting.vectors(t(1, 2, 3)), ValueError, r"^arrows .*\(3,\)"),
        (lambda: plotting.vectors(t([1, 2])), ValueError, r"^arrows .*\(1, 2\)"),
        (lambda: plotting.vectors(t(1, math.nan)), ValueError, "^arrows .*finite"),
        (lambda: plotting.vectors(t(1, 2), labels=[]), ValueError, "^labels .*1 .*0"),
        (lambda: plotting.vectors(t(1, 2), colors=["r", "b"]), ValueError, "^colors .*1 .*2"),
        (lambda: plotting.linear_map([[1.0]]), TypeError, "^A .*list"),
        (lambda: plotting.linear_map(torch.eye(3)), ValueError, r"^A .*\(3, 3\)"),
        (lambda: plotting.linear_map(torch.eye(2), "cube"), ValueError, "^shape .*'cube'"),
        (lambda: plotting.linear_map(torch.eye(2), arrows="rows"), ValueError, "^arrows .*'rows'"),
        (lambda: plotting.truss([[0, 0]], []), TypeError, "^nodes .*list"),
        (lambda: plotting.truss(torch.eye(3), [(0, 1)]), ValueError, r"^nodes .*\(3, 3\)"),
        (lambda: plotting.truss(torch.eye(2), [(0, 2)]), ValueError, "^bars .*0 to 1"),
        (lambda: plotting.truss(torch.eye(2), [(0, 1, 1)]), ValueError, r"^bars .*\(1, 3\)"),
        (lambda: plotting.truss(torch.eye(2), [(0.0, 1.0)]), TypeError, "^bars .*integers"),
        (lambda: plotting.truss(torch.eye(2), [(0, 1)], [1.0]), TypeError, "^u .*list"),
        (lambda: plotting.truss(torch.eye(2), [(0, 1)], t(1, 2)), ValueError, r"^u .*\(2,\)"),
        (lambda: plotting.truss(torch.eye(2), [(0, 1)], scale="2"), TypeError, "^scale .*str"),
        (lambda: plotting.truss(torch.eye(2), [(0, 1)], scale=math.inf), ValueError, "^scale"),
    ],
)
def test_bad_input_is_named_and_leaves_no_figure(
    draw: Callable[[], Axes], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        draw()
    assert plt.get_fignums() == []


# Linear maps

SHEAR = t([1, 0.5], [0, 1])
MIRROR = t([0, 1], [1, 0])
TURN = t([0, -1], [1, 0])


def test_linear_map_draws_the_shape_and_its_image() -> None:
    A = t([2, 1], [0.5, 3])
    ax = plotting.linear_map(A)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    np.testing.assert_allclose(corners(ax, "shape"), square)
    images = np.array([A.numpy() @ corner for corner in square])
    np.testing.assert_allclose(corners(ax, "image"), images)
    assert polygon(ax, "shape").get_linestyle() == "--"
    assert not polygon(ax, "shape").get_fill()
    assert polygon(ax, "image").get_fill()
    np.testing.assert_allclose(tips(ax), A.numpy().T)
    assert [x.get_text() for x in ax.texts] == ["$Ae_1$", "$Ae_2$"]
    assert ax.get_aspect() == 1
    assert holds(ax, images)


def test_circle_becomes_the_ellipse_of_the_singular_values() -> None:
    A = t([1, 1], [0, 1])
    ax = plotting.linear_map(A, "circle", None)
    np.testing.assert_allclose(np.linalg.norm(corners(ax, "shape"), axis=1), 1)
    radius = np.linalg.norm(corners(ax, "image"), axis=1)
    golden = (1 + math.sqrt(5)) / 2
    assert radius.max() == pytest.approx(golden, rel=2e-3)
    assert radius.min() == pytest.approx(1 / golden, rel=2e-3)
    assert not arrows(ax)


def area(points: np.ndarray) -> float:
    x, y = points.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


@pytest.mark.parametrize("shape", ["square", "circle", "F"])
def test_area_grows_by_the_determinant(shape: str) -> None:
    A = t([2, 1], [0.5, -3])
    ax = plotting.linear_map(A, shape)
    before, after = area(corners(ax, "shape")), area(corners(ax, "image"))
    assert before > 0  # counter-clockwise
    assert after / before == pytest.approx(2 * -3 - 1 * 0.5)


def test_letter_has_no_mirror_symmetry() -> None:
    """Else it would not show a reflection: no mirror image of it, moved back, is the letter."""
    letter = {tuple(p) for p in corners(plotting.linear_map(torch.eye(2).double(), "F"), "shape")}
    for A in (MIRROR, -MIRROR, t([-1, 0], [0, 1]), t([1, 0], [0, -1])):
        image = corners(plotting.linear_map(A, "F"), "image")
        assert {tuple(p) for p in image - image.min(axis=0)} != letter


def test_orientation_shows_in_colour_and_hatch() -> None:
    kept = polygon(plotting.linear_map(SHEAR), "image")
    turned = polygon(plotting.linear_map(MIRROR), "image")
    assert (kept.get_hatch(), turned.get_hatch()) == (None, "//")
    assert same_color(kept.get_edgecolor(), plotting.COLORS["blue"])
    assert same_color(turned.get_edgecolor(), plotting.COLORS["vermillion"])


def test_eigen_arrows_are_eigenvectors_times_eigenvalues() -> None:
    """A maps each drawn w = λ v to λ w, with |w| = |λ|."""
    A = t([1.5, 0.5], [0.5, 1])
    ax = plotting.linear_map(A, arrows="eigen")
    found = set()
    for w in tips(ax):
        image = A.numpy() @ w
        value = float(image @ w / (w @ w))
        np.testing.assert_allclose(image, value * w, atol=1e-12)
        assert np.linalg.norm(w) == pytest.approx(abs(value))
        found.add(round(value, 10))
    assert found == {round((5 + s * math.sqrt(5)) / 4, 10) for s in (1, -1)}
    assert [x.get_text() for x in ax.texts] == [r"$\lambda_1 v_1$", r"$\lambda_2 v_2$"]


def test_rotation_says_that_it_has_no_eigenvector() -> None:
    ax = plotting.linear_map(TURN, arrows="eigen")
    assert not arrows(ax)
    assert [x.get_text() for x in ax.texts] == ["no real eigenvectors"]


def test_shear_has_one_eigenvector() -> None:
    (tip,) = tips(plotting.linear_map(SHEAR, arrows="eigen"))
    np.testing.assert_allclose(np.abs(tip), [1, 0], atol=1e-7)


def test_half_turn_and_zero_map_keep_two_directions() -> None:
    for A in (-torch.eye(2), torch.zeros(2, 2)):
        assert len(arrows(plotting.linear_map(A, arrows="eigen"))) == 2


# Trusses

NODES = t([0, 0], [1, 0], [0.5, 1])
BARS = [(0, 1), (1, 2), (2, 0)]


def lines(ax: Axes, gid: str) -> list[np.ndarray]:
    return [line.get_xydata() for line in ax.lines if line.get_gid() == gid]


def test_truss_draws_each_bar_and_names_each_node() -> None:
    ax = plotting.truss(NODES, torch.tensor(BARS))
    points = NODES.numpy()
    np.testing.assert_allclose(lines(ax, "bar"), [points[[i, j]] for i, j in BARS])
    assert {line.get_linestyle() for line in ax.lines} == {"-"}
    assert not lines(ax, "displaced")
    assert [x.get_text() for x in ax.texts] == ["0", "1", "2"]
    np.testing.assert_allclose([x.xy for x in labels(ax)], points)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [m]", "y [m]")
    assert ax.get_aspect() == 1


@pytest.mark.parametrize("flat", [True, False])
def test_truss_draws_the_displaced_bars_over_the_first(flat: bool) -> None:
    _, ax = plt.subplots()
    u = t([0, 0], [0.1, 0], [0.05, -0.3])
    assert plotting.truss(NODES, BARS, u.flatten() if flat else u, scale=2, ax=ax) is ax
    moved = NODES.numpy() + 2 * u.numpy()
    np.testing.assert_allclose(lines(ax, "displaced"), [moved[[i, j]] for i, j in BARS])
    np.testing.assert_allclose(lines(ax, "bar"), [NODES.numpy()[[i, j]] for i, j in BARS])
    looks = {line.get_gid(): (line.get_linestyle(), line.get_marker()) for line in ax.lines}
    assert looks == {"bar": ("--", "o"), "displaced": ("-", "s")}
    assert len(ax.texts) == 3


# Publishing


class Notebook:
    """Stands for the shell of a notebook: it remembers what it was asked to publish."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.display_pub = SimpleNamespace(publish=lambda **output: self.outputs.append(output))


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    import IPython

    shell = Notebook()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    return shell


def small_figure() -> plt.Figure:
    fig, ax = plt.subplots(figsize=(2, 1.5))
    plotting.vectors(t(1, 2), ax=ax)
    return fig


def test_show_publishes_once_and_closes(notebook: Notebook) -> None:
    fig = small_figure()
    plotting.show(fig, ALT)
    (output,) = notebook.outputs
    assert plt.get_fignums() == []
    assert set(output["data"]) == {"image/png", "text/html", "text/plain"}
    assert output["metadata"]["image/png"] == {"alt": ALT, "width": "200px"}
    png = base64.b64decode(output["data"]["image/png"])
    assert plt.imread(io.BytesIO(png)).shape[:2] == (300, 400)  # twice 150 x 200 CSS pixels
    assert output["data"]["text/plain"] == f"Figure: {ALT}"


def test_html_carries_the_escaped_alt_text_and_the_same_picture(notebook: Notebook) -> None:
    plotting.show(small_figure(), ALT, width="80%")
    (output,) = notebook.outputs
    html = output["data"]["text/html"]
    assert 'alt="Three arrows from the origin &amp; a &lt;dashed&gt; &quot;square&quot;."' in html
    assert "width: 80%" in html
    found = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    assert found is not None
    assert found[1] == output["data"]["image/png"]
    assert html.count("<") == 1


def test_same_figure_gives_the_same_bytes(notebook: Notebook) -> None:
    for _ in range(2):
        plotting.show(small_figure(), ALT)
    first, second = notebook.outputs
    assert first == second
    assert b"Software" not in base64.b64decode(first["data"]["image/png"])


def test_width_and_white_space(notebook: Notebook) -> None:
    plotting.show(small_figure(), "  Three arrows\n   from the origin. ", width=321)
    (output,) = notebook.outputs
    assert output["metadata"]["image/png"] == {
        "alt": "Three arrows from the origin.",
        "width": "321px",
    }


def test_a_tight_box_of_the_reader_does_not_change_the_size(notebook: Notebook) -> None:
    with plt.rc_context({"savefig.bbox": "tight"}):
        plotting.show(small_figure(), ALT)
        assert mpl.rcParams["savefig.bbox"] == "tight"
    png = base64.b64decode(notebook.outputs[0]["data"]["image/png"])
    assert plt.imread(io.BytesIO(png)).shape[:2] == (300, 400)


def test_show_outside_a_notebook_only_closes(capsys: pytest.CaptureFixture[str]) -> None:
    plotting.show(small_figure(), ALT)
    assert plt.get_fignums() == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"fig": "figure"}, TypeError, "^fig .*str"),
        ({"alt": None}, TypeError, "^alt .*NoneType"),
        ({"alt": "Nineteen characters"}, ValueError, "^alt .*20"),
        ({"alt": "Too short" + 20 * " "}, ValueError, "^alt .*20"),
        ({"width": 1.5}, TypeError, "^width .*float"),
        ({"width": True}, TypeError, "^width .*bool"),
    ],
)
def test_bad_arguments_of_show(
    notebook: Notebook, change: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        plotting.show(**({"fig": small_figure(), "alt": ALT} | change))
    assert notebook.outputs == []


def test_twenty_characters_are_enough(notebook: Notebook) -> None:
    plotting.show(small_figure(), "Twenty characters so")
    assert len(notebook.outputs) == 1


# Looks


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_line_colours_stand_out_from_white() -> None:
    """Contrast of at least 3, what WCAG asks of graphics; the docstring names the pale ones."""
    contrast = {name: 1.05 / (luminance(c) + 0.05) for name, c in plotting.COLORS.items()}
    for name, _ in LINES:
        assert contrast[name] >= 3, name
    assert {"orange", "sky", "yellow"} <= {name for name, c in contrast.items() if c < 3}
    assert dict(plotting.COLORS) == {n: c.upper() for n, c in plotting.COLORS.items()}


# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


@pytest.mark.parametrize("name", DEFICIENCIES)
def test_colours_stay_apart_with_a_colour_vision_deficiency(name: str) -> None:
    """CIE 1976 distance of every pair above 10, four times what the eye just notices."""

    def lab(color: str) -> np.ndarray:
        rgb = np.array(to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen = (DEFICIENCIES[name] @ linear).clip(0, 1)
        to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        white = np.array([0.9505, 1.0, 1.089])
        f = np.cbrt(np.array(to_xyz) @ seen / white)
        return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])

    cycle = [c for c, _ in LINES]
    for one, other in itertools.combinations(cycle, 2):
        apart = np.linalg.norm(lab(plotting.COLORS[one]) - lab(plotting.COLORS[other]))
        assert apart > 10, f"{one} and {other}: {apart:.1f}"


def test_no_line_is_known_by_its_colour_alone() -> None:
    cycle = plotting.style()["axes.prop_cycle"].by_key()
    assert cycle["color"] == [plotting.COLORS[name] for name, _ in LINES]
    assert len(set(cycle["color"])) == len(set(map(str, cycle["linestyle"]))) == len(LINES)


def test_style_changes_nothing_until_it_is_used() -> None:
    before = dict(mpl.rcParams)
    looks = plotting.style()
    looks["font.size"] = 99
    assert plotting.style()["font.size"] == 12  # a new dictionary each time
    assert dict(mpl.rcParams) == before
    with plt.rc_context(plotting.style()):
        fig, ax = plt.subplots()
        fig.canvas.draw()
        assert fig.canvas.get_width_height() == (540, 360)
        assert ax.xaxis.get_label().get_size() == 12
        assert same_color(fig.get_facecolor(), "white")
    assert dict(mpl.rcParams) == before


def test_text_stays_above_ten_pixels_on_a_phone() -> None:
    """540 CSS pixels shrink to 390; a point is 100/72 of them."""
    looks = plotting.style()
    sizes = [v for k, v in looks.items() if k.endswith("size") and k != "figure.figsize"]
    assert min(sizes) * looks["figure.dpi"] / 72 * 390 / 540 > 10


def test_import_leaves_matplotlib_alone() -> None:
    code = (
        "import matplotlib as mpl, sys; before = dict(mpl.rcParams)\n"
        "from companion import plotting\n"
        "plotting.style(); plotting.COLORS['blue']\n"
        "assert dict(mpl.rcParams) == before and 'IPython' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
