"""Derivatives by hand: finite differences, and dual numbers for the forward mode."""

from companion.calculus.differences import approx_derivative, derivative
from companion.calculus.dual import Dual
from companion.calculus.forward import jvp

__all__ = ["Dual", "approx_derivative", "derivative", "jvp"]
