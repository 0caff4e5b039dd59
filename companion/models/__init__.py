"""Networks that are built from layers of ``companion.nn``."""

from companion.models.mlp import mlp

__all__ = ["mlp"]
