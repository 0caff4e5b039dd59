"""Optimizers by hand: the readable twin of ``torch.optim``."""

from companion.optim import lr_scheduler as lr_scheduler
from companion.optim.adadelta import Adadelta
from companion.optim.adagrad import Adagrad
from companion.optim.adam import Adam
from companion.optim.adamw import AdamW
from companion.optim.lbfgs import LBFGS
from companion.optim.rmsprop import RMSprop
from companion.optim.sgd import SGD

__all__ = ["LBFGS", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop"]
