"""Which unit tests belong to a changed file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.quick import mirroring, registered


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("linalg/test_singular.py", "test_explore.py", "tools/test_execute.py"):
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("companion/linalg/singular.py", {"tests/linalg/test_singular.py"}),
        ("companion/explore/_modes.py", {"tests/test_explore.py"}),
        ("tools/execute.py", {"tests/tools/test_execute.py"}),
        ("tests/test_explore.py", {"tests/test_explore.py"}),
        ("companion/explore/sweep.html", set()),
        ("chapters/02-linear-algebra/svd.md", set()),
    ],
)
def test_tests_mirror_the_package(changed: str, expected: set[str], root: Path) -> None:
    assert mirroring(Path(changed), root) == expected


@pytest.mark.parametrize(
    ("changed", "module"),
    [
        ("companion/linalg/singular.py", "linalg"),
        ("companion/claims.py", "claims"),
        ("companion/__init__.py", ""),
        ("tests/registry/linalg_spectral.py", "linalg_spectral"),
        ("tools/execute.py", ""),
    ],
)
def test_rows_of_the_registry(changed: str, module: str) -> None:
    assert registered(Path(changed)) == module
