"""Blobs: isotropic clouds of points with labels, number for number those of scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.physics._check import check_count, check_not_negative, check_number

if TYPE_CHECKING:
    import numpy as np


def make_blobs(
    n_samples: int | Sequence[int] = 100,
    n_features: int = 2,
    *,
    centers: int | Tensor | np.ndarray | Sequence[Sequence[float]] | None = None,
    cluster_std: float | Sequence[float] = 1.0,
    center_box: tuple[float, float] = (-10.0, 10.0),
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_centers: bool = False,
) -> tuple[Tensor, Tensor] | tuple[Tensor, Tensor, Tensor]:
    r"""Generate clouds of points around centres, with the cloud as label.

    :math:`\mathbf x\sim\mathcal N(\mathbf c_y,s_y^2\mathbf I)`; no units.

    Parameters
    ----------
    n_samples : number of points in all, shared as evenly as possible, or of each cloud.
    n_features : dimension of the points; given centres have their own.
    centers : number of random centres, or the centres, Array[k, d]; 3 if not given, or one for
        each entry of ``n_samples``.
    cluster_std : standard deviation s of all clouds, or of each.
    center_box : least and greatest coordinate of random centres.
    shuffle : mix the clouds; otherwise they follow each other.
    random_state : int, ``numpy.random.RandomState`` or None (NumPy's own state).
    return_centers : return the true centres, too.

    Returns
    -------
    X : Tensor[n, d] in the default dtype on the CPU.
    y : Tensor[n], labels 0 to k - 1.
    centers : Tensor[k, d] in the default dtype, if asked for.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, is negative, or does not fit the number of clouds.

    Mirrors ``sklearn.datasets.make_blobs``, which returns arrays.
    Proven equal to it for the same ``random_state`` (``tests/registry/datasets_regression.py``).
    Book: chapters/05-regression/learning-from-data
    """
    import numpy as np
    from sklearn.utils import check_random_state

    low, high = _check_box(center_box)
    generator = check_random_state(random_state)
    middles = _check_centers(n_samples, centers)
    if isinstance(middles, int):
        shape = (middles, check_count(n_features, "n_features"))
        middles = generator.uniform(low, high, size=shape)
    counts = _check_counts(n_samples, len(middles))
    spreads = _check_spreads(cluster_std, len(middles))
    y = np.repeat(np.arange(len(middles)), counts)
    errors = generator.standard_normal((len(y), middles.shape[1]))
    X = middles[y] + np.asarray(spreads)[y, None] * errors
    if shuffle:
        order = generator.permutation(len(y))
        X, y = X[order], y[order]
    dtype = torch.get_default_dtype()
    found = torch.from_numpy(X).to(dtype), torch.from_numpy(y)
    return (*found, torch.from_numpy(middles).to(dtype)) if return_centers else found


def _check_box(box: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(box, Sequence) or len(box) != 2:
        raise ValueError(f"center_box must be two numbers, got {box!r}")
    low, high = (check_number(end, "center_box") for end in box)
    if low > high:
        raise ValueError(f"center_box must not fall, got {box!r}")
    return low, high


def _check_centers(n_samples: Any, centers: Any) -> Any:
    """Return how many centres are to be drawn, or those given as a float64 array [k, d]."""
    import numpy as np

    listed = isinstance(n_samples, Sequence)
    if centers is None:
        return len(n_samples) if listed else 3
    if isinstance(centers, int):
        if listed:
            raise ValueError(f"centers must be an array if n_samples is a list, got {centers}")
        return check_count(centers, "centers")
    given = centers.detach().cpu().numpy() if isinstance(centers, Tensor) else centers
    try:
        array = np.array(given)
    except ValueError as error:
        raise ValueError(f"centers must have rows of equal length: {error}") from error
    if array.dtype.kind not in "iuf":
        raise TypeError(f"centers must hold real numbers, got {type(centers).__name__}")
    if array.ndim != 2 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"centers must be finite, of shape (k, d), got shape {array.shape}")
    return array.astype(float)


def _check_counts(n_samples: int | Sequence[int], k: int) -> list[int]:
    if not isinstance(n_samples, Sequence):
        each, more = divmod(check_count(n_samples, "n_samples"), k)
        return [each + (i < more) for i in range(k)]
    if len(n_samples) != k:
        raise ValueError(f"n_samples must have {k} entries, one a centre, got {len(n_samples)}")
    return [check_count(n, "n_samples", 0) for n in n_samples]


def _check_spreads(cluster_std: float | Sequence[float], k: int) -> list[float]:
    spreads = cluster_std if isinstance(cluster_std, Sequence) else [cluster_std] * k
    if len(spreads) != k:
        raise ValueError(f"cluster_std must have {k} entries, one a centre, got {len(spreads)}")
    return [check_not_negative(s, "cluster_std") for s in spreads]
