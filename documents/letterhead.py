"""What stands around the content: the letterhead, the running head of later pages, the foot; and the canvas that counts pages."""

from collections.abc import Callable
from typing import Any
from zlib import compress, decompress

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, PageTemplate

from documents.blocks import Document
from documents.cards import MARGIN, MARK
from documents.contents import Promise
from documents.tables import HAIR, PLAIN, RULE, Grid
from documents.typeface import SMALL, paragraph, width

SIDE, TOP, BOTTOM = 45.0, 40.0, 30.0
FIRST, LATER, SHEET = "first", "later", "sheet"
Foot = Callable[[int, int], tuple[Flowable, float, float, float]]  # page, of how many: what, its left, top and width
Size = tuple[float, float]


class Numbered(Canvas):  # type: ignore[misc]
    """Holds the pages back until all are there, so that each can say how many there are."""

    def __init__(self, *given: Any, **more: Any) -> None:
        """As every canvas; `foot` is set by the template of the page, `entries` by its headings, `promised` by a list of contents."""
        super().__init__(*given, **more)
        self.held: list[dict[str, Any]] = []
        self.entries: list[tuple[str, int, float, bool]] = []
        self.promised: list[Promise] = []
        self.foot: Foot

    def showPage(self) -> None:
        """Hold the page, its drawing packed: a chart of years has hundreds."""
        page = dict(self.__dict__)
        page["_code"] = compress("\n".join(self._code).encode("latin-1"))
        self.held.append(page)
        self.entries, self.promised = [], []
        self._startPage()

    def save(self) -> None:
        """Write the pages, each with its foot and its entries in the outline of the file."""
        stands = [
            (number, f"{number}-{at}")
            for number, page in enumerate(self.held, 1)
            for at, (*_, first) in enumerate(page["entries"])
            if first
        ]
        for number, page in enumerate(self.held, 1):
            self.__dict__.update(page)
            self._code = [decompress(page.pop("_code")).decode("latin-1")]
            for promise in self.promised:
                promise.keep(self, *stands[promise.place])
            what, left, top, room = self.foot(number, len(self.held))
            what.drawOn(self, left, top - what.wrapOn(self, room, 0)[1])
            for at, (text, level, height, _) in enumerate(self.entries):
                self.bookmarkHorizontalAbsolute(f"{number}-{at}", height)
                self.addOutlineEntry(text, f"{number}-{at}", level)
            super().showPage()
        super().save()


def templates(document: Document, page: Size) -> list[PageTemplate]:
    """The first page, the later ones, and sheets of cards. Refuses (ValueError) what leaves the text too little room."""
    return [_letter(document, page, FIRST), _letter(document, page, LATER), _sheet(document, page)]


def _letter(document: Document, page: Size, name: str) -> PageTemplate:
    room = page[0] - 2 * SIDE
    head = _letterhead(document, room) if name == FIRST else _running_head(document, room)
    high, low = head.wrap(room, 0)[1], BOTTOM + _foot(document, room, 999, 999).wrap(room, 0)[1]
    body = page[1] - TOP - high - low - 22
    if body < page[1] / 3:
        raise ValueError(
            "The letterhead or the foot leaves the page too little room: shorten the title or the sentence."
        )

    def draw(canvas: Numbered, _: object) -> None:
        head.drawOn(canvas, SIDE, page[1] - TOP - high)
        canvas.foot = lambda number, of: (_foot(document, room, number, of), SIDE, low, room)

    return PageTemplate(name, [Frame(SIDE, low + 10, room, body, 0, 0, 0, 0)], onPage=draw)


def _sheet(document: Document, page: Size) -> PageTemplate:
    """The page of cards: one small line below them, to be cut off, says what the sheet was and when it was printed."""

    def draw(canvas: Numbered, _: object) -> None:
        canvas.foot = lambda number, of: (
            paragraph(
                _joined(document.title, document.site, document.as_of, f"Page {number} of {of}", document.confidential),
                6.5,
            ),
            MARGIN,
            MARGIN - MARK - 2,
            page[0] - 2 * MARGIN,
        )

    return PageTemplate(SHEET, [Frame(0, 0, *page, 0, 0, 0, 0)], onPage=draw)


def _letterhead(document: Document, room: float) -> Grid:
    """Who prints what, as of when: organisation and site, the title large, the instant and the printer on the right."""
    left = [paragraph(_joined(document.organisation, document.site)), paragraph(document.title, 19.0, bold=True)]
    right = [paragraph(document.as_of, bold=True, right=True), paragraph(document.printed_by, right=True)]
    looks = [*PLAIN, ("BOTTOMPADDING", (0, 0), (-1, -1), 6), ("LINEBELOW", (0, 0), (-1, -1), 1.4, RULE[1])]
    return Grid([[left, right]], [room * 0.67, room * 0.33], style=looks)


def _running_head(document: Document, room: float) -> Grid:
    """The same in small, on every page but the first."""
    house = paragraph(_joined(document.site or document.organisation, document.as_of), right=True)
    looks = [*PLAIN, ("BOTTOMPADDING", (0, 0), (-1, -1), 4), ("LINEBELOW", (0, 0), (-1, -1), *RULE)]
    return Grid([[paragraph(document.title, bold=True), house]], [room * 0.45, room * 0.55], style=looks)


def _foot(document: Document, room: float, number: int, of: int) -> Grid:
    """The sentence about confidence on the left, the page on the right."""
    page = f"Page {number} of {of}"
    side = width(page, SMALL) + 1
    looks = [*PLAIN, ("TOPPADDING", (0, 0), (-1, -1), 3), ("LINEABOVE", (0, 0), (-1, -1), *HAIR)]
    cells = [[paragraph(document.confidential, SMALL, rightIndent=20), paragraph(page, SMALL, right=True)]]
    return Grid(cells, [room - side, side], style=looks)


def _joined(*parts: str) -> str:
    return "\u00a0 \N{MIDDLE DOT} \u00a0".join(part for part in parts if part)
