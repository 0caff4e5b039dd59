"""Minima and roots: the methods of ``scipy.optimize``, readable, with the path they took."""

from scipy.optimize import OptimizeResult as OptimizeResult

from companion.optimize.bisect import bisect
from companion.optimize.gradient_descent import gradient_descent
from companion.optimize.line_search import line_search_armijo
from companion.optimize.minimize import minimize
from companion.optimize.newton import newton
from companion.optimize.newton_minimize import newton_minimize
from companion.optimize.newton_raphson import newton_raphson
from companion.optimize.root_scalar import root_scalar
from companion.optimize.rosenbrock import rosen, rosen_der, rosen_hess
from companion.optimize.stationary import classify_critical_point, stationary_points

__all__ = [
    "bisect",
    "classify_critical_point",
    "gradient_descent",
    "line_search_armijo",
    "minimize",
    "newton",
    "newton_minimize",
    "newton_raphson",
    "root_scalar",
    "rosen",
    "rosen_der",
    "rosen_hess",
    "stationary_points",
]
