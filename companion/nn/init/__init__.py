"""Start values of parameters, written into a tensor in place, mirroring ``torch.nn.init``.

With the same generator (or the same state of torch's global one) the numbers are torch's own.
"""

from companion.nn.init.plain import constant_, normal_, uniform_, zeros_
from companion.nn.init.scaled import (
    calculate_gain,
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)

__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
