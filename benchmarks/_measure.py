"""Measure cases in pairs, ours and theirs in turns, so that both meet the same disturbances."""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks._case import Case

LEAST_PAIRS = 5
MOST_PAIRS = 2000
SHORTEST = 2e-3  # seconds: shorter calls are repeated within a pair, else the clock decides
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Result:
    """Median and quartiles of the ratios of one case; above 1 ours is faster."""

    family: str
    name: str
    size: str
    peer: str
    ratio: float
    low: float
    high: float
    pairs: int
    goal: float | None

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the goal."""
        return None if self.goal is None else self.ratio >= self.goal


def all_cases(pattern: str = "") -> list[Case]:
    """Return the cases of every file of this folder whose family, name or peer has the pattern."""
    found: list[Case] = []
    for module in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda m: m.name):
        if not module.name.startswith("_"):
            found += importlib.import_module(f"benchmarks.{module.name}").cases()
    found.sort(key=lambda case: case.family)  # stable: a family may have several files
    return [c for c in found if pattern.lower() in f"{c.family} {c.name} {c.peer}".lower()]


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Time several calls in a row, by the processor's clock: waiting for others does not count."""
    start = time.process_time()
    for _ in range(repeats):
        call()
    return time.process_time() - start


def repeats_of(call: Callable[[], object]) -> int:
    """Warm a call up, and return how often it must run to last for ``SHORTEST``."""
    call()
    once = max(seconds(call, 1), 1e-9)
    return max(1, round(SHORTEST / once))


def pairs(case: Case, budget: float) -> Iterator[float]:
    """Yield peer's time over ours for one pair after the other, until the budget is spent."""
    end = time.perf_counter() + budget
    ours, theirs = repeats_of(case.ours), repeats_of(case.theirs)
    for count in range(MOST_PAIRS):
        if count >= LEAST_PAIRS and time.perf_counter() >= end:
            return
        mine = seconds(case.ours, ours) / ours
        yield seconds(case.theirs, theirs) / theirs / mine


def measure(case: Case, budget: float = 3.0) -> Result:
    """Measure one case for about ``budget`` seconds, at least five pairs."""
    ratios = list(pairs(case, budget))
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Result(
        family=case.family,
        name=case.name,
        size=case.size,
        peer=case.peer,
        ratio=float(f"{middle:.4g}"),
        low=float(f"{low:.4g}"),
        high=float(f"{high:.4g}"),
        pairs=len(ratios),
        goal=case.goal,
    )


def cpu() -> str:
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    for line in info.read_text("utf8").splitlines() if info.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def record(results: list[Result], date: str) -> dict[str, Any]:
    """Return what ``results.json`` holds: date, machine, versions and rows."""
    versions = {"Python": platform.python_version()}
    versions |= {name: version(name).partition("+")[0] for name in PACKAGES}
    rows = [asdict(result) for result in results]
    return {
        "date": date,
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "versions": versions,
        "rows": rows,
    }


def line(result: Result) -> str:
    """Return one row of the printed table."""
    what = f"{result.family}.{result.name} ({result.size})"
    goal = {None: "", True: "met", False: "NOT MET"}[result.met]
    goal = f"goal {result.goal:g} {goal}" if goal else ""
    band = f"{result.low:.3g} to {result.high:.3g}"
    return f"{what:<52} {result.peer:<28} {result.ratio:8.3g}   {band:<18} {goal}".rstrip()
