"""Device guard: inside it, a factory call of the companion that names no device raises.

``torch.zeros(3)`` in a companion file would put a CPU tensor beside the reader's GPU data. The
mode looks at every tensor factory and at the file that called it, and runs on real CPU values, so
data-dependent code works as well.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

COMPANION = str(Path(__file__).resolve().parent.parent / "companion")


class DeviceGuard(TorchFunctionMode):
    """Reject factory calls without ``device=`` whose calling frame is a file of ``companion/``."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _device_constructors() and "device" not in kwargs:
            frame = sys._getframe(1)
            if frame.f_code.co_filename.startswith(COMPANION):
                where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise AssertionError(f"torch.{func.__name__} without device= in {where}")
        return func(*args, **kwargs)
