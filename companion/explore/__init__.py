"""Sliders of the book: one source, pre-drawn in the built page and recomputed at a live kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from companion.explore._frames import Frames, Value, corners, read_parameters, read_start, slug
from companion.explore._modes import mode
from companion.explore._static import Sweep

__all__ = ["sweep"]


def sweep(
    draw: Callable[..., Any],
    parameters: Mapping[str, Iterable[Value]],
    *,
    alt: str | Callable[..., str],
    label: str | None = None,
    start: Mapping[str, Value] | None = None,
    names: Mapping[str, str] | None = None,
    size: tuple[float, float] = (6.4, 4.0),
    dpi: int = 100,
) -> Sweep | None:
    """Show a figure that one or two sliders change.

    When a page is built, every frame is drawn ahead and the sliders need no kernel; when a person
    is at a live kernel, an ipywidgets panel draws at each move. The environment variable
    ``COMPANION_SWEEP`` overrides: ``static``, ``live`` or ``corners`` (first and last values).

    Parameters
    ----------
    draw : called as ``draw(fig, **values)`` on a cleared Matplotlib figure that all frames share.
    parameters : one or two names with at least 2 numbers or strings each, at most 60 combinations.
    alt : a text, which the values of the frame are added to, or ``alt(**values)``: what to see.
    label : letters, digits and single hyphens; unique on its page, because the ids of the HTML
        come from it. Default: the names of the parameters.
    start : the values shown first, default the first of each parameter.
    names : what a reader sees instead of a name: ``{"theta": "angle θ in degrees"}``.
    size, dpi : figure in inches (100 pixels of the page each) and its resolution.

    Returns
    -------
    Nothing in a notebook. Without a kernel nothing is drawn, and the object that comes back says
    what it would show.

    Raises
    ------
    ValueError, TypeError
        If an argument is bad; the message names it.
    RuntimeError
        If ``draw`` or ``alt`` fails; the message has the values of the frame.

    Proven equal to its behaviour in ``tests/test_explore.py`` and ``tests/browser/test_sweep.py``.
    Book: chapters/02-linear-algebra/products
    """
    known = read_parameters(parameters, names)
    first = read_start(known, start)
    wanted = slug("-".join(parameters)) if label is None else label
    if not wanted or wanted != slug(wanted):
        raise ValueError(f"label must look like {slug(wanted) or 'my-label'!r}, got {wanted!r}")
    if isinstance(alt, str) and not alt.strip():
        raise ValueError("alt must say what the figure shows, got an empty text")
    how = mode()
    if how == "corners":
        known, first = corners(known, first)
    frames = Frames(draw, known, alt, size, dpi)
    if how is None:
        return Sweep(frames, first, wanted)
    from IPython.display import display

    if how == "live":
        from companion.explore._live import panel

        display(panel(frames, first))  # type: ignore[no-untyped-call]
    else:
        display(Sweep(frames, first, wanted).bundle(), raw=True)  # type: ignore[no-untyped-call]
    return None
