"""Where Chromium is: ``CHROMIUM=``, on the PATH, in Playwright's own store, else fetched with Playwright's installer.

Debian's headless shell is the same engine of the same version without what draws windows: a page costs a third of the processor. It
has no camera.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

SHELLS, WHOLE = ("chromium-headless-shell",), ("chromium", "chromium-browser", "google-chrome")


@functools.cache
def find_chromium(*, camera: bool = False) -> str | None:
    """The path of a Chromium (of one with a ``camera``), '' for Playwright's own, None where none can be had."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in (() if camera else SHELLS) + WHOLE:
        if found := shutil.which(name):
            return found
    if _own():
        return ""
    try:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=300, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return "" if _own() else None


def _own() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
