"""Sliders are proven by what they draw, say and return."""

from __future__ import annotations

from tests.registry._row import Row

ROWS = [
    Row(
        name="explore.sweep",
        proof="behaviour",
        test="tests/test_explore.py::test_sweep_in_a_page_shows_every_frame_once",
    ),
]
