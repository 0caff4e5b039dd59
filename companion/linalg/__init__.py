"""Linear algebra by hand: the readable twin of ``torch.linalg`` and ``scipy.linalg``."""

from companion.linalg.definite import cholesky
from companion.linalg.determinant import det, slogdet
from companion.linalg.elimination import inv, lu, solve, solve_triangular
from companion.linalg.least_squares import cond, lstsq, matrix_rank, null_space, orth, pinv
from companion.linalg.norms import matrix_norm, norm, vector_norm
from companion.linalg.orthogonal import qr
from companion.linalg.power import power_iteration
from companion.linalg.quadratic import definiteness
from companion.linalg.singular import polar, svd, svdvals
from companion.linalg.special import hilbert
from companion.linalg.symmetric import eigh, eigvalsh
from companion.linalg.unsymmetric import eigvals

__all__ = [
    "cholesky",
    "cond",
    "definiteness",
    "det",
    "eigh",
    "eigvals",
    "eigvalsh",
    "hilbert",
    "inv",
    "lstsq",
    "lu",
    "matrix_norm",
    "matrix_rank",
    "norm",
    "null_space",
    "orth",
    "pinv",
    "polar",
    "power_iteration",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vector_norm",
]
