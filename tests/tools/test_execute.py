"""Executing pages into the cache: what is run again, what is said on a failure."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache

from tools import execute

GOOD = "```{code-cell} ipython3\nprint(6 * 7)\n```\n"
HEAD = "---\nkernelspec:\n  name: python3\n---\n\n# Title\n\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small book of its own: one chapter, a companion, pins."""
    (tmp_path / "companion").mkdir()
    (tmp_path / "companion" / "a.py").write_text("x = 1\n")
    (tmp_path / "constraints.txt").write_text("torch==2\n")
    (tmp_path / "chapters").mkdir()
    for name, path in {
        "ROOT": tmp_path,
        "BUILD": tmp_path / "_build",
        "CACHE": tmp_path / "_build" / ".jupyter_cache",
        "STAMP": tmp_path / "_build" / "companion.sha256",
        "TIMES": tmp_path / "_build" / "times.json",
    }.items():
        monkeypatch.setattr(execute, name, path)
    return tmp_path


@pytest.mark.parametrize("path", ["companion/a.py", "companion/deep/b.css", "constraints.txt"])
def test_a_change_of_the_companion_or_the_pins_changes_the_hash(root: Path, path: str) -> None:
    before = execute.companion_hash(root)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("changed\n")
    assert execute.companion_hash(root) != before


def test_only_a_change_drops_the_cache(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    execute.drop_stale_cache()
    execute.CACHE.mkdir()
    (root / "companion" / "a.py").touch()  # a newer time stamp alone is no change
    execute.drop_stale_cache()
    assert execute.CACHE.exists()
    (root / "companion" / "a.py").write_text("x = 2\n")
    execute.drop_stale_cache()
    assert not execute.CACHE.exists()
    assert "every page runs again" in capsys.readouterr().out


def test_pages_run_once_and_a_failure_names_line_and_code(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = root / "chapters" / "good.md", root / "chapters" / "bad.md"
    good.write_text(HEAD + GOOD)
    bad.write_text(HEAD + "```{code-cell} ipython3\n1 / 0\n```\n")
    cache = get_cache(str(execute.CACHE))
    seconds, failed = execute.run_all(cache, [good, bad], jobs=2)
    assert list(seconds) == [good] and failed == [bad]
    assert execute.cached_seconds(cache, good) == pytest.approx(seconds[good])
    assert execute.cached_seconds(cache, bad) is None
    said = capsys.readouterr().out
    assert "chapters/bad.md, the cell near line 8:" in said
    assert "1 / 0" in said and "ZeroDivisionError" in said
    (record,) = cache.list_cache_records()
    (cell,) = cache.get_cache_bundle(record.pk).nb.cells
    assert cell.outputs[0].text == "42\n"


def test_times_are_added_up_by_chapter(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "_build").mkdir()
    folder = root / "chapters" / "02-algebra"
    execute.report({folder / "a.md": 40.0, folder / "b.md": 21.5})
    assert '"02-algebra": 61.5' in execute.TIMES.read_text()
    assert "more than the 60 s" in capsys.readouterr().out


def test_an_error_without_a_cell_is_still_shown(root: Path) -> None:
    page = root / "chapters" / "dead.md"
    text = execute.failure(page, nbformat.v4.new_notebook(), RuntimeError("kernel died"))
    assert "chapters/dead.md" in text and "kernel died" in text


def test_what_a_page_prints_on_stderr_fails_it_and_is_shown(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = root / "chapters" / "loud.md"
    page.write_text(HEAD + "```{code-cell} ipython3\nimport warnings\nwarnings.warn('old')\n```\n")
    cache = get_cache(str(execute.CACHE))
    _, failed = execute.run_all(cache, [page], jobs=1)
    assert failed == [page]
    assert "UserWarning: old" in capsys.readouterr().out
