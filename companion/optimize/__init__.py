"""Minima and roots: the methods of ``scipy.optimize``, readable, with the path they took."""

from scipy.optimize import OptimizeResult

__all__ = ["OptimizeResult"]
