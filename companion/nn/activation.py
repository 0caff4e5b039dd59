"""Activations as layers; the formulas and both passes live in ``companion.nn.functional``."""

from __future__ import annotations

from torch import Tensor
from torch.nn import Module

from companion.nn import functional
from companion.nn._check import check_number


class Sigmoid(Module):
    """Squeeze numbers into (0, 1): σ(x) = 1 / (1 + exp(-x)).

    Mirrors ``torch.nn.Sigmoid``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return σ of every entry."""
        return functional.sigmoid(input)


class Tanh(Module):
    """Squeeze numbers into (-1, 1): tanh x.

    Mirrors ``torch.nn.Tanh``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return tanh of every entry."""
        return functional.tanh(input)


class ReLU(Module):
    """Keep what is positive: max(x, 0).

    Mirrors ``torch.nn.ReLU`` without ``inplace``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """

    def __init__(self) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return the positive part of every entry."""
        return functional.relu(input)


class LeakyReLU(Module):
    """Keep what is positive and let a small part of the rest through.

    x above 0 and ``negative_slope`` x below.

    Raises
    ------
    TypeError
        If the slope is no number.

    Mirrors ``torch.nn.LeakyReLU`` without ``inplace``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        check_number(negative_slope, "negative_slope")
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """Return every entry, the negative ones scaled."""
        return functional.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """Keep what is positive and bend the rest towards -α: x or α (exp(x) - 1).

    Raises
    ------
    TypeError
        If alpha is no number.

    Mirrors ``torch.nn.ELU`` without ``inplace``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        check_number(alpha, "alpha")
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Return every entry, the negative ones bent."""
        return functional.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"alpha={self.alpha}"


class SELU(Module):
    """Scale the exponential linear unit so that mean 0 and variance 1 are kept.

    Mirrors ``torch.nn.SELU`` without ``inplace``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return every entry, scaled, the negative ones bent."""
        return functional.selu(input)


class Softplus(Module):
    """Round the corner of the rectifier off: log(1 + exp(βx)) / β.

    Where βx is above the threshold, x itself.

    Raises
    ------
    TypeError
        If an option is no number.

    Mirrors ``torch.nn.Softplus``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        check_number(beta, "beta")
        check_number(threshold, "threshold")
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """Return the rounded positive part of every entry."""
        return functional.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"beta={self.beta}, threshold={self.threshold}"


class AlongDimension(Module):
    """What Softmax and LogSoftmax share: the dimension, checked when the layer is made."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        if dim is not None and not isinstance(dim, int):
            raise TypeError(f"dim must be an integer or None, got {type(dim).__name__}")
        self.dim = dim

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"dim={self.dim}"


class Softmax(AlongDimension):
    """Turn scores into positive numbers that sum to 1 along a dimension.

    Say which: without ``dim`` it is 0 for 0, 1 or 3 dimensions and else 1, with a warning.

    Raises
    ------
    TypeError, ValueError
        If dim is no integer, or no dimension of the input.

    Mirrors ``torch.nn.Softmax``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the shares, of the shape of the input."""
        return functional.softmax(input, self.dim)


class LogSoftmax(AlongDimension):
    """Return the logarithm of softmax without ever forming a probability of 0.

    Raises
    ------
    TypeError, ValueError
        If dim is no integer, or no dimension of the input.

    Mirrors ``torch.nn.LogSoftmax``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the logarithms of the shares, of the shape of the input."""
        return functional.log_softmax(input, self.dim)
