"""Binder's environment agrees with the package; the pins agree with its ranges."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from tools.layout import ROOT

CONDA_NAMES = {"torch": "pytorch-cpu"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
BINDER: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))


def conda_requirements() -> dict[str, Requirement]:
    found = [Requirement(line) for line in BINDER["dependencies"] if isinstance(line, str)]
    return {requirement.name: requirement for requirement in found}


@pytest.mark.parametrize("line", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"])
def test_binder_installs_what_the_package_needs(line: str) -> None:
    needed = Requirement(line)
    found = conda_requirements()[CONDA_NAMES.get(needed.name, needed.name)]
    assert found.specifier == needed.specifier


def test_binder_installs_nothing_else_and_pins_nothing() -> None:
    lines = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"]
    wanted = {Requirement(line).name for line in lines}
    names = {CONDA_NAMES.get(name, name) for name in wanted} | {"python", "pip"}
    assert set(conda_requirements()) == names
    assert not any("==" in str(r.specifier) for r in conda_requirements().values())
    assert BINDER["channels"] == ["conda-forge"]
    assert {"pip": ["-e ."]} in BINDER["dependencies"]


def test_python_version_is_the_same() -> None:
    assert str(conda_requirements()["python"].specifier) == PROJECT["requires-python"]


def test_every_pin_is_exact_portable_and_within_the_ranges() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf8").split()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), "no +cpu, no URL"
    pins = {name.lower().replace("_", "-"): v for name, v in (line.split("==") for line in lines)}
    extras = PROJECT["optional-dependencies"].values()
    for line in [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]:
        needed = Requirement(line)
        assert pins[needed.name.lower().replace("_", "-")] in needed.specifier, line
