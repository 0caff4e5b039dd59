"""The same sources give the same site: elsewhere, under another hash seed, run another time."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tools.execute import run_page
from tools.layout import BUILD, ROOT, chapter_pages, executed_pages

SOURCES = ["_config.yml", "_toc.yml", "_ext", "_static", "references.bib", "index.md", "chapters"]
SOURCES += ["reference", "companion", *(path.name for path in ROOT.glob("*.ipynb"))]

pytestmark = pytest.mark.book


def copy_of_the_book(folder: Path) -> Path:
    """Copy the sources and the outputs of the executed pages, not the built site."""
    for source in SOURCES:
        whole = (ROOT / source).is_dir()
        (shutil.copytree if whole else shutil.copy)(ROOT / source, folder / source)
    if (BUILD / ".jupyter_cache").exists():
        shutil.copytree(BUILD / ".jupyter_cache", folder / "_build" / ".jupyter_cache")
    return folder


def build(folder: Path, seed: int) -> str:
    """Build the site in a folder, and return what the build said."""
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        "-W",
        "-n",
        "--keep-going",
        ".",
    ]
    variables = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=variables, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def assert_same_site(one: Path, other: Path) -> None:
    """Compare all files of two sites byte by byte; show the first difference."""
    first, second = (
        {p.relative_to(s) for s in [site] for p in s.rglob("*") if p.is_file()}
        for site in (one, other)
    )
    assert first == second
    for path in sorted(first):
        if (one / path).read_bytes() != (other / path).read_bytes():
            if path.suffix in (".html", ".js"):
                lines = ((site / path).read_text("utf8").splitlines() for site in (one, other))
                pytest.fail(f"{path}:\n" + "\n".join(list(difflib.unified_diff(*lines))[:20]))
            pytest.fail(f"{path} differs")


def test_the_site_does_not_depend_on_folder_and_hash_seed(tmp_path: Path) -> None:
    if not (BUILD / ".jupyter_cache").exists():
        pytest.skip("no page has been executed: make book")
    sites = []
    for seed, folder in ((1, "here"), (2, "somewhere/else")):
        (tmp_path / folder).mkdir(parents=True)
        said = build(copy_of_the_book(tmp_path / folder), seed)
        assert said.count("Using cached notebook") == len(executed_pages())
        sites.append(tmp_path / folder / "_build" / "html")
    assert_same_site(*sites)


def one_of_each_chapter() -> list[Path]:
    """Return the last page with cells of each chapter: the one that builds on most."""
    return list({page.parent: page for page in chapter_pages()}.values())


@pytest.mark.parametrize("page", one_of_each_chapter(), ids=lambda page: page.parent.name)
def test_a_page_gives_the_same_outputs_each_time(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COMPANION_SWEEP", "corners")
    with ThreadPoolExecutor(2) as pool:
        (one, first), (other, second) = pool.map(run_page, [page, page])
    assert first.err is None and second.err is None
    for cell, again in zip(one.cells, other.cells, strict=True):
        assert joined(cell.get("outputs", [])) == joined(again.get("outputs", [])), cell.source


def joined(outputs: list[Any]) -> list[Any]:
    """Join what a cell prints: when a kernel flushes, and in how many parts, is chance."""
    found: list[Any] = []
    for output in map(dict, outputs):
        last = found[-1] if found else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            found.append(output)
    return found
