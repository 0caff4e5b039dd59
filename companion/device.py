"""Choose the device of a notebook: the accelerator if there is one, else the CPU."""

from __future__ import annotations

import torch

__all__ = ["default_device"]

NO_DOUBLE = {"mps"}  # accelerators without float64


def default_device(dtype: torch.dtype | None = None) -> torch.device:
    """Return the accelerator if there is one that supports the dtype, else the CPU.

    Only notebooks choose a device; functions of the companion follow the tensors they get.

    Parameters
    ----------
    dtype : the dtype of the work to come; default ``torch.get_default_dtype()``. Apple's
        accelerator has no float64, so double precision stays on the CPU there.

    Raises
    ------
    TypeError
        If ``dtype`` is no dtype.

    Proven equal to its behaviour in ``tests/test_device.py``.

    Book: chapters/02-linear-algebra/index
    """
    dtype = torch.get_default_dtype() if dtype is None else dtype
    if not isinstance(dtype, torch.dtype):
        raise TypeError(f"dtype must be a torch.dtype or None, got {type(dtype).__name__}")
    found = torch.accelerator.current_accelerator(check_available=True)
    if found is None or (found.type in NO_DOUBLE and dtype in (torch.float64, torch.complex128)):
        return torch.device("cpu")
    return found
