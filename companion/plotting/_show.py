"""Publish a figure once, with a description for readers who do not see it."""

from __future__ import annotations

import base64
import html
import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CSS_PIXELS_PER_INCH = 100
LEAST_ALT = 20


def show(fig: Figure, alt: str, *, width: int | str | None = None) -> None:
    """Publish the figure in a notebook, with alt text, then close it.

    The image has twice the resolution at which it is shown. The output holds an ``image/png``
    (alt and width also in its metadata), and an HTML image that carries the alt text: MyST-NB
    reads only width and height from the metadata, JupyterLab prefers the HTML as well. The same
    figure gives the same bytes. Outside IPython the figure is closed without a word.

    Parameters
    ----------
    fig : the figure; it is closed, so the inline backend does not draw it again.
    alt : what there is to see, at least 20 characters.
    width : CSS width, a number of pixels or text such as ``"80%"``; 100 pixels an inch if not
        given.

    Raises
    ------
    TypeError
        If ``fig`` is no figure, ``alt`` no string or ``width`` neither an int nor a string.
    ValueError
        If ``alt`` is shorter than 20 characters.

    Proven equal to what it promises in ``tests/test_plotting.py`` (one output, alt and width
    there, equal bytes, closed).
    Book: chapters/02-linear-algebra/linear-systems
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, got {type(fig).__name__}")
    text, css_width = _check_alt(alt), _css_width(fig, width)
    shell = _shell()
    if shell is not None:
        _publish(shell, _png(fig), text, css_width)
    plt.close(fig)


def _check_alt(alt: str) -> str:
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a string, got {type(alt).__name__}")
    text = " ".join(alt.split())
    if len(text) < LEAST_ALT:
        raise ValueError(f"alt must say what to see in {LEAST_ALT} characters or more: {text!r}")
    return text


def _shell() -> Any:
    """Return the running IPython shell, or ``None``; never import IPython for it."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def _png(fig: Figure) -> bytes:
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    # A tight box, if the reader's settings ask for one, would change the size of the picture;
    # the version of Matplotlib in the metadata would change the bytes at each upgrade.
    with plt.rc_context({"savefig.bbox": None}):
        fig.savefig(
            buffer,
            format="png",
            dpi=2 * CSS_PIXELS_PER_INCH,
            facecolor="white",
            metadata={"Software": None},
        )
    return buffer.getvalue()


def _css_width(fig: Figure, width: int | str | None) -> str:
    if width is None:
        width = round(float(fig.get_figwidth()) * CSS_PIXELS_PER_INCH)
    if isinstance(width, bool) or not isinstance(width, int | str):
        raise TypeError(f"width must be an int or a string, got {type(width).__name__}")
    return f"{width}px" if isinstance(width, int) else width


def _publish(shell: Any, png: bytes, alt: str, width: str) -> None:
    data = base64.b64encode(png).decode("ascii")
    # The class keeps the theme from dimming the picture: it stands on a white card in both modes.
    image = (
        f'<img class="dark-light" alt="{html.escape(alt)}" '
        f'style="width: {html.escape(width)}; max-width: 100%; background: white" '
        f'src="data:image/png;base64,{data}">'
    )
    shell.display_pub.publish(
        data={"image/png": data, "text/html": image, "text/plain": f"Figure: {alt}"},
        metadata={"image/png": {"alt": alt, "width": width}},
    )
