"""Derivatives of networks: a scalar engine, backpropagation in matrices, and a check of both."""

from companion.autograd.backprop import backprop
from companion.autograd.gradcheck import gradcheck
from companion.autograd.gradients import grad
from companion.autograd.sgd_epoch import sgd_epoch
from companion.autograd.value import Value, topological

__all__ = ["Value", "backprop", "grad", "gradcheck", "sgd_epoch", "topological"]
