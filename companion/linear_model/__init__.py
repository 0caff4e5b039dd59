"""Linear models: least squares and its relatives, as scikit-learn's estimators."""

from companion.linear_model.bayesian import BayesianLinearRegression
from companion.linear_model.bayesian_ridge import BayesianRidge
from companion.linear_model.huber import HuberRegressor
from companion.linear_model.lasso import ElasticNet, Lasso, soft_threshold
from companion.linear_model.lasso_path import lasso_path
from companion.linear_model.least_squares import LinearRegression
from companion.linear_model.perceptron import Perceptron
from companion.linear_model.ridge import Ridge

__all__ = [
    "BayesianLinearRegression",
    "BayesianRidge",
    "ElasticNet",
    "HuberRegressor",
    "Lasso",
    "LinearRegression",
    "Perceptron",
    "Ridge",
    "lasso_path",
    "soft_threshold",
]
