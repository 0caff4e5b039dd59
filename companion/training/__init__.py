"""Train networks: the loop with its history, its callbacks, and the weights as a file."""

from companion.training.fit import fit
from companion.training.history import History, Progress
from companion.training.weights import load_weights, save_weights

__all__ = ["History", "Progress", "fit", "load_weights", "save_weights"]
