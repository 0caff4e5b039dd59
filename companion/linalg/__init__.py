"""Linear algebra by hand: the readable twin of ``torch.linalg`` and ``scipy.linalg``."""

from companion.linalg.singular import polar, svd, svdvals

__all__ = [
    "polar",
    "svd",
    "svdvals",
]
