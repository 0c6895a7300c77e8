"""What stands around the content: the letterhead, the running head of later pages, the foot."""

from documents.blocks import Document
from documents.ink import BODY, HAIRLINE, RULE, SMALL, STRONG, high, rule, write
from documents.pages import Canvas, Strip
from documents.typeface import BOLD, Face, width, wrap

SIDE, TOP, BOTTOM = 45.0, 40.0, 30.0
TITLE = Face(BOLD, 19.0)


def letterhead(document: Document, room: float) -> Strip:
    """Who prints what, as of when: organisation and site, the title large, the instant and the printer on the right."""
    left_room, right_room = room * 0.66, room * 0.31
    house = wrap(_joined(document.organisation, document.site), BODY, left_room)
    title = wrap(document.title, TITLE, left_room)
    as_of = wrap(document.as_of, STRONG, right_room) if document.as_of else ()
    printed = wrap(document.printed_by, BODY, right_room) if document.printed_by else ()
    height = max(high(house, BODY) + high(title, TITLE), high(as_of, STRONG) + high(printed, BODY)) + 6

    def draw(canvas: Canvas, left: float, top: float) -> None:
        write(canvas, house, BODY, left, top)
        write(canvas, title, TITLE, left, top - high(house, BODY))
        write(canvas, as_of, STRONG, left, top, right=left + room)
        write(canvas, printed, BODY, left, top - high(as_of, STRONG), right=left + room)
        rule(canvas, left, left + room, top - height, 1.4)

    return Strip(height + 12, draw)


def running_head(document: Document, room: float) -> Strip:
    """The same in small, on every page but the first."""
    title = wrap(document.title, STRONG, room * 0.42)
    house = wrap(_joined(document.site or document.organisation, document.as_of), BODY, room * 0.55)
    height = max(high(title, STRONG), high(house, BODY)) + 4

    def draw(canvas: Canvas, left: float, top: float) -> None:
        write(canvas, title, STRONG, left, top)
        write(canvas, house, BODY, left, top, right=left + room)
        rule(canvas, left, left + room, top - height, RULE)

    return Strip(height + 10, draw)


def foot(document: Document, room: float, number: int, of: int) -> Strip:
    """The sentence about confidence on the left, the page on the right."""
    page = f"Page {number} of {of}"
    sentence = wrap(document.confidential, SMALL, room - width(page, SMALL) - 20)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        rule(canvas, left, left + room, top, HAIRLINE)
        write(canvas, sentence, SMALL, left, top - 3)
        write(canvas, (page,), SMALL, left, top - 3, right=left + room)

    return Strip(high(sentence, SMALL) + 3, draw)


def sheet_foot(document: Document, room: float, number: int, of: int) -> Strip:
    """One small line below the cards, to be cut off: it says what the sheet was and when it was printed."""
    text = _joined(document.title, document.site, document.as_of, f"Page {number} of {of}", document.confidential)
    lines = wrap(text, SMALL.at(6.5), room)
    return Strip(high(lines, SMALL.at(6.5)), lambda canvas, left, top: write(canvas, lines, SMALL.at(6.5), left, top))


def _joined(*parts: str) -> str:
    return "  \N{MIDDLE DOT}  ".join(part for part in parts if part)
