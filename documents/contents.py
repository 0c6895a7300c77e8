"""The list of contents: lines that are set before anybody knows the pages, and filled in once all pages are there."""

from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Flowable

from documents.typeface import BODY, REGULAR, paragraph, printable, width

LEADERS = 12.0  # points left free around the dots
NUMBER = 34.0  # points for the page


@dataclass(frozen=True)
class Promise:
    """A line of contents on a page: which heading of level 1 it names, where its number goes, and the rectangle that leads there."""

    place: int
    right: float
    base: float
    area: tuple[float, float, float, float]

    def keep(self, canvas: Any, number: int, name: str) -> None:
        """Write the page, and lead to it."""
        canvas.setFont(REGULAR, BODY)
        canvas.drawRightString(self.right, self.base, str(number))
        canvas.linkRect("", name, self.area, relative=0)


class ContentsLine(Flowable):  # type: ignore[misc]
    """One line: the title, dots, and room for its page. A long title runs over more lines."""

    def __init__(self, title: str, place: int) -> None:
        """``place`` counts the headings of level 1 from 0."""
        super().__init__()
        self.words, self.place = paragraph(title, BODY), place
        self.ends = width(printable(title), BODY) + LEADERS

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        """As wide as the page."""
        self.room = room
        self.tall = self.words.wrap(room - NUMBER, height)[1]
        return room, self.tall + 3

    def draw(self) -> None:
        """The words and the dots now; the page when all are there."""
        self.words.drawOn(self.canv, 0, 3)
        base = 3 + BODY * 0.28
        x, y = self.canv.absolutePosition(0, 0)
        self.canv.saveState()
        self.canv.setDash(0.6, 3)
        self.canv.setLineWidth(0.6)
        if self.ends < self.room - NUMBER:
            self.canv.line(self.ends, base, self.room - NUMBER + LEADERS, base)
        self.canv.restoreState()
        area = (x, y, x + self.room, y + self.tall + 3)
        self.canv.promised.append(Promise(self.place, x + self.room, y + base, area))
