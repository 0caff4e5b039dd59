"""The book's figures: their look, the drawings that recur, and alt text for everyone.

Matplotlib is imported when a function runs, never with the module.
"""

from companion.plotting._convergence import convergence
from companion.plotting._graph import draw_graph
from companion.plotting._heatmap import heatmap
from companion.plotting._hidden import hidden_plane
from companion.plotting._linalg import linear_map, vectors
from companion.plotting._maps import decision_map
from companion.plotting._networks import draw_network
from companion.plotting._optimization import contour_gradient, trajectory
from companion.plotting._regression import bullseye, loss_surface, predictive_band
from companion.plotting._show import show
from companion.plotting._style import COLORS, style
from companion.plotting._trusses import truss

__all__ = [
    "COLORS",
    "bullseye",
    "contour_gradient",
    "convergence",
    "decision_map",
    "draw_graph",
    "draw_network",
    "heatmap",
    "hidden_plane",
    "linear_map",
    "loss_surface",
    "predictive_band",
    "show",
    "style",
    "trajectory",
    "truss",
    "vectors",
]
