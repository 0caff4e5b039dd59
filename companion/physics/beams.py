"""Beams: their vibrations, and their deflection under a single load."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.physics._check import (
    check_count,
    check_dtype,
    check_not_negative,
    check_number,
)
from companion.physics._random import make_generator, standard_normal


def beam_snapshots(
    n_x: int = 99,
    n_t: int = 80,
    amplitudes: Sequence[float] = (1, 0.3, 0.05),
    noise: float = 0,
    random_state: int | torch.Generator | None = None,
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    r"""Return the deflections of a vibrating simply supported beam, one time a row.

    :math:`w(x,t)=\sum_na_n\sin(n\pi x/L)\cos(\omega_nt)`, :math:`\omega_n=n^2\pi`, at the
    n_x interior nodes of n_x + 1 equal intervals and at the times 2j/n_t (one period of mode 1).
    Without noise, and while the times resolve every mode (n² < n_t/2, n <= n_x), the singular
    values are :math:`a_n\sqrt{n_t/2}\sqrt{(n_x+1)/2}`.

    Parameters
    ----------
    n_x, n_t : number of nodes and of times; L = 1 m, t in s.
    amplitudes : a_1, a_2, ... in mm.
    noise : standard deviation of independent normal noise in mm.
    random_state : seed or CPU generator of the noise; the numbers are the same on every device.
    dtype, device : of the result; the default ones of torch if not given.

    Returns
    -------
    Tensor[n_t, n_x] in mm.

    Raises
    ------
    TypeError
        If a count is no int, an amplitude or ``noise`` no number, ``random_state`` unusable or
        ``dtype`` not floating point.
    ValueError
        If a count is below 1, ``amplitudes`` is empty or ``noise`` negative.

    Proven equal to the closed form entry by entry (``tests/test_registry.py``), its singular
    values too (``tests/physics/test_beams.py``).
    Book: chapters/02-linear-algebra/svd
    """
    check_count(n_x, "n_x")
    check_count(n_t, "n_t")
    if not isinstance(amplitudes, Sequence):
        kind = type(amplitudes).__name__
        raise TypeError(f"amplitudes must be a sequence of numbers, got {kind}")
    heights = [check_number(a, "amplitudes") for a in amplitudes]
    if not heights:
        raise ValueError("amplitudes must hold at least one number")
    check_not_negative(noise, "noise")
    generator, result = make_generator(random_state), check_dtype(dtype)
    # Computed in float64 on the CPU: a float32 cosine of a long time would lose digits.
    x = torch.arange(1, n_x + 1, dtype=torch.float64, device="cpu") / (n_x + 1)
    t = 2 * torch.arange(n_t, dtype=torch.float64, device="cpu") / n_t
    n = torch.arange(1, len(heights) + 1, dtype=torch.float64, device="cpu")[:, None]
    sines = torch.sin(n * math.pi * x)
    cosines = x.new_tensor(heights)[:, None] * torch.cos(n**2 * math.pi * t)
    w = cosines.mT @ sines
    if noise > 0:
        w = w + noise * standard_normal((n_t, n_x), generator)
    return w.to(dtype=result, device=device or torch.get_default_device())


def beam_influence(x: Tensor, a: Tensor | float) -> Tensor:
    r"""Return the deflection at x of a simply supported beam under a load at a.

    The beam reaches from 0 to 1, and the load is of such a size that at mid-span it deflects
    mid-span by one. For :math:`x\le a` and :math:`b=1-a`

    .. math:: w(x,a)=\tfrac{48}6\,b\,x\,(1-b^2-x^2),

    and beyond the load the influence function is symmetric, :math:`w(x,a)=w(a,x)` (Maxwell).

    Parameters
    ----------
    x : Tensor[...], where the deflection is wanted, from 0 to 1 in spans.
    a : Tensor[...] that broadcasts with ``x``, or a number: where the load stands, from 0 to 1.

    Returns
    -------
    Tensor[...], the deflection divided by that of mid-span under the same load at mid-span.

    Raises
    ------
    TypeError
        If ``x`` is no floating-point tensor, or ``a`` is neither one of that dtype nor a number.
    ValueError
        If ``x`` or ``a`` is not between 0 and 1, or their shapes do not broadcast.

    Proven equal to Mohr's integral of the bending moments (``tests/test_registry.py``); symmetry
    and the beam equation in ``tests/physics/test_beams.py``.
    Book: chapters/03-optimization/gradient-descent
    """
    _check_place(x, "x")
    load = a if isinstance(a, Tensor) else x.new_tensor(check_number(a, "a"))
    if _check_place(load, "a").dtype != x.dtype:
        raise TypeError(f"a must have the dtype of x, {x.dtype}, got {load.dtype}")
    try:
        near, far = torch.minimum(x, load), 1 - torch.maximum(x, load)
    except RuntimeError as error:
        shapes = f"{tuple(x.shape)}, got {tuple(load.shape)}"
        raise ValueError(f"a must broadcast with x of shape {shapes}") from error
    return 8 * far * near * (1 - far**2 - near**2)


def _check_place(place: Tensor, name: str) -> Tensor:
    check_tensor(place, name, 0)
    if place.numel() and not bool(((place >= 0) & (place <= 1)).all()):
        raise ValueError(f"{name} must lie on the beam, between 0 and 1")
    return place
