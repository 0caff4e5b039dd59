"""Layers that map affinely, not at all, or only reshape."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from companion.nn import functional, init
from companion.nn._check import check_dim, check_dtype, check_size


class Linear(Module):
    """One dense layer: z = W a + b for every sample.

    Batch form Z = A Wᵀ + b, with samples in rows; ``weight[j, i]`` leads to unit j from unit i.
    Both start uniform in ±1/√m, drawn from torch's global generator, as there.

    Parameters
    ----------
    in_features, out_features : sizes m and n of a sample before and after.
    bias : whether there is a b.
    device, dtype : of the parameters.

    Attributes
    ----------
    weight : Parameter[n, m]
    bias : Parameter[n] or None

    Raises
    ------
    TypeError, ValueError
        If a size is no integer or negative, a dtype not real and floating point, or an input does
        not fit.

    Mirrors ``torch.nn.Linear``.
    Proven equal to it, initial weights and gradients included (``tests/nn/test_linear.py``).
    Book: chapters/07-neural-networks/hidden-layers
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        check_size(in_features, "in_features")
        check_size(out_features, "out_features")
        check_dtype(dtype)
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        shape = (out_features, in_features)
        self.weight = Parameter(torch.empty(shape, device=device, dtype=dtype))
        empty = torch.empty(out_features, device=device, dtype=dtype) if bias else None
        self.register_parameter("bias", None if empty is None else Parameter(empty))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # gain √(1/3): the bound is 1/√m
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0.0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Return Z for samples in the last dimension, ``Tensor[..., m]`` to ``Tensor[..., n]``."""
        return functional.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class Identity(Module):
    """Return the input, whatever arguments the layer was made with.

    It holds the place of a layer that is not there.

    Mirrors ``torch.nn.Identity``.
    Proven equal to it (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return the input itself."""
        return input


class Flatten(Module):
    """Join neighbouring dimensions into one, by default all but the first.

    A batch of images ``Tensor[n, h, w]`` becomes a matrix ``Tensor[n, h w]``.

    Parameters
    ----------
    start_dim, end_dim : first and last dimension that are joined.

    Raises
    ------
    TypeError, ValueError
        If the input is no tensor, or the dimensions are not there or not in order.

    Mirrors ``torch.nn.Flatten``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        for name, dim in (("start_dim", start_dim), ("end_dim", end_dim)):
            if not isinstance(dim, int):
                raise TypeError(f"{name} must be an integer, got {type(dim).__name__}")
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Return the input with joined dimensions; a view where possible."""
        if not isinstance(input, Tensor):
            raise TypeError(f"input must be a torch.Tensor, got {type(input).__name__}")
        check_dim(self.start_dim, "start_dim", input)
        check_dim(self.end_dim, "end_dim", input)
        dimensions = max(input.ndim, 1)
        first, last = self.start_dim % dimensions, self.end_dim % dimensions
        if first > last:
            raise ValueError(
                f"start_dim must not come after end_dim, got {self.start_dim} and {self.end_dim} "
                f"for the shape {tuple(input.shape)}"
            )
        joined = math.prod(input.shape[first : last + 1])
        return input.reshape(*input.shape[:first], joined, *input.shape[last + 1 :])

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
