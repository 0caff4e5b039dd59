"""Rows of the data sets: each is generated, and a test compares it with its stated truth."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "make_crack_image": "test_datasets.py::test_crack_without_noise_is_the_formula",
    "make_material_classes": "test_datasets.py::test_materials_have_the_stated_means_and_spreads",
    "make_strain_gauge": "datasets/test_gauges.py::test_output_is_the_formula_of_the_page",
}

ROWS = [
    Row(name=f"datasets.{name}", proof="behaviour", test=f"tests/{test}")
    for name, test in TESTS.items()
]
