"""Layers, activations and losses as functions, mirroring ``torch.nn.functional``.

Each is a ``torch.autograd.Function`` whose two passes are written out. They serve reverse mode,
derivatives of derivatives included; forward mode and the transforms of ``torch.func`` are for
``torch.nn.functional``, as is ``inplace``.
"""

from companion.nn.functional.activation import log_softmax, sigmoid, softmax, softplus, tanh
from companion.nn.functional.linear import linear
from companion.nn.functional.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
    nll_loss,
)
from companion.nn.functional.rectifier import elu, leaky_relu, relu, selu

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "elu",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mse_loss",
    "nll_loss",
    "relu",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
