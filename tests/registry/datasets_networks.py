"""Rows of the data sets of the chapter on neural networks."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "make_beam_deflection": "test_deflections.py::test_line_solves_the_equation_of_the_beam",
    "make_cantilever": "test_deflections.py::test_tip_is_castiglianos_in_base_units",
    "make_gate": "test_gates.py::test_gates_are_the_logical_operators",
    "make_sign_quadrants": "test_gates.py::test_flow_needs_the_same_sign",
}

ROWS = [
    Row(name=f"datasets.{name}", proof="behaviour", test=f"tests/datasets/{test}")
    for name, test in TESTS.items()
]
