"""The row of the registry: what a public name is proven equal to, and how closely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch

TOL = {torch.float64: 1e-10, torch.float32: 2e-4}


@dataclass(frozen=True)
class Call:
    """The arguments of one call, with a label for the test id."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    label: str = ""


def call(*args: Any, label: str = "", **kwargs: Any) -> Call:
    """Write a call as it would be written in code: ``call(A, mode="reduced")``."""
    return Call(args, kwargs, label)


@dataclass(frozen=True)
class Arg:
    """A tensor argument: the bad-input tests break it in every way that applies.

    ``ndim`` is the least number of dimensions, ``square`` asks for equal last two sizes,
    ``finite`` says that NaN and infinity raise ``ValueError`` (else they must propagate or pass).
    """

    name: str
    position: int = 0
    ndim: int = 2
    square: bool = False
    finite: bool = True


@dataclass(frozen=True)
class Bad:
    """An explicit bad call: ``make(f)`` must raise ``error`` with a message matching ``match``."""

    label: str
    make: Callable[[Callable[..., Any]], Any]
    error: type[Exception]
    match: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One public name and its proof.

    Parameters
    ----------
    name : "module.name" below ``companion``.
    proof : what ``expected`` is: the library, a closed form, or a finite difference;
        ``"behaviour"`` (floor 7 and ``device`` only) names a test in ``test`` instead.
    inputs : ``inputs(generator, dtype)`` yields the calls; draw on the CPU from the generator.
    expected : called with the same arguments as ours.
    compare : ``compare(ours, expected, tol)`` asserts equality.
    run : ``run(found, *args, **kwargs)`` uses what the name stands for; without it, it is called.
        An estimator is built from ``kwargs`` and fitted to ``args``.
    mirrors : dotted path of the library's twin; our signature must be a subset of its signature
        with the same defaults. ``absent`` is documentation only: what we do not take is allowed.
    extra : arguments that only ours has (say why in the function's docstring).
    dtypes : the dtypes for which parity is tested.
    tensors : the arguments that the bad-input tests break.
    """

    name: str
    proof: Literal["library", "closed form", "finite difference", "behaviour"]
    inputs: Callable[[torch.Generator, torch.dtype], Iterable[Call]] | None = None
    expected: Callable[..., Any] | None = None
    compare: Callable[[Any, Any, float], None] | None = None
    run: Callable[..., Any] | None = None
    tol: Mapping[torch.dtype, float] = field(default_factory=lambda: TOL)
    mirrors: str | None = None
    extra: tuple[str, ...] = ()
    dtypes: tuple[torch.dtype, ...] = (torch.float64, torch.float32)
    tensors: tuple[Arg, ...] = ()
    bad: tuple[Bad, ...] = ()
    test: str | None = None
    deviation: str = ""


def close(ours: Any, expected: Any, tol: float) -> None:
    """Assert equal kind, shape and dtype, and |ours - expected| <= tol (1 + max |expected|)."""
    if isinstance(expected, tuple | list):
        assert len(ours) == len(expected), f"{len(ours)} results, expected {len(expected)}"
        for mine, theirs in zip(ours, expected, strict=True):
            close(mine, theirs, tol)
        return
    if isinstance(expected, np.ndarray):
        expected = torch.as_tensor(np.ascontiguousarray(expected))
    if isinstance(expected, torch.Tensor):
        assert isinstance(ours, torch.Tensor), f"got {type(ours).__name__}, expected a tensor"
        assert ours.shape == expected.shape, f"shape {ours.shape}, expected {expected.shape}"
        assert ours.dtype == expected.dtype, f"dtype {ours.dtype}, expected {expected.dtype}"
        if not (expected.is_floating_point() or expected.is_complex()):
            assert torch.equal(ours.cpu(), expected.cpu())
            return
        ours, expected = ours.detach().cpu(), expected.detach().cpu()
        finite = expected[expected.isfinite()].abs()
        scale = 1.0 + (float(finite.max()) if finite.numel() else 0.0)
        torch.testing.assert_close(ours, expected, rtol=0.0, atol=tol * scale, equal_nan=True)
        return
    if isinstance(expected, float):
        assert abs(ours - expected) <= tol * (1.0 + abs(expected)), f"{ours} != {expected}"
        return
    assert ours == expected, f"{ours!r} != {expected!r}"


def values_only(ours: Any, expected: Any, tol: float) -> None:
    """Like :func:`close`, for a library that returns another dtype or a Python number."""
    ours = torch.as_tensor(ours).cpu()
    close(ours, torch.as_tensor(expected).cpu().to(ours.dtype), tol)
