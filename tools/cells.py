"""Format and lint the code cells of the pages with ruff, as narrow as the column of the page.

``python -m tools.cells`` rewrites the pages; with ``--check`` it only says which need it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tools.layout import ROOT

WIDTH = 78
# The fence, then YAML between --- lines or :options:, then the code.
CELL = re.compile(
    r"(?P<head>^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)\n?)(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# A notebook shows its last expression, uses names of earlier cells, and defines stubs again.
COMPACT = "format.skip-magic-trailing-comma=true"  # a call on as few lines as it needs
IGNORED = "B018,B905,E501,F821,F811,E402,E741,F401,F704,RUF001,RUF003,I001"


def ruff(*arguments: str, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, cwd=ROOT)


def formatted(page: str) -> str:
    """Return the text of a page with every code cell formatted."""

    def replace(match: re.Match[str]) -> str:
        result = ruff("format", f"--line-length={WIDTH}", "--config", COMPACT, code=match["code"])
        code = result.stdout if result.returncode == 0 else match["code"]
        return f"{match['head']}{code}```"

    return CELL.sub(replace, page)


def complaints(page: str) -> str:
    """Return what ruff says about all cells of a page together, an empty text if nothing."""
    code = "\n".join(match["code"] for match in CELL.finditer(page))
    options = (f"--ignore={IGNORED}", "--output-format=concise", "-q")
    return ruff("check", *options, code=code).stdout


def main() -> int:
    check = "--check" in sys.argv[1:]
    failed = False
    for path in sorted(Path(ROOT, "chapters").glob("*/*.md")):
        before = path.read_text()
        after = formatted(before)
        name = path.relative_to(ROOT)
        if after != before:
            failed |= check
            print(f"{name}: run python -m tools.cells" if check else f"{name}: formatted")
            if not check:
                path.write_text(after)
        if found := complaints(after):
            failed = True
            print(f"{name}, line numbers among its code lines:\n{found}", end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
