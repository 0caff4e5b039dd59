"""The look of the book's figures."""

from __future__ import annotations

from typing import Any


class Palette(dict[str, str]):
    """Named colours that people with a colour-vision deficiency can tell apart.

    The palette of M. Okabe and K. Ito, a mapping of names to hexadecimal values. Orange, sky and
    yellow are pale on white: fill areas with them, but draw no thin lines.

    Proven equal to its promise: the colours of the line cycle have a contrast of at least 3 with
    white, and each stays apart from the others (``tests/test_plotting.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """


COLORS = Palette(
    blue="#0072B2",
    vermillion="#D55E00",
    green="#009E73",
    purple="#CC79A7",
    orange="#E69F00",
    sky="#56B4E9",
    yellow="#F0E442",
    grey="#6B6B6B",
    black="#000000",
)

# Colour and dash change together, so that no line is known by its colour alone.
LINES = (
    ("black", "-"),
    ("blue", "--"),
    ("vermillion", "-."),
    ("green", ":"),
    ("grey", (0, (6, 1, 1, 1, 1, 1))),
)


def style() -> dict[str, Any]:
    """Return the rcParams of the book's figures; nothing changes until you use them.

    Write ``plt.rcParams.update(plotting.style())`` in the first cell of a page, or
    ``with plt.rc_context(plotting.style()):`` for one figure. 540 x 360 CSS pixels with 12-point
    text: text stays above 10 pixels on a phone of 390 pixels.

    Proven equal to itself before and after: the import and the call leave ``rcParams`` as they
    were, and a figure drawn with them has the stated size (``tests/test_plotting.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    from cycler import cycler

    cycle = cycler(color=[COLORS[name] for name, _ in LINES])
    return {
        "figure.figsize": (5.4, 3.6),
        "figure.dpi": 100,
        "figure.facecolor": "white",
        "figure.constrained_layout.use": True,
        "axes.facecolor": "white",
        "axes.prop_cycle": cycle + cycler(linestyle=[dash for _, dash in LINES]),
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": "#DDDDDD",
        "image.cmap": "cividis",
        "font.size": 12,
        "axes.titlesize": 12,
        "axes.labelsize": 12,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "legend.fontsize": 11,
        "lines.linewidth": 2,
    }
