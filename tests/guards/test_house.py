"""The house keeps its shape: file sizes, file names, no host names or machine paths, every rule page has a test."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
CODE = [name for name in TRACKED if name.endswith((".py", ".js", ".css", ".html")) and "/migrations/" not in name]


def test_no_file_outgrows_four_hundred_lines() -> None:
    long = {
        name: lines
        for name in CODE
        if (ROOT / name).exists() and (lines := len((ROOT / name).read_text().splitlines())) > 400
    }
    assert long == {}


def test_pages_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\b(src|type=\"application/json\"))|\son\w+=\"|\sstyle=\"|<style")
    bad = [
        name
        for name in CODE
        if name.endswith(".html") and (ROOT / name).exists() and inline.search((ROOT / name).read_text())
    ]
    assert bad == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name in CODE
        if name.endswith(".py")
        and "/__init__" not in name
        and (ROOT / name).exists()
        and not (ROOT / name).read_text().removeprefix("#!/usr/bin/env python\n").startswith('"""')
    ]
    assert silent == []


@pytest.mark.parametrize("what", ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "deb." + "debian"])
def test_no_registry_is_named(what: str) -> None:
    named = [name for name in TRACKED if (ROOT / name).is_file() and what.encode() in (ROOT / name).read_bytes()]
    assert named == []


def test_only_the_actions_and_publish_touch_transactions() -> None:
    """No view opens a transaction, and nothing but live.publish waits for a commit."""
    opens = [name for name in CODE if re.search(r"(^|/)views", name) and "transaction." in (ROOT / name).read_text()]
    waits = [
        name
        for name in CODE
        if name.endswith(".py")
        and not name.startswith(("tests/", "bench/"))
        and "on_commit(" in (ROOT / name).read_text()
    ]
    assert (opens, waits) == ([], ["live/actions.py"])


def test_a_block_of_the_look_stands_in_one_sheet() -> None:
    """Two pages that took the same word for a block changed each other: every sheet is on every page. Paper says its own of any."""
    sheets: dict[str, set[str]] = {}
    for sheet in (ROOT / "static/css").glob("*.css"):
        for block in re.findall(r"(?:^|[},])\s*\.([a-z][a-z0-9-]*)\s*\{", sheet.read_text()):
            sheets.setdefault(block, set()).add(sheet.name)
    assert {block: found for block, names in sheets.items() if len(found := names - {"print.css"}) > 1} == {}
