"""Arrows and mapped shapes: the pictures of linear algebra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.plotting._style import COLORS, LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTER_F = (
    (0.0, 0.0),
    (0.25, 0.0),
    (0.25, 0.4),
    (0.7, 0.4),
    (0.7, 0.6),
    (0.25, 0.6),
    (0.25, 0.8),
    (0.9, 0.8),
    (0.9, 1.0),
    (0.0, 1.0),
)


def vectors(
    *arrows: Tensor,
    labels: Sequence[str] | None = None,
    colors: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw plane vectors as arrows from the origin, each with its label at the tip.

    Parameters
    ----------
    arrows : Tensor[2] each.
    labels : one text for each arrow; ``$v_1$, $v_2$, ...`` if not given.
    colors : one Matplotlib colour for each arrow; the book's cycle if not given.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: one ``FancyArrowPatch`` and one ``Text`` for each vector, in order; equal scales.

    Raises
    ------
    TypeError
        If a vector is no floating-point tensor.
    ValueError
        If a vector has not 2 components, or the numbers of labels or colours do not fit.

    Proven equal to its description in ``tests/test_plotting.py``.
    Book: chapters/02-linear-algebra/linear-systems
    """
    tips = [_check_plane(arrow) for arrow in arrows]
    texts = labels if labels is not None else [f"$v_{{{i + 1}}}$" for i in range(len(tips))]
    cycle = [COLORS[LINES[i % len(LINES)][0]] for i in range(len(tips))]
    paints = colors if colors is not None else cycle
    for name, given in (("labels", texts), ("colors", paints)):
        if len(given) != len(tips):
            raise ValueError(f"{name} must have {len(tips)} entries, got {len(given)}")
    ax = _equal_axes(ax)
    for tip, text, paint in zip(tips, texts, paints, strict=True):
        _arrow(ax, tip, text, paint)
    ax.autoscale_view()
    return ax


def linear_map(
    A: Tensor,
    shape: str = "square",
    arrows: str | None = "columns",
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a shape (dashed) and its image under a 2 x 2 matrix (filled).

    The image is hatched and changes colour where the matrix turns the orientation round
    (negative determinant).

    Parameters
    ----------
    A : Tensor[2, 2].
    shape : ``"square"`` (unit square), ``"circle"`` (unit circle) or ``"F"`` (a letter, which
        shows reflections).
    arrows : ``"columns"`` draws the images of e1 and e2; ``"eigen"`` draws each real eigenvector
        times its eigenvalue, or says that there is none; ``None`` draws no arrow.
    ax : the axes to draw on; new ones if not given.

    Returns
    -------
    The axes: polygons with gid ``"shape"`` and ``"image"``, then the arrows; equal scales.

    Raises
    ------
    TypeError
        If ``A`` is no floating-point tensor.
    ValueError
        If its shape is wrong, or ``shape`` or ``arrows`` is unknown.

    Proven equal to its description in ``tests/test_plotting.py``.
    Book: chapters/02-linear-algebra/eigenvalues
    """
    if check_tensor(A, "A").shape != (2, 2):
        raise ValueError(f"A must have shape (2, 2), got {tuple(A.shape)}")
    if arrows not in ("columns", "eigen", None):
        raise ValueError(f"arrows must be 'columns', 'eigen' or None, got {arrows!r}")
    matrix = A.detach().to(device="cpu", dtype=torch.float64)
    outline = _outline(shape)
    ax = _equal_axes(ax)
    _polygon(ax, outline, gid="shape", fill=False, edgecolor=COLORS["grey"], linestyle="--")
    _polygon(ax, outline @ matrix.mT, gid="image", **_orientation(matrix))
    if arrows == "columns":
        vectors(*matrix.mT.unbind(), labels=["$Ae_1$", "$Ae_2$"], ax=ax)
    elif arrows == "eigen":
        _eigen_arrows(ax, matrix)
    ax.autoscale_view()
    return ax


def _outline(shape: str) -> Tensor:
    """Return the corners [n, 2] of a shape, counter-clockwise."""
    if shape == "circle":
        t = torch.arange(120, dtype=torch.float64, device="cpu") * (2 * torch.pi / 120)
        return torch.stack([t.cos(), t.sin()], dim=-1)
    known = {"square": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "F": LETTER_F}
    if shape not in known:
        raise ValueError(f"shape must be 'square', 'circle' or 'F', got {shape!r}")
    return torch.tensor(known[shape], dtype=torch.float64, device="cpu")


def _orientation(matrix: Tensor) -> dict[str, Any]:
    turned = bool(torch.linalg.det(matrix) < 0)
    color = COLORS["vermillion" if turned else "blue"]
    face = f"{color}40"  # a quarter opaque
    return {"facecolor": face, "edgecolor": color, "hatch": "//" if turned else None}


def _eigen_arrows(ax: Axes, matrix: Tensor) -> None:
    """Draw the eigenvectors of the real eigenvalues; a defective matrix has one direction."""
    values, columns = torch.linalg.eig(matrix)
    if float(values.imag.abs().max()) > 1e-12 * float(values.abs().max()):
        ax.text(0.5, 0.98, "no real eigenvectors", transform=ax.transAxes, ha="center", va="top")
        return
    found = (values.real[:, None] * columns.real.mT).unbind()
    labels = [rf"$\lambda_{i} v_{i}$" for i in (1, 2)]
    one_direction = float(torch.linalg.det(columns.real).abs()) < 1e-7
    count = 1 if one_direction else 2
    vectors(*found[:count], labels=labels[:count], ax=ax)


def _polygon(ax: Axes, corners: Tensor, **looks: Any) -> None:
    from matplotlib.patches import Polygon

    ax.add_patch(Polygon(corners.numpy(), closed=True, **looks))


def _arrow(ax: Axes, tip: Tensor, text: str, color: str) -> None:
    from matplotlib.patches import FancyArrowPatch

    x, y = tip.tolist()
    arrow = FancyArrowPatch(
        (0, 0), (x, y), arrowstyle="-|>", mutation_scale=16, shrinkA=0, shrinkB=0
    )
    arrow.set(color=color, linewidth=2, zorder=3)
    ax.add_artist(arrow)
    # Artists other than patches and lines do not tell the axes how far they reach.
    ax.update_datalim([(0, 0), (x, y)])
    aside = (6 if x >= 0 else -6, 6 if y >= 0 else -6)
    across, above = ("left" if x >= 0 else "right"), ("bottom" if y >= 0 else "top")
    ax.annotate(text, (x, y), aside, textcoords="offset points", ha=across, va=above)


def _check_plane(arrow: Tensor) -> Tensor:
    if check_tensor(arrow, "arrows", 1).shape != (2,):
        raise ValueError(f"arrows must have 2 components each, got shape {tuple(arrow.shape)}")
    return arrow.detach().to(device="cpu", dtype=torch.float64)


def _equal_axes(ax: Axes | None) -> Axes:
    """Return the axes, or new ones, with equal scales."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    ax.set_aspect("equal", adjustable="box")
    return ax
