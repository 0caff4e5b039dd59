"""Every row of the registry once more on an accelerator, where there is one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from companion.device import default_device
from tests.registry import Row, all_rows, close
from tests.test_registry import calls, use

DTYPE = torch.float64 if default_device(torch.float64).type != "cpu" else torch.float32
DEVICE = default_device(DTYPE)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(DEVICE.type == "cpu", reason="no accelerator on this machine"),
]


def moved(value: Any, device: torch.device) -> Any:
    """Move the tensors of an argument or result to a device; containers keep their type."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, tuple | list):
        parts = [moved(part, device) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, dict):
        changed = copy.copy(value)
        changed.update({key: moved(part, device) for key, part in value.items()})
        return changed
    return value


def tensors(value: Any) -> Iterator[torch.Tensor]:
    """Yield every tensor in nested tuples, lists and dictionaries."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors(part)


@pytest.mark.parametrize(
    "row",
    [r for r in all_rows() if r.inputs is not None and DTYPE in r.dtypes],
    ids=lambda row: row.name,
)
def test_accelerator_equals_cpu_and_keeps_the_data_there(row: Row) -> None:
    """Same expected values as on the CPU; a result of tensor inputs lives where they live."""
    compare = row.compare or close
    assert row.expected is not None
    for this in calls(row, DTYPE):
        args = [moved(a, DEVICE) for a in this.args]
        kwargs = {k: moved(v, DEVICE) for k, v in this.kwargs.items()}
        result = use(row, *args, **kwargs)
        if any(True for _ in tensors(args)):
            assert all(t.device.type == DEVICE.type for t in tensors(result))
        expected = row.expected(*this.args, **this.kwargs)
        compare(moved(result, torch.device("cpu")), expected, row.tol[DTYPE])
