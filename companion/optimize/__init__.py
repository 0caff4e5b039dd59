"""Minima and roots: the methods of ``scipy.optimize``, readable, with the path they took."""

from scipy.optimize import OptimizeResult as OptimizeResult

from companion.optimize.augmented_lagrangian import augmented_lagrangian
from companion.optimize.bisect import bisect
from companion.optimize.checks import approx_fprime, check_grad
from companion.optimize.gradient_descent import gradient_descent
from companion.optimize.kkt import kkt_residual
from companion.optimize.lbfgsb import two_loop
from companion.optimize.line_search import line_search_armijo
from companion.optimize.minimize import minimize
from companion.optimize.newton import newton
from companion.optimize.newton_minimize import newton_minimize
from companion.optimize.newton_raphson import newton_raphson
from companion.optimize.order import convergence_order
from companion.optimize.root_scalar import root_scalar
from companion.optimize.rosenbrock import rosen, rosen_der, rosen_hess
from companion.optimize.stationary import classify_critical_point, stationary_points

__all__ = [
    "approx_fprime",
    "augmented_lagrangian",
    "bisect",
    "check_grad",
    "classify_critical_point",
    "convergence_order",
    "gradient_descent",
    "kkt_residual",
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
    "two_loop",
]
