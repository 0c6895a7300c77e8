"""What is wrong with an open page: what axe finds, and whether it scrolls sideways."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

AXE = Axe().axe_script
UPRIGHT: ViewportSize = {"width": 768, "height": 1024}
QUICK: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}  # style sheets are not fetched a second time
RULES = QUICK | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = QUICK | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_COLOURS = RULES | {"rules": {"color-contrast": {"enabled": False}}}
WAYS = """(known) => {
  const marks = (node) => [...node.attributes].filter(({ name, value }) => name === "class" || name === "disabled" || name === "open"
    || (/^(aria|data)-/.test(name) && /^[a-z-]{0,20}$/.test(value))).map(({ name, value }) => `${name}=${value}`).sort().join(" ");
  const ways = new Map([[null, 7]]);
  const way = (node) => {
    if (!ways.has(node)) {
      let number = way(node.parentElement); // a hash: the way of the element around it, and its own name and marks
      for (const letter of node.nodeName + " " + marks(node)) number = Math.imul(number ^ letter.codePointAt(0), 16777619);
      ways.set(node, number);
    }
    return ways.get(node);
  };
  const seen = new Set(known);
  window.newlySet = [];
  for (const node of document.body.querySelectorAll("*")) {
    if (![...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim())) continue;
    if (!seen.has(way(node))) window.newlySet.push(node);
    seen.add(way(node));
  }
  return [...seen].slice(known.length);
}"""
"""Keeps in the page, as ``newlySet``, one element with text for each way a text is set here (its elements up to the top, with their
classes and states) that is not among the known; answers those ways, as numbers."""


def wide(page: Page) -> list[str]:
    """Whether the page scrolls sideways."""
    found = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return ["it scrolls sideways"] if found else []


def faults(page: Page, rules: dict[str, Any] = RULES, within: str = "document") -> list[str]:
    """The faults of a page as it is shown now."""
    if within != "document" and not page.evaluate(f"({within} = {within}.filter((node) => node.isConnected)).length"):
        return wide(page)  # a live page has exchanged all of them meanwhile
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    told = page.evaluate(f"(rules) => axe.run({within}, rules)", rules)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:140]}" for each in told] + wide(page)


def by_day_and_by_night(page: Page, known: list[int]) -> list[str]:
    """Its faults held upright by day, then across by night and by day; it is upright again after.

    Contrast takes axe the longest, and the same row stands on a page a hundred times: it is looked at once, by day and by night, for
    each way a text is set. Those looked at join ``known``.
    """
    found = wide(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1024, "height": 768})
    found += faults(page, ALL_BUT_COLOURS)
    ways = page.evaluate(WAYS, known)
    known += ways
    found += [f"by night, {each}" for each in faults(page, COLOURS, "newlySet")] if ways else []
    page.emulate_media(color_scheme="light")
    found += [f"by day, {each}" for each in faults(page, COLOURS, "newlySet")] if ways else []
    page.set_viewport_size(UPRIGHT)
    return found
