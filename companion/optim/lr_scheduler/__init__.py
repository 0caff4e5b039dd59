"""Learning rates that change with time: the readable twin of ``torch.optim.lr_scheduler``."""

from companion.optim.lr_scheduler.cosine_annealing import CosineAnnealingLR
from companion.optim.lr_scheduler.exponential import ExponentialLR
from companion.optim.lr_scheduler.linear import LinearLR
from companion.optim.lr_scheduler.one_cycle import OneCycleLR
from companion.optim.lr_scheduler.plateau import ReduceLROnPlateau
from companion.optim.lr_scheduler.step import StepLR

__all__ = [
    "CosineAnnealingLR",
    "ExponentialLR",
    "LinearLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "StepLR",
]
