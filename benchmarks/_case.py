"""One comparison of the benchmark table: our call against a peer's on the same data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Case:
    """Two calls that do the same; the ratio is the peer's time over ours, ``goal`` its floor."""

    family: str
    name: str
    size: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    goal: float | None = None
