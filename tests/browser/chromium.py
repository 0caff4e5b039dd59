"""What the browser tests share: a page that is watched, and the questions put to it."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html"))
AXE = Path(os.environ.get("AXE_JS", ROOT / "_build/npm/node_modules/axe-core/axe.min.js"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Findings that the theme owns: rule, and the element that it is about. Nothing else is excused.
THEME = {
    ("label-content-name-mismatch", ".search-button"),
    ("region", ".only-light"),  # the logo
    ("region", ".only-dark"),
}


def missing(what: str) -> NoReturn:
    """Skip where a tool is missing, fail where ``BOOK_REQUIRE_BROWSER=1`` says it must be there."""
    if os.environ.get("BOOK_REQUIRE_BROWSER") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Watched:
    """A browser page with everything that it says and everything that it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda m: self.messages.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.messages.append(f"error: {e}"))
        page.on("request", lambda r: self.requests.append(r.url))

    def open(self, url: str) -> None:
        """Load a page afresh and wait until its mathematics is set."""
        self.messages.clear()
        self.requests.clear()
        self.page.goto(url, wait_until="load")
        self.page.evaluate("async () => { await window.MathJax?.startup?.promise }")

    @property
    def complaints(self) -> list[str]:
        return [m for m in self.messages if m.startswith(("error", "warning"))]

    def outside(self, origin: str) -> list[str]:
        """Requests that leave the site; pictures inside the page are none."""
        inside = (origin, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(inside)]


def axe(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, as ``rule: element``; all rules unless some are named."""
    if not AXE.is_file():
        missing(f"axe-core is not at {AXE}: `make axe` installs it (needs npm)")
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate("options => axe.run(document, options)", options)
    nodes = [(v["id"], node) for v in found["violations"] for node in v["nodes"]]
    pairs = [(rule, " ".join(map(str, node["target"]))) for rule, node in nodes]
    return [f"{rule}: {target}" for rule, target in pairs if (rule, target) not in THEME]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that writes no log."""

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback interface and give its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def as_file(folder: Path) -> str:
    """The address of a folder for somebody without a server."""
    return f"file://{quote(str(folder.resolve()))}/"
