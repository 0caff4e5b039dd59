"""Linear models: least squares and its relatives, as scikit-learn's estimators."""

from companion.linear_model.least_squares import LinearRegression
from companion.linear_model.ridge import Ridge

__all__ = ["LinearRegression", "Ridge"]
