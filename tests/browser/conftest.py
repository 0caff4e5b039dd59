"""Fixtures of the browser tests: Chromium, the built site, a watched page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.chromium import FLAGS, SITE, Watched, as_file, missing, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole session."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None or not Path(path).is_file():
        missing(f"Chromium is missing ({path or 'none of ' + ', '.join(names)}); set CHROMIUM")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            missing(f"{path} does not start: {error}")
        yield started
        started.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A fresh page in a fresh profile, with its messages and requests."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield Watched(context.new_page())
    context.close()


@dataclass(frozen=True)
class Site:
    """The built site and its two addresses, each with a slash at the end."""

    folder: Path
    http: str
    file: str


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    if not (SITE / "index.html").is_file():
        missing(f"there is no built site in {SITE}: `make book` builds it")
    with served(SITE) as address:
        yield Site(SITE, address, as_file(SITE))
