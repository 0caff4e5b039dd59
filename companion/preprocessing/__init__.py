"""Features for linear models: scaled columns, monomials, Legendre polynomials."""

from companion.preprocessing.legendre import LegendreFeatures
from companion.preprocessing.polynomial import PolynomialFeatures
from companion.preprocessing.scaler import StandardScaler

__all__ = ["LegendreFeatures", "PolynomialFeatures", "StandardScaler"]
