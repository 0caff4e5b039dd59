"""Derivatives by hand: finite differences, forward and reverse mode, Hessians, series."""

from companion.calculus.differences import approx_derivative, derivative
from companion.calculus.dual import Dual
from companion.calculus.forward import jvp
from companion.calculus.jacobians import hessian, jacfwd, jacrev
from companion.calculus.quadratic import QuadraticForm
from companion.calculus.reverse import grad, vjp
from companion.calculus.taylor import taylor_coefficients

__all__ = [
    "Dual",
    "QuadraticForm",
    "approx_derivative",
    "derivative",
    "grad",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "taylor_coefficients",
    "vjp",
]
