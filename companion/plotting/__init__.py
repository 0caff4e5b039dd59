"""The book's figures: their look, the drawings that recur, and alt text for everyone.

Matplotlib is imported when a function runs, never with the module.
"""

from companion.plotting._linalg import linear_map, vectors
from companion.plotting._show import show
from companion.plotting._style import COLORS, style
from companion.plotting._trusses import truss

__all__ = ["COLORS", "linear_map", "show", "style", "truss", "vectors"]
