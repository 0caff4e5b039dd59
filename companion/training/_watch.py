"""A progress bar for somebody who watches, and silence in a page that is being built."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def watched() -> bool:
    """Say whether a person sees the output: at a terminal, or at a live kernel."""
    ipython = sys.modules.get("IPython")
    kernel = getattr(ipython.get_ipython(), "kernel", None) if ipython else None
    if kernel is None:
        return sys.stderr is not None and sys.stderr.isatty()
    # Front ends offer to type an input; nbclient and nbval, which build and test, never do.
    request = (kernel.get_parent() or {}).get("content", {})
    return bool(request.get("allow_stdin", False))


@contextmanager
def progress_bar(epochs: int, visible: bool) -> Iterator[Callable[[dict[str, float]], None]]:
    """Yield a function that shows the record of an epoch."""
    if not visible:
        yield lambda record: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=epochs, unit="epoch") as bar:

        def show(record: dict[str, float]) -> None:
            bar.set_postfix({key: value for key, value in record.items() if key != "epoch"})
            bar.update()

        yield show
