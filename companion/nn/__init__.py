"""Layers and losses of neural networks, mirroring ``torch.nn``, with both passes written by hand.

``from companion import nn`` takes the place of ``from torch import nn``: every one is a
``torch.nn.Module`` with the constructor, the ``state_dict`` and the numbers of its namesake.
``Module``, ``Sequential``, ``ModuleList`` and ``Parameter`` are torch's own.
"""

from torch.nn import Module as Module
from torch.nn import ModuleList as ModuleList
from torch.nn import Parameter as Parameter
from torch.nn import Sequential as Sequential

from companion.nn import functional as functional
from companion.nn import init as init
from companion.nn.activation import (
    ELU,
    SELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from companion.nn.linear import Flatten, Identity, Linear
from companion.nn.loss import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss

__all__ = [
    "ELU",
    "SELU",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "Flatten",
    "Identity",
    "L1Loss",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "NLLLoss",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
