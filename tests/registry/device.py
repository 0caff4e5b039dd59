"""Rows of ``companion.device``: what is returned is asserted with pretended accelerators."""

from tests.registry._row import Row

ROWS = [
    Row(
        name="device.default_device",
        proof="behaviour",
        test="tests/test_device.py::test_accelerator_that_supports_the_dtype",
    ),
]
