"""The companion of *Machine Learning for Mechanics and the Physical Sciences*: readable twins.

``import companion`` loads PyTorch and nothing heavier; each submodule loads on first use and has
the module path, names, arguments, defaults and numbers of the library that it mirrors.
"""

from importlib import import_module
from types import ModuleType

import torch as torch

__version__ = "0.1.0"
__all__ = [
    "autograd",
    "calculus",
    "claims",
    "datasets",
    "device",
    "distributed",
    "exercises",
    "explore",
    "linalg",
    "linear_model",
    "metrics",
    "model_selection",
    "models",
    "neural_network",
    "nn",
    "optim",
    "optimize",
    "physics",
    "plotting",
    "preprocessing",
    "training",
    "utils",
]


def __getattr__(name: str) -> ModuleType:
    """Load a submodule when it is first used."""
    if name in __all__:
        return import_module(f"companion.{name}")
    raise AttributeError(f"module 'companion' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
