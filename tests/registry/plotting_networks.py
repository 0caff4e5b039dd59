"""Rows of the drawings of networks and classifiers: a test looks at the artists of each."""

from __future__ import annotations

from tests.registry._row import Row

TESTS = {
    "decision_map": "test_maps.py::test_classes_meet_on_the_boundary",
    "draw_network": "test_networks.py::test_edges_lead_from_unit_to_unit",
    "heatmap": "test_maps.py::test_each_cell_carries_its_number",
    "hidden_plane": "test_maps.py::test_points_move_as_the_layer_says",
}

ROWS = [
    Row(name=f"plotting.{name}", proof="behaviour", test=f"tests/plotting/{test}")
    for name, test in TESTS.items()
]
