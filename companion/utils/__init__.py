"""Drawing samples again."""

from companion.utils.resample import resample

__all__ = ["resample"]
