"""Rows of the data sets of the chapter on regression."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import sklearn.datasets
import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call

TESTS = {
    "make_cracked_beams": "test_cracked_beams.py::test_truth_is_that_of_the_normal_distributions",
    "make_cubic_spring": "test_springs.py::test_cubic_spring_is_its_formula",
    "make_cubic_stress_strain": "test_tension.py::test_cubic_curve_is_its_formula",
    "make_duffing_force": "test_springs.py::test_duffing_force_is_its_formula",
    "make_gauge": "test_gauges.py::test_gauge_has_its_bias_and_repeatability",
    "make_line": "test_curves.py::test_line_is_its_formula",
    "make_noisy_sine": "test_curves.py::test_sine_is_its_formula",
    "make_ramberg_osgood": "test_tension.py::test_ramberg_osgood_is_its_formula",
    "make_spring": "test_springs.py::test_spring_is_its_formula",
    "make_tension_test": "test_tension.py::test_tension_test_is_its_formula",
}


def blob_inputs(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    """Every argument away from its default, odd counts, all kinds of centres."""
    centers = torch.tensor([[0.0, 1, 5], [4, 4, -3]], dtype=torch.float64)
    yield call(random_state=0, label="default")
    yield call(100, 2, centers=2, random_state=1, label="page")
    yield call(50, centers=4, cluster_std=0.7, random_state=4, label="engines")
    yield call(17, 3, centers=5, shuffle=False, random_state=3, label="remainder")
    yield call(2, 1, centers=3, random_state=3, label="an empty cloud")
    yield call(31, centers=centers.numpy(), cluster_std=[0.1, 2.0], random_state=2, label="array")
    yield call(9, centers=centers.tolist(), random_state=2, label="list")
    yield call(9, centers=[[1, 2], [3, 4]], cluster_std=0, random_state=2, label="ints")
    yield call([3, 0, 8], cluster_std=[1.0, 2.0, 3], random_state=5, label="counts")
    yield call((3, 5), 7, centers=centers, random_state=5, shuffle=False, label="tensor")
    box = {"center_box": (2.0, 3.0), "return_centers": True}
    yield call(12, 4, random_state=6, **box, label="box")


def library_blobs(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """Tensors in torch's default dtype instead of arrays."""
    if isinstance(kwargs.get("centers"), Tensor):
        kwargs["centers"] = kwargs["centers"].numpy()
    X, y, *more = sklearn.datasets.make_blobs(*args, **kwargs)
    numbers = [torch.from_numpy(a).to(torch.get_default_dtype()) for a in (X, *more)]
    return (numbers[0], torch.from_numpy(y), *numbers[1:])


BLOB_ERRORS = (
    Bad("none", lambda f: f(0), ValueError, "^n_samples .*0"),
    Bad("half", lambda f: f(2.5), TypeError, "^n_samples .*float"),
    Bad("counts", lambda f: f([1, -1]), ValueError, "^n_samples .*-1"),
    Bad("count", lambda f: f([1, 2], centers=[[0.0, 0]]), ValueError, "^n_samples .*1 .*2"),
    Bad("features", lambda f: f(n_features=0), ValueError, "^n_features .*0"),
    Bad("no centre", lambda f: f(centers=0), ValueError, "^centers .*0"),
    Bad("bool", lambda f: f(centers=True), TypeError, "^centers .*bool"),
    Bad("both", lambda f: f([1, 2], centers=2), ValueError, "^centers .*array"),
    Bad("flat", lambda f: f(centers=[1.0, 2]), ValueError, r"^centers .*\(2,\)"),
    Bad("ragged", lambda f: f(centers=[[1.0], [1, 2]]), ValueError, "^centers .*equal length"),
    Bad("text", lambda f: f(centers="ab"), TypeError, "^centers .*str"),
    Bad("nan", lambda f: f(centers=[[np.nan, 0]]), ValueError, "^centers .*finite"),
    Bad("std", lambda f: f(cluster_std=-1), ValueError, "^cluster_std .*-1"),
    Bad("stds", lambda f: f(cluster_std=[1.0]), ValueError, "^cluster_std .*3 .*1"),
    Bad("box", lambda f: f(center_box=1), ValueError, "^center_box .*1"),
    Bad("falling", lambda f: f(center_box=(1, 0)), ValueError, "^center_box .*fall"),
)

ROWS = [
    Row(
        name="datasets.make_blobs",
        proof="library",
        inputs=blob_inputs,
        expected=library_blobs,
        mirrors="sklearn.datasets.make_blobs",
        bad=BLOB_ERRORS,
    ),
    *(
        Row(name=f"datasets.{name}", proof="behaviour", test=f"tests/datasets/{test}")
        for name, test in TESTS.items()
    ),
]
