"""Who is looking: a page that is being built, or a person at a live kernel."""

from __future__ import annotations

import os
from typing import Literal, cast

Mode = Literal["static", "live", "corners"]
VARIABLE = "COMPANION_SWEEP"


def mode() -> Mode | None:
    """Return how a sweep is shown, ``None`` when there is no kernel to show it."""
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    wanted = os.environ.get(VARIABLE, "")
    if wanted in ("static", "live", "corners"):
        return cast(Mode, wanted)
    if wanted:
        raise ValueError(f"{VARIABLE} must be static, live or corners, got {wanted!r}")
    # Front ends offer to type an input; nbclient and nbval, which build and test, never do.
    request = (kernel.get_parent() or {}).get("content", {})
    return "live" if request.get("allow_stdin", False) else "static"
