"""Code cells of every page: imports first, one seed, short, nothing from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book.by_page import accept, every_content_page, every_rule, rejects
from tests.book.rules import cells
from tests.book.rules.page import Rule, read

SEED = "torch.manual_seed(random_state)"


@every_content_page
@every_rule(cells.RULES)
def test_cells_of_a_page(rule: Rule, path: Path) -> None:
    accept(rule(read(path)))


@pytest.mark.parametrize(
    ("rule", "old", "new", "complaint"),
    [
        (cells.python, SEED, "!pip install torch", "no !"),
        (cells.python, SEED, "%matplotlib inline", "no %"),
        (cells.python, SEED, "if x", "not Python"),
        (cells.imports, "import torch\nfrom companion import linalg, plotting\n", "", "must hold"),
        (cells.imports, SEED, "import math", "first code cell"),
        (cells.imports, "    return x", "    from math import pi\n    return x", "first code cell"),
        (cells.seed, "random_state = 2\n", "", "once, found 0"),
        (cells.seed, SEED, f"random_state = 3\n{SEED}", "once, found 2"),
        (cells.outside, SEED, 'page = "https://example.org"', "no URL"),
        (cells.outside, SEED, 'file = "/home/me/data.csv"', "no absolute path"),
        (cells.outside, SEED, 'file = "~/data.csv"', "no absolute path"),
        (cells.outside, SEED, 'file = "C:\\\\data.csv"', "no absolute path"),
        (cells.width, SEED, "x = [" + 80 * "1" + "]", "86 characters"),
        (cells.length, SEED, "\n".join(f"x = {i}" for i in range(17)), "17 lines"),
    ],
)
def test_cell_that_breaks_a_rule(rule: Rule, old: str, new: str, complaint: str) -> None:
    rejects(rule, old, new, complaint)


def test_a_division_sign_is_no_path() -> None:
    rejects(cells.outside, SEED, 'a = "/", "x / L", "m/s"; b = "/tmp"', "'/tmp'")
