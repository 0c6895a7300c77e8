"""``make pictures``: take the README's four pictures from the running demonstration (PORT=8000)."""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"


def board(page: Page) -> None:
    """The bed board with a person chosen."""
    page.goto("/beds/")
    page.locator(".waiting").nth(3).click()
    page.locator("[data-fit=fits]").first.wait_for()


def medication_pass(page: Page) -> None:
    """The pass of a unit, a client verified."""
    page.goto("/pass/")
    page.locator("a.button", has_text="Continue").or_(page.locator("a.button", has_text="Open")).first.click()
    page.locator(".strip__client:has-text('due'):not(:has-text('nothing'))").first.click()
    for which in ("Says the name", "Says the birth date"):
        page.get_by_text(which).click()
    page.get_by_role("button", name="It is").click()
    page.locator(".strip").wait_for()


def group(page: Page) -> None:
    """A running session: attendance and the note."""
    page.goto("/groups/")
    page.locator("a.button", has_text="Open").first.click()


def level(page: Page) -> None:
    """Ratings, the recommendation and the decision."""
    page.goto("/levels/")
    page.locator(".queue__row", has_text="3.5").get_by_role("link", name="Level").first.click()


PICTURES = (
    ("board", "intake", board, (1440, 900), "light"),
    ("pass", "nurse", medication_pass, (768, 1024), "light"),
    ("pass-night", "nurse", medication_pass, (768, 1024), "dark"),
    ("group", "facilitator", group, (1024, 768), "light"),
    ("level", "director", level, (1440, 900), "light"),
)


def main() -> int:
    """Take them all; says what is missing instead of failing with a trace."""
    found = find_chromium()
    if found is None:
        print("No Chromium: run 'apt-get install chromium', or name one in CHROMIUM=.", file=sys.stderr)  # noqa: T201
        return 1
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found or None, args=ARGUMENTS)
        for name, role, go, (width, height), scheme in PICTURES:
            context = browser.new_context(
                base_url=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}",
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto("/accounts/login/")
            page.locator(f"button[name=as][value={role}]").click()
            go(page)
            page.locator("[data-live-state][data-live=live]").or_(page.locator(".recommendation")).first.wait_for()
            page.wait_for_timeout(400)
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
