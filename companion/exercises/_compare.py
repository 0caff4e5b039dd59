"""Compare an answer with the expected value: by value, whatever container it comes in."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def difference(got: Any, expected: Any, tol: float) -> str | None:
    """Return None if the values agree to ``tol`` times the largest entry, else the reason."""
    if isinstance(expected, bool | str | type) or expected is None:
        return plain_difference(got, expected)
    if isinstance(expected, dict):
        return mapping_difference(got, expected, tol)
    wanted = numeric(expected)
    if wanted is None:
        return sequence_difference(got, expected, tol)
    found = numeric(got)
    if found is None:
        return f"the result is {described(got)}, expected {described(expected)}"
    if found.shape != wanted.shape:
        return f"the result has shape {tuple(found.shape)}, expected {tuple(wanted.shape)}"
    return numeric_difference(found, wanted, tol)


def numeric_difference(found: torch.Tensor, wanted: torch.Tensor, tol: float) -> str | None:
    """Compare two tensors of one shape; float32 answers to float64 questions get a word."""
    if agree(found, wanted, tol):
        return None
    if found.dtype == torch.float32 and agree(found, wanted, 1e-5):
        return "the result is right to float32 only: keep the dtype of the input"
    if torch.isnan(found).any() and not torch.isnan(wanted).any():
        return "the result contains NaN"
    return "the values differ"


def agree(found: torch.Tensor, wanted: torch.Tensor, tol: float) -> bool:
    """Entrywise |found - wanted| <= tol (largest finite |wanted| or 1e-300); NaN equals NaN."""
    kind = torch.complex128 if found.is_complex() or wanted.is_complex() else torch.float64
    a, b = found.to(kind), wanted.to(kind)
    finite = b[torch.isfinite(b)].abs()
    scale = float(finite.max()) if finite.numel() else 0.0
    same = (a == b) | (torch.isnan(a) & torch.isnan(b))
    return bool((same | ((a - b).abs() <= tol * max(scale, 1e-300))).all())


def numeric(value: Any) -> torch.Tensor | None:
    """Return numbers, arrays, tensors and regular lists of them as a tensor; others as None."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    if isinstance(value, bool | str) or value is None:
        return None
    if isinstance(value, list | tuple):
        if not value or any(isinstance(v, bool | str) or v is None for v in value):
            return None
        parts = [numeric(v) for v in value]
        shapes = {p.shape if p is not None else None for p in parts}
        if None in shapes or len(shapes) > 1:
            return None
        return torch.stack([p.to(widest(parts)) for p in parts if p is not None])
    try:
        array = np.asarray(value)
        return torch.as_tensor(array.copy(), device="cpu") if array.dtype.kind in "biufc" else None
    except (TypeError, ValueError, RuntimeError):
        return None


def widest(parts: list[torch.Tensor | None]) -> torch.dtype:
    """Return the dtype that holds all parts."""
    found = torch.int64
    for part in parts:
        if part is not None:
            found = torch.promote_types(found, part.dtype)
    return torch.float64 if found == torch.int64 else found


def plain_difference(got: Any, expected: Any) -> str | None:
    """Compare truth values, texts and classes; a 0-d tensor or NumPy truth value counts."""
    if isinstance(expected, bool) and not isinstance(got, bool | str):
        found = numeric(got)
        if found is not None and found.numel() == 1 and found.dtype == torch.bool:
            got = bool(found)
    if type(got) is type(expected) and got == expected:
        return None
    if type(got) is not type(expected):
        return f"the result is {described(got)}, expected {described(expected)}"
    return f"the result is {got!r}"


def sequence_difference(got: Any, expected: Any, tol: float) -> str | None:
    """Compare lists and tuples whose parts differ in kind or shape, part by part."""
    if not isinstance(expected, list | tuple):
        return None if got == expected else f"the result is {described(got)}"
    if not isinstance(got, list | tuple):
        return f"the result is {described(got)}, expected {len(expected)} values"
    if len(got) != len(expected):
        return f"the result has {len(got)} parts, expected {len(expected)}"
    for number, (mine, theirs) in enumerate(zip(got, expected, strict=True), 1):
        reason = difference(mine, theirs, tol)
        if reason:
            return f"part {number}: {reason}"
    return None


def mapping_difference(got: Any, expected: dict[Any, Any], tol: float) -> str | None:
    """Compare dictionaries: same keys in the same order, equal values."""
    if not isinstance(got, dict):
        return f"the result is {described(got)}, expected a dict"
    if list(got) != list(expected):
        return f"the keys are {list(got)}, expected {list(expected)}"
    return sequence_difference(list(got.values()), list(expected.values()), tol)


def described(value: Any) -> str:
    """Name a value by its kind and shape, for a sentence."""
    if value is None:
        return "None (is there a return?)"
    if isinstance(value, torch.Tensor | np.ndarray):
        kind = "a tensor" if isinstance(value, torch.Tensor) else "an array"
        return f"{kind} of shape {tuple(value.shape)}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)} values"
    if isinstance(value, bool | int | float | str):
        return f"the {type(value).__name__} {value!r}"
    return f"a {getattr(type(value), '__name__', 'value')}"
