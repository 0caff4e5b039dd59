"""Run the unit tests of the files that changed since the last commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.layout import ROOT

# Slow, or about the built book; the whole suite runs them.
SLOW = "not book and not browser and not gpu"


def changed() -> list[Path]:
    """Return the changed and the new files, relative to the repository."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(entry[3:]) for entry in listed.split("\0") if entry]


def mirroring(path: Path, root: Path = ROOT) -> set[str]:
    """Return the tests of one file: ``tests/`` mirrors ``companion/`` and ``tools/``."""
    if path.parts[0] == "tests" and path.name.startswith("test_") and path.suffix == ".py":
        return {path.as_posix()} if (root / path).exists() else set()
    if path.parts[0] not in ("companion", "tools") or path.suffix != ".py":
        return set()
    inside = path.relative_to("companion") if path.parts[0] == "companion" else path
    names = [inside.with_name(f"test_{inside.stem.strip('_')}.py")]
    names += [
        folder.with_name(f"test_{folder.name}.py") for folder in inside.parents if folder.name
    ]
    return {f"tests/{name.as_posix()}" for name in names if (root / "tests" / name).exists()}


def registered(path: Path) -> str:
    """Return the module of the companion whose rows in the registry a change concerns."""
    inside = [part.removesuffix(".py") for part in path.parts[1:]]
    if path.parts[0] == "companion" and inside and inside[0] != "__init__":
        return inside[0]
    is_row = path.parts[:2] == ("tests", "registry") and not path.stem.startswith("_")
    return path.stem if is_row else ""


def run(*arguments: str) -> int:
    """Run pytest; that a file holds only slow tests (exit status 5) is no failure."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", SLOW, *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return 0 if status == 5 else status


def main() -> int:
    files = changed()
    tests = sorted(set().union(*map(mirroring, files)) - {"tests/test_registry.py"})
    modules = sorted(filter(None, set(map(registered, files))))
    if not tests and not modules:
        print("No unit tests belong to the changed files.")
    failed = run(*tests) if tests else 0
    if modules:
        failed |= run("tests/test_registry.py", "-k", " or ".join(modules))
    return failed


if __name__ == "__main__":
    sys.exit(main())
