"""What a hand does: a mouse drags, a finger presses long and drags; somebody signs in a frame."""

from playwright.sync_api import CDPSession, Locator, Page

LONG_PRESS = 600  # ms, longer than the board's 350
NAME = ((0.1, 0.5), (0.25, 0.6), (0.4, 0.4), (0.55, 0.6), (0.7, 0.4))  # a name, as a line through the frame


def middle(of: Locator) -> tuple[float, float]:
    """The middle of an element, in the window."""
    of.scroll_into_view_if_needed()
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_by_mouse(page: Page, source: Locator, target: Locator, *, let_go: bool = True) -> None:
    """Press on one, go to the other in steps, let go. The page changes beneath: the target is looked for again on the way."""
    x, y = middle(source)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 10, steps=3)
    page.locator(".ghost").wait_for()
    page.locator("#main[data-choosing]").wait_for()
    page.mouse.move(*middle(target), steps=8)
    if let_go:
        page.mouse.up()


class Finger:
    """One finger, through Chromium's own input; what the browser makes of it (a scroll, a long press) is the browser's."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, points: list[tuple[float, float]]) -> None:
        self.session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    def down(self, x: float, y: float) -> None:
        """Touch."""
        self._send("touchStart", [(x, y)])

    def move(self, *way: tuple[float, float]) -> None:
        """Go through these points."""
        for point in way:
            self._send("touchMove", [point])

    def up(self) -> None:
        """Let go."""
        self._send("touchEnd", [])


def drag_by_touch(page: Page, source: Locator, target: Locator) -> None:
    """Press long, drag, let go."""
    finger = Finger(page)
    x, y = middle(source)
    finger.down(x, y)
    page.locator(".ghost").wait_for()
    page.locator("#main[data-choosing]").wait_for()
    end = middle(target)
    finger.move(*[(x + (end[0] - x) * part / 6, y + (end[1] - y) * part / 6) for part in range(1, 7)])
    finger.up()


def draw(page: Page, *points: tuple[float, float]) -> None:
    """A line through these shares of the width and height of the frame to sign in, once its script listens."""
    page.wait_for_load_state("load")
    frame = page.locator("canvas")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    first, *rest = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*first)
    page.mouse.down()
    for place in rest:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
