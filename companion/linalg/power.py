"""The dominant eigenpair by power iteration with the Rayleigh quotient."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import check_square, check_tensor
from companion.linalg._jacobi import unit_scale

CHECK_EVERY = 4  # reading the residual makes a device wait, so it is not read at every step


class PowerIteration(NamedTuple):
    """The dominant eigenvalue, its unit eigenvector, and the Rayleigh quotient of every step."""

    value: Tensor
    vector: Tensor
    history: Tensor


def _check_start(x0: Tensor, A: Tensor) -> None:
    """Raise unless x0 is a non-zero vector that fits A."""
    check_tensor(x0, "x0", 1)
    if x0.dtype != A.dtype:
        raise TypeError(f"x0 must have the dtype of A, {A.dtype}, got {x0.dtype}")
    if x0.shape != A.shape[-1:]:
        raise ValueError(f"x0 must have shape {tuple(A.shape[-1:])}, got {tuple(x0.shape)}")
    if not bool(x0.any()):
        raise ValueError("x0 must not be the zero vector")


def _iterate(A: Tensor, x: Tensor, tol: float, maxiter: int) -> tuple[Tensor, Tensor]:
    """Return the last unit vector and the quotients; the sizes of A and x do not matter."""
    x = x / x.abs().amax()
    x = x / torch.linalg.vector_norm(x)
    y = A @ x
    scale = unit_scale(y[None])[0, 0]  # of one product: a look at all of A would cost three
    history: list[Tensor] = []
    while True:
        y = y / scale
        value = x.dot(y)
        history.append(value)
        if len(history) == maxiter:
            break
        if len(history) % CHECK_EVERY == 0:
            residual = torch.linalg.vector_norm(y - value * x)
            if bool(residual <= tol * value.abs()):
                break
        length = torch.linalg.vector_norm(y)
        x = torch.where(length > 0, y / length, x)  # A x = 0: x is an eigenvector, keep it
        y = A @ x
    return x, torch.stack(history) * scale


def power_iteration(
    A: Tensor, x0: Tensor, tol: float = 1e-10, maxiter: int = 1000
) -> PowerIteration:
    """Return the eigenvalue of largest magnitude and its vector by repeated multiplication.

    x <- A x / |A x| turns to the dominant eigenvector: the error of the direction shrinks by
    |λ₂ / λ₁| a step, that of the Rayleigh quotient xᵀ A x by its square if A is symmetric. The
    iteration stops when |A x - λ x| <= tol |λ|, which is looked at in every fourth step, or after
    ``maxiter`` products: without convergence (λ₁ complex, or two eigenvalues of equal magnitude)
    the history has ``maxiter`` entries, and no error is raised, so that a few steps can be shown.

    Parameters
    ----------
    A : Tensor[n, n]
    x0 : Tensor[n], not orthogonal to the dominant eigenvector.
    tol : residual relative to the eigenvalue; float32 reaches about 1e-6.
    maxiter : largest number of products A x, at least 1.

    Returns
    -------
    value, vector, history : Tensor[], Tensor[n] of length 1, Tensor[k]; history[j] is the
        quotient after j steps, and value is the last one.

    Raises
    ------
    TypeError, ValueError
        If A or x0 has a wrong type, shape or dtype or is not finite; if x0 is zero; if maxiter < 1.

    Proven equal to the dominant pair of ``torch.linalg.eigh`` (``tests/test_registry.py``), and
    to the closed-form rate (``tests/linalg/test_power.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    check_square(A, finite=False)
    if A.ndim != 2:
        raise ValueError(f"A must be a single matrix, got shape {tuple(A.shape)}")
    _check_start(x0, A)
    if maxiter < 1:
        raise ValueError(f"maxiter must be at least 1, got {maxiter}")
    vector, history = _iterate(A, x0, tol, maxiter)
    if not bool(history[0].isfinite()):  # every NaN or infinity of A reaches the first product
        check_tensor(A, "A")
    return PowerIteration(history[-1], vector, history)
