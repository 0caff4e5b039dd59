"""Rows of the drawings: a test looks at the artists, the picture or the settings of each."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "COLORS": "test_plotting.py::test_line_colours_stand_out_from_white",
    "contour_gradient": "plotting/test_optimization.py::test_contours_lie_at_their_levels",
    "convergence": "plotting/test_convergence.py::test_each_history_is_a_line_of_its_own_look",
    "draw_graph": "plotting/test_graph.py::test_boxes_hold_label_number_and_gradient",
    "linear_map": "test_plotting.py::test_linear_map_draws_the_shape_and_its_image",
    "show": "test_plotting.py::test_show_publishes_once_and_closes",
    "style": "test_plotting.py::test_style_changes_nothing_until_it_is_used",
    "trajectory": "plotting/test_optimization.py::test_path_with_start_and_end",
    "truss": "test_plotting.py::test_truss_draws_each_bar_and_names_each_node",
    "vectors": "test_plotting.py::test_vectors_draw_an_arrow_and_a_label_each",
}

ROWS = [
    Row(name=f"plotting.{name}", proof="behaviour", test=f"tests/{test}")
    for name, test in TESTS.items()
]
