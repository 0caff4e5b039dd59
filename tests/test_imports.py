"""Importing the companion is cheap and changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import companion

HEAVY = ["sklearn", "matplotlib", "ipywidgets", "IPython", "scipy", "pandas", "torch._dynamo"]

# What a module is built on. Those libraries change filters and environment by themselves, so they
# are loaded first; the module may add nothing to that.
SCIKIT_LEARN = ["sklearn", "scipy", "pandas"]
BUILT_ON = {
    "optimize": ["scipy"],
    **dict.fromkeys(
        [
            "linear_model",
            "metrics",
            "model_selection",
            "neural_network",
            "preprocessing",
            "utils",
        ],
        SCIKIT_LEARN,
    ),
}

PROBE = """
import json, os, sys, warnings
import importlib
import torch
for name in BASE:
    importlib.import_module(name)
before = {
    "filters": list(map(str, warnings.filters)),
    "seed": torch.initial_seed(),
    "state": torch.get_rng_state().sum().item(),
    "dtype": str(torch.get_default_dtype()),
    "threads": torch.get_num_threads(),
    "environment": dict(os.environ),
    "files": sorted(os.listdir(".")),
}
for name in NAMES:
    importlib.import_module(name)
after = {
    "filters": list(map(str, warnings.filters)),
    "seed": torch.initial_seed(),
    "state": torch.get_rng_state().sum().item(),
    "dtype": str(torch.get_default_dtype()),
    "threads": torch.get_num_threads(),
    "environment": dict(os.environ),
    "files": sorted(os.listdir(".")),
}
changed = [key for key in before if before[key] != after[key]]
loaded = [name for name in HEAVY if name in sys.modules]
print(json.dumps({"changed": changed, "loaded": loaded}))
"""


def probe(names: list[str], folder: str, base: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Import the modules in a fresh interpreter and report what changed and what was loaded."""
    code = PROBE.replace("NAMES", repr(names)).replace("HEAVY", repr(HEAVY))
    done = subprocess.run(
        [sys.executable, "-c", code.replace("BASE", repr(base))],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def test_import_of_the_package_loads_torch_and_nothing_heavier(tmp_path_factory) -> None:
    folder = str(tmp_path_factory.mktemp("empty"))
    assert probe(["companion"], folder) == {"changed": [], "loaded": []}


def test_import_of_every_module_has_no_side_effect(tmp_path_factory) -> None:
    folder = str(tmp_path_factory.mktemp("empty"))
    names = [f"companion.{name}" for name in companion.__all__ if name not in BUILT_ON]
    assert probe(names, folder) == {"changed": [], "loaded": []}


def test_modules_load_only_the_library_they_are_built_on(tmp_path_factory) -> None:
    folder = str(tmp_path_factory.mktemp("empty"))
    for libraries in (["scipy"], SCIKIT_LEARN):
        names = [f"companion.{name}" for name, base in BUILT_ON.items() if base == libraries]
        base = ("scipy.optimize",) if libraries == ["scipy"] else ("sklearn.model_selection",)
        found = probe(names, folder, base)
        assert found["changed"] == []
        assert set(found["loaded"]) <= set(libraries)


def test_submodules_load_on_first_use() -> None:
    assert companion.linalg.__name__ == "companion.linalg"
    assert set(companion.__all__) <= set(dir(companion))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = companion.nonsense


def test_a_check_loads_its_page_only() -> None:
    """Loading all exercises would cost every page of the book up to a second."""
    code = (
        "import sys; from companion.exercises import find; find('linear_algebra.low_rank');"
        "start = 'companion.exercises.'; pages = [n for n in sys.modules if n.startswith(start)];"
        "print(*[n[len(start):] for n in pages if '.' in n[len(start):]])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["linear_algebra.svd"]
