"""Derivatives by hand: finite differences, forward mode, reverse mode, Jacobians and Hessians."""

from companion.calculus.differences import approx_derivative, derivative
from companion.calculus.dual import Dual
from companion.calculus.forward import jvp
from companion.calculus.jacobians import hessian, jacfwd, jacrev
from companion.calculus.reverse import grad, vjp

__all__ = [
    "Dual",
    "approx_derivative",
    "derivative",
    "grad",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "vjp",
]
