"""Minima and roots: the methods of ``scipy.optimize``, readable, with the path they took."""

from scipy.optimize import OptimizeResult as OptimizeResult

from companion.optimize.gradient_descent import gradient_descent
from companion.optimize.line_search import line_search_armijo
from companion.optimize.minimize import minimize
from companion.optimize.newton_minimize import newton_minimize

__all__ = [
    "gradient_descent",
    "line_search_armijo",
    "minimize",
    "newton_minimize",
]
