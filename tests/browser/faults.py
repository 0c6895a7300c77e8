"""What is wrong with an open page: what axe finds, and whether it scrolls sideways."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

AXE = Axe().axe_script
UPRIGHT: ViewportSize = {"width": 768, "height": 1024}
QUICK: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}  # style sheets are not fetched a second time
RULES = QUICK | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = QUICK | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def wide(page: Page) -> list[str]:
    """Whether the page scrolls sideways."""
    found = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return ["it scrolls sideways"] if found else []


def faults(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """The faults of a page as it is shown now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    told = page.evaluate("(rules) => axe.run(document, rules)", rules)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:140]}" for each in told] + wide(page)


def by_day_and_by_night(page: Page) -> list[str]:
    """Its faults held upright by day, on a small screen by night, and what a wide one by day changes. It is upright again after."""
    found = wide(page)
    for night, size, rules in ((True, (1024, 768), RULES), (False, (1440, 900), COLOURS)):
        page.emulate_media(color_scheme="dark" if night else "light")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        found += [f"by {'night' if night else 'day'}, {each}" for each in faults(page, rules)]
    page.set_viewport_size(UPRIGHT)
    return found
