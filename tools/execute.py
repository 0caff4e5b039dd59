"""Execute the pages, two at a time, into the cache from which the book is built.

jupyter-book would run one page after the other and say nothing meanwhile; it finds everything done.
The cache compares cells only, so a change of the companion or of a pinned version drops it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import myst_nb_reader_plugin

from tools.layout import BUILD, ROOT, config, executed_pages, short_name

CACHE = BUILD / ".jupyter_cache"
STAMP = BUILD / "companion.sha256"
TIMES = BUILD / "times.json"
QUIET = ["--IPKernelApp.log_level=40"]  # no note about TCP on every start


def companion_hash(root: Path) -> str:
    """Return a hash of everything besides the cells that decides what they print."""
    kinds = {".py", ".html", ".css", ".js"}
    files = sorted(p for p in (root / "companion").rglob("*") if p.suffix in kinds)
    digest = hashlib.sha256()
    for path in [*files, root / "constraints.txt"]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def drop_stale_cache() -> None:
    """Forget all outputs when the companion or the pinned versions are not those they came from."""
    now = companion_hash(ROOT)
    before = STAMP.read_text() if STAMP.exists() else ""
    if CACHE.exists() and now != before:
        print("The companion or constraints.txt changed: every page runs again.", flush=True)
        shutil.rmtree(CACHE)
    BUILD.mkdir(exist_ok=True)
    STAMP.write_text(now)


def run_page(page: Path) -> tuple[Any, ExecutionResult]:
    """Run one page in its own kernel and folder, from the same cells that the build will see."""
    notebook = myst_nb_reader_plugin(str(page))
    timeout = config()["execute"]["timeout"]
    return notebook, single_nb_execution(
        notebook, str(page.parent), timeout, allow_errors=False, extra_arguments=QUIET
    )


def trouble(cell: Any) -> str:
    """Return the error of a cell, or what it printed on stderr: the build refuses both."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return "\n".join(["raised", *"\n".join(output.traceback).splitlines()[-25:]])
        if output.get("name") == "stderr":
            return f"printed on stderr\n{output.text}"
    return ""


def failure(page: Path, notebook: Any, error: Exception | None) -> str:
    """Say where a page stopped: its line, the cell, the last lines of the error; "" if nowhere."""
    name = page.relative_to(ROOT).as_posix()
    for cell, line in zip(notebook.cells, notebook.metadata.get("source_map", []), strict=False):
        if said := re.sub(r"\x1b\[[0-9;]*m", "", trouble(cell)):
            code = textwrap.indent(cell.source, "    ")
            said = textwrap.indent(said, "    ").removeprefix("  ")
            return f"\n{name}, the cell near line {line}:\n{code}\n{said}"
    return f"\n{name}: {type(error).__name__}\n{error}" if error else ""


def store(cache: Any, page: Path, notebook: Any, seconds: float) -> None:
    """Put the outputs where the build of the book looks for them."""
    bundle = CacheBundleIn(notebook, str(page), data={"execution_seconds": seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def cached_seconds(cache: Any, page: Path) -> float | None:
    """Return how long a page took when it ran, or None when it must run (again)."""
    try:
        record = cache.match_cache_notebook(myst_nb_reader_plugin(str(page)))
    except KeyError:
        return None
    return float(record.data.get("execution_seconds", 0.0))


def run_all(cache: Any, waiting: list[Path], jobs: int) -> tuple[dict[Path, float], list[Path]]:
    """Run the pages, print one line for each that ends, and return their times and failures."""
    seconds: dict[Path, float] = {}
    failed: list[Path] = []
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[Any], Path] = {pool.submit(run_page, page): page for page in waiting}
        for done, future in enumerate(as_completed(running), start=1):
            page = running[future]
            head = f"[{done}/{len(waiting)}] {short_name(page)} "
            try:
                notebook, result = future.result()
            except Exception as problem:  # a dead kernel, a page that cannot be read
                print(f"{head}... failed\n{page.relative_to(ROOT)}: {problem}", flush=True)
                failed.append(page)
                continue
            if said := failure(page, notebook, result.err):
                print(head + "... failed", said, flush=True)
                failed.append(page)
                continue
            seconds[page] = result.time
            store(cache, page, notebook, result.time)
            left = f", {len(waiting) - done} left" if done < len(waiting) else ""
            print(f"{head}... {result.time:.1f} s{left}", flush=True)
    return seconds, failed


def report(seconds: dict[Path, float]) -> None:
    """Write the seconds of each page and chapter, and print those of the chapters."""
    by_page = {p.relative_to(ROOT).as_posix(): round(s, 2) for p, s in sorted(seconds.items())}
    by_chapter: dict[str, float] = {}
    for page, time in by_page.items():
        chapter = Path(page).parent.name or "front page"
        by_chapter[chapter] = round(by_chapter.get(chapter, 0.0) + time, 2)
    TIMES.write_text(json.dumps({"chapters": by_chapter, "pages": by_page}, indent=1) + "\n")
    for chapter, time in by_chapter.items():
        note = "  (more than the 60 s a chapter should take)" if time > 60 else ""
        print(f"  {chapter}: {time:.0f} s of running cells{note}", flush=True)


def count(some: Collection[Path]) -> str:
    """Return ``1 page`` or ``8 pages``."""
    return f"{len(some)} page{'' if len(some) == 1 else 's'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="pages that run at the same time")
    jobs = parser.parse_args().jobs
    # Two threads in two notebooks at once wait for each other: one thread a page is faster.
    os.environ["OMP_NUM_THREADS"] = "1"
    drop_stale_cache()
    cache = get_cache(str(CACHE))
    seconds = {page: cached_seconds(cache, page) for page in executed_pages()}
    waiting = [page for page, time in seconds.items() if time is None]
    known = {page: time for page, time in seconds.items() if time is not None}
    if known:
        print(f"Unchanged since they last ran: {count(known)}.", flush=True)
    if waiting:
        print(f"Running {count(waiting)}, {jobs} at a time:", flush=True)
    ran, failed = run_all(cache, waiting, jobs)
    report(known | ran)
    if failed:
        names = [page.relative_to(ROOT).as_posix() for page in failed]
        print("\nNot built, because cells failed in:", *names, sep="\n  ", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
