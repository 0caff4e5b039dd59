"""Feed-forward networks behind scikit-learn's interface, with backpropagation in matrix form."""

from companion.neural_network.classifier import MLPClassifier
from companion.neural_network.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
