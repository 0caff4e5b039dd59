"""The interface page lists every module of the companion."""

from __future__ import annotations

import re

import companion
from tools.layout import ROOT


def test_every_module_is_on_the_interface_page() -> None:
    text = (ROOT / "reference" / "api.md").read_text("utf8")
    listed = re.findall(r"automodule:: companion\.([\w.]+)", text)
    inside = ["nn.functional", "nn.init", "optim.lr_scheduler"]
    assert sorted(listed) == sorted([*companion.__all__, *inside])
