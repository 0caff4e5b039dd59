"""Layers and activations as functions, mirroring ``torch.nn.functional``.

Each is a ``torch.autograd.Function`` whose two passes are written out. They serve reverse mode,
derivatives of derivatives included; forward mode and the transforms of ``torch.func`` are for
``torch.nn.functional``, as is ``inplace``.
"""

from companion.nn.functional.activation import log_softmax, sigmoid, softmax, softplus, tanh
from companion.nn.functional.linear import linear
from companion.nn.functional.rectifier import elu, leaky_relu, relu, selu

__all__ = [
    "elu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "relu",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
