"""Linear algebra by hand: the readable twin of ``torch.linalg`` and ``scipy.linalg``."""

__all__: list[str] = []
