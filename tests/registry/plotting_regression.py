"""Rows of the drawings of regression: a test looks at the artists of each."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "bullseye": "test_regression.py::test_shots_on_their_target",
    "loss_surface": "test_regression.py::test_contours_lie_at_their_levels",
    "predictive_band": "test_regression.py::test_band_is_mean_plus_minus_the_stated_width",
}

ROWS = [
    Row(name=f"plotting.{name}", proof="behaviour", test=f"tests/plotting/{test}")
    for name, test in TESTS.items()
]
