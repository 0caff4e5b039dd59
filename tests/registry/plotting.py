"""Rows of the drawings: a test looks at the artists, the picture or the settings of each."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "COLORS": "test_line_colours_stand_out_from_white",
    "linear_map": "test_linear_map_draws_the_shape_and_its_image",
    "show": "test_show_publishes_once_and_closes",
    "style": "test_style_changes_nothing_until_it_is_used",
    "truss": "test_truss_draws_each_bar_and_names_each_node",
    "vectors": "test_vectors_draw_an_arrow_and_a_label_each",
}

ROWS = [
    Row(name=f"plotting.{name}", proof="behaviour", test=f"tests/test_plotting.py::{test}")
    for name, test in TESTS.items()
]
