"""The generated data: equal to their formulas, and the facts that the pages state about them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.ndimage import gaussian_filter
from torch import Tensor

from companion.datasets import make_crack_image, make_material_classes

F64 = torch.float64


@pytest.fixture
def double() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(F64)
    yield
    torch.set_default_dtype(before)


# Materials

TRUTH = {
    "steel": [(210, 5), (0.30, 0.01), (7.85, 0.05), (355, 40)],
    "aluminium": [(70, 3), (0.33, 0.01), (2.70, 0.04), (240, 30)],
    "polyamide": [(3, 0.4), (0.40, 0.015), (1.14, 0.03), (60, 8)],
}


def nearest(X: Tensor) -> Tensor:
    """The number of the nearest other sample of each sample."""
    return torch.cdist(X, X).fill_diagonal_(math.inf).argmin(dim=1)


def test_materials_have_the_stated_means_and_spreads(double: None) -> None:
    """Means within 5 standard errors of the table, spreads too, and no correlation."""
    n = 4000
    found = make_material_classes(n)
    table = torch.tensor(list(TRUTH.values()), dtype=F64)
    assert torch.equal(found.means, table[..., 0])
    assert torch.equal(found.stds, table[..., 1])
    for k in range(3):
        X = found.data[found.target == k]
        Z = (X - table[k, :, 0]) / table[k, :, 1]
        assert float(Z.mean(dim=0).abs().max()) < 5 / math.sqrt(n)
        assert float((Z.std(dim=0) - 1).abs().max()) < 5 / math.sqrt(2 * n)
        off_diagonal = torch.corrcoef(Z.mT) - torch.eye(4)
        assert float(off_diagonal.abs().max()) < 5 / math.sqrt(n)


def test_materials_as_a_bunch() -> None:
    found = make_material_classes()
    assert found.data.shape == (120, 4)
    assert found.data.dtype == torch.get_default_dtype()
    assert found.target.tolist() == [0] * 40 + [1] * 40 + [2] * 40
    assert found.target_names == list(TRUTH)
    assert found.feature_names == ["E [GPa]", "nu [-]", "rho [g/cm^3]", "yield [MPa]"]
    assert make_material_classes(1).data.shape == (3, 4)


@pytest.mark.parametrize("random_state", range(6))
def test_unit_of_stiffness_decides_the_neighbours(random_state: int, double: None) -> None:
    """GPa to MPa gives most samples another neighbour; standardised columns none."""
    X = make_material_classes(random_state=random_state).data
    in_MPa = X * torch.tensor([1000.0, 1, 1, 1])
    changed = (nearest(X) != nearest(in_MPa)).double().mean()
    assert float(changed) > 0.8

    def standardised(A: Tensor) -> Tensor:
        return (A - A.mean(dim=0)) / A.std(dim=0)

    assert torch.equal(nearest(standardised(X)), nearest(standardised(in_MPa)))


def test_materials_repeat_with_the_same_random_state() -> None:
    first = make_material_classes(5, random_state=1).data
    assert torch.equal(first, make_material_classes(5, random_state=1).data)
    generator = torch.Generator().manual_seed(1)
    assert torch.equal(first, make_material_classes(5, random_state=generator).data)
    assert not torch.equal(first, make_material_classes(5, random_state=generator).data)
    assert not torch.equal(first, make_material_classes(5, random_state=2).data)
    before = torch.get_rng_state()
    make_material_classes()
    make_crack_image()
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    assert torch.equal(first, make_material_classes(5, random_state=None).data)


def test_numbers_do_not_depend_on_the_default_dtype(request: pytest.FixtureRequest) -> None:
    data, image = make_material_classes(5).data, make_crack_image(9).image
    assert data.dtype == image.dtype == torch.float32
    request.getfixturevalue("double")
    assert torch.equal(make_material_classes(5).data.float(), data)
    assert torch.equal(make_crack_image(9).image.float(), image)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_per_class": 0}, ValueError, "^n_per_class .*0"),
        ({"n_per_class": 2.0}, TypeError, "^n_per_class .*float"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
    ],
)
def test_bad_arguments_of_materials(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_material_classes(**arguments)


# Cracks


def level(x: float, y: float, size: int, angle: float, offset: float, waviness: float) -> float:
    """δ - o - w sin(4π s / size) at the point (x, y): zero on the centre line."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along, across = c * x + s * y, c * y - s * x
    return across - offset - waviness * math.sin(4 * math.pi * along / size)


def formula(
    size: int = 64,
    angle: float = 25.0,
    offset: float = 0.0,
    width: float = 1.5,
    waviness: float = 2.0,
    brightness: float = 0.8,
    depth: float = 0.6,
) -> np.ndarray:
    image, middle = np.empty((size, size)), (size - 1) / 2
    for row, column in np.ndindex(size, size):
        d = level(column - middle, middle - row, size, angle, offset, waviness)
        image[row, column] = brightness - depth * math.exp(-0.5 * (d / width) ** 2)
    return image.clip(0, 1)


CRACKS = [
    {},
    {"size": 7, "angle": -60.0, "offset": 1.3},
    {"size": 20, "angle": 90.0, "width": 0.4, "waviness": -5.0},
    {"size": 16, "angle": 170.0, "brightness": 1.1, "depth": 1.5},
    {"size": 1},
    {"size": 12, "brightness": 2, "depth": 0},
]


@pytest.mark.parametrize("arguments", CRACKS, ids=str)
def test_crack_without_noise_is_the_formula(arguments: dict, double: None) -> None:
    image = make_crack_image(**arguments, noise=0).image
    expected = torch.from_numpy(formula(**arguments))
    torch.testing.assert_close(image, expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("size", [30, 31])
@pytest.mark.parametrize(
    ("angle", "offset", "chord"),
    [
        (0.0, 0.3, lambda n: n),
        (90.0, -4.2, lambda n: n),
        (25.0, 1.1, lambda n: n / math.cos(math.radians(25))),
        (-70.0, 0.0, lambda n: n / math.sin(math.radians(70))),
        (45.0, 3.0, lambda n: n * math.sqrt(2) - 2 * 3),
        (45.0, 40.0, lambda n: 0.0),
    ],
)
def test_length_of_a_straight_crack_is_the_chord(size: int, angle: float, offset, chord) -> None:
    """To two steps of the search, 0.02 pixel: one at each end."""
    found = make_crack_image(size, angle, offset, waviness=0.0).length
    assert found == pytest.approx(chord(size), abs=0.02)


@pytest.mark.parametrize("waviness", [2.0, 8.0])
def test_length_of_a_wavy_crack_is_the_arc_integral(waviness: float) -> None:
    """Two whole waves from side to side of a horizontal crack."""
    n = 40
    slope = 4 * math.pi * waviness / n
    arc, _ = quad(lambda s: math.hypot(1, slope * math.cos(4 * math.pi * s / n)), -n / 2, n / 2)
    found = make_crack_image(n, 0.0, waviness=waviness).length
    assert found == pytest.approx(arc, abs=0.02 * math.hypot(1, slope))


@pytest.mark.parametrize("arguments", CRACKS[:3], ids=str)
def test_mask_marks_the_pixels_that_the_centre_line_passes(arguments: dict) -> None:
    """Where the level changes sign between corners the line passes; far from zero it does not."""
    line = {"size": 64, "angle": 25.0, "offset": 0.0, "waviness": 2.0} | arguments
    line.pop("width", None)
    size = line["size"]
    mask = make_crack_image(**arguments).mask
    steepest = math.hypot(1, 4 * math.pi * line["waviness"] / size)
    marked = 0
    for row, column in np.ndindex(size, size):
        x, y = column - size / 2, size / 2 - row  # the upper left corner
        corners = [level(x + i, y - j, **line) for i in (0, 1) for j in (0, 1)]
        if min(corners) < -0.1 * steepest and max(corners) > 0.1 * steepest:
            assert mask[row, column], f"the line passes pixel {row}, {column}"
            marked += 1
        if abs(level(x + 0.5, y - 0.5, **line)) > steepest * (math.sqrt(0.5) + 0.01):
            assert not mask[row, column], f"the line is far from pixel {row}, {column}"
    assert marked > size / 2


def test_mask_of_axis_parallel_cracks_is_one_row_or_column() -> None:
    """The offset goes to the left of the direction: up for angle 0, to the left for 90°."""
    flat = make_crack_image(10, 0.0, 2.2, waviness=0.0).mask
    assert flat.nonzero()[:, 0].unique().tolist() == [2]  # y = 2.2 lies 2.8 below the top
    assert int(flat.sum()) == 10
    assert torch.equal(make_crack_image(10, 90.0, 2.2, waviness=0.0).mask, flat.mT)


def test_intact_plate() -> None:
    intact = make_crack_image(20, depth=0.0, brightness=0.7, noise=0.0)
    assert torch.equal(intact.image, torch.full((20, 20), 0.7))
    assert not intact.mask.any()
    assert intact.mask.dtype == torch.bool
    assert intact.length == 0.0


def test_noise_of_an_image(double: None) -> None:
    """Far from 0 and 1 nothing is clipped; with much noise everything stays between them."""
    n = 200
    Z = (make_crack_image(n, depth=0, brightness=0.5, noise=0.05).image - 0.5) / 0.05
    assert abs(float(Z.mean())) < 5 / n
    assert abs(float(Z.std()) - 1) < 5 / (math.sqrt(2) * n)
    wild = make_crack_image(n, noise=3.0).image
    assert (float(wild.min()), float(wild.max())) == (0.0, 1.0)


def test_crack_repeats_with_the_same_random_state() -> None:
    image = make_crack_image(random_state=4).image
    assert torch.equal(image, make_crack_image(random_state=4).image)
    assert torch.equal(image, make_crack_image(random_state=torch.Generator().manual_seed(4)).image)
    assert not torch.equal(image, make_crack_image(random_state=5).image)
    assert image.shape == (64, 64)
    assert torch.equal(make_crack_image().image, make_crack_image(random_state=0).image)


@pytest.mark.parametrize("state", range(10))
def test_distances_of_the_page_on_norms(state: int, double: None) -> None:
    """Squared distance = that of the clean images + noise: 2 σ² a pixel for two pictures."""
    image = make_crack_image(random_state=state).image
    clean = formula()
    noise = 2 * 0.02**2 * 64**2
    page = {0: 1.8, 2: 7.3, 4: 10.8, 6: 11.75, 10: 11.85}
    found = {}
    for offset, stated in page.items():
        other = make_crack_image(offset=offset, random_state=1000 + state).image
        found[offset] = float(torch.dist(image, other))
        expected = math.sqrt(((formula(offset=offset) - clean) ** 2).sum() + noise)
        assert found[offset] == pytest.approx(expected, abs=0.2)
        assert expected == pytest.approx(stated, abs=0.1)
    intact = float(torch.dist(image, make_crack_image(depth=0, random_state=1000 + state).image))
    expected = math.sqrt(((0.8 - clean) ** 2).sum() + noise)
    assert intact == pytest.approx(expected, abs=0.1)
    assert expected == pytest.approx(8.5, abs=0.1)
    darkened = float(torch.dist(image, image - 0.15))
    assert darkened == pytest.approx(0.15 * 64, abs=1e-12)
    assert found[6] > intact + 2
    assert darkened > intact
    assert found[2] < intact < found[4]


def test_blur_only_delays_the_crossing(double: None) -> None:
    """Blurred with 4 pixels, a shifted crack is farther than an intact plate from 8 pixels on."""

    def blurred(state: int, **arguments: float) -> np.ndarray:
        return gaussian_filter(make_crack_image(random_state=state, **arguments).image.numpy(), 4)

    for state in range(3):
        image = blurred(state)
        intact = np.linalg.norm(image - blurred(50 + state, depth=0))
        shifted = {
            o: np.linalg.norm(image - blurred(50 + state, offset=o)) for o in (0, 2, 4, 6, 8, 10)
        }
        assert shifted[6] < intact < shifted[8]
        page = [shifted[o] for o in (0, 2, 4, 6, 10)] + [intact]
        assert page == pytest.approx([0.1, 1.6, 3.1, 4.3, 6.0, 4.9], abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"size": 0}, ValueError, "^size .*0"),
        ({"size": 8.0}, TypeError, "^size .*float"),
        ({"angle": "25"}, TypeError, "^angle .*str"),
        ({"angle": math.inf}, ValueError, "^angle .*inf"),
        ({"offset": None}, TypeError, "^offset .*None"),
        ({"width": 0}, ValueError, "^width .*positive"),
        ({"waviness": math.nan}, ValueError, "^waviness .*nan"),
        ({"brightness": True}, TypeError, "^brightness .*bool"),
        ({"depth": -0.1}, ValueError, "^depth .*-0.1"),
        ({"noise": -1}, ValueError, "^noise .*-1"),
        ({"noise": 0, "random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -3}, ValueError, "^random_state .*-3"),
        ({"random_state": True}, TypeError, "^random_state .*bool"),
    ],
)
def test_bad_arguments_of_cracks(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_crack_image(**arguments)
