"""Ratings through the episode on paper: the band of levels, the small pictures, and the table behind them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from asam.queries.pictures import Drawn
from asam.rules.multiples import Mark, Multiple, Point, Sheet
from documents import Column, Heading, Kind, Picture, Pictures, Shape, Stroke, Table, Text, Word
from documents.blocks import Block
from programs.models import Site

FIT = 6  # assessments beside one another in the table
ACROSS = 3
EDGE = 10  # per cent: nearer to the left edge a code begins at its mark, as on the page
AXIS, ROOM, FOOT = 30.0, 170.0, 12.0  # the words of the rows, the picture, the dates under the band: in points
ABOVE, BELOW = 22.0, 20.0  # what is cut off the page's own picture at the top, and left under its foot
BAND = (500.0, 16.0)
LABEL = 22.0  # of the band that the name of a level needs


def through(drawn: Drawn | None, site: Site, until: datetime, *, table: bool = True) -> Iterator[Block]:
    """The band and the ratings up to an instant, for which ``drawn`` was asked; nothing where there is only one assessment.
    ``table``: the codes behind the pictures, where no other table of the paper has them."""
    if drawn is None:
        return
    places = [place for place, row in enumerate(drawn.taken) if row.at <= until][-FIT:]
    if len(places) < 2:
        return
    since, end = (f"{moment.astimezone(site.tz):%-d %b %Y}" for moment in (drawn.since, drawn.until))
    moved = [f"{level} since {at.astimezone(site.tz):%-d %b %Y}" for at, level in drawn.moved if at <= until]
    yield Heading("Through the episode", 2)
    yield Pictures((band(drawn.sheet.levels, since, end, f"Levels: {'; '.join(moved) or 'none yet'}."),))
    yield Pictures(tuple(multiple(each, drawn.sheet, since, end) for each in drawn.sheet.multiples), ACROSS)
    yield Text(
        "A filled mark asks for the level of its row, an open one for none. Rows only draw: levels of one row are neither above "
        "nor below each other, and a broken step is between such levels. A gap was not rated.", small=True,
    )  # fmt: skip
    if not table:
        return
    days = (f"{drawn.taken[place].at.astimezone(site.tz):%-d %b %Y}" for place in places)
    yield Table(
        (Column("Rated", Kind.STRONG, 0.28), *(Column(day) for day in days)),
        tuple((name, *(cells[place].codes or "not rated" for place in places)) for name, cells in drawn.table),
    )


def band(levels: tuple[Mark, ...], since: str, until: str, said: str) -> Picture:
    """The levels of the episode on one line, as wide as they lasted; ``levels`` are where each began, in per cent."""
    wide, high = BAND
    parts: list[Shape | Word] = []
    for place, (mark, after) in enumerate(pairwise((*levels, Mark(100.0, "")))):
        left, right = mark.x * wide / 100, after.x * wide / 100
        parts.append(Shape(((left, 0), (right, 0), (right, high), (left, high)), "pale" if place % 2 else "paper"))
        if right - left >= LABEL:
            parts.append(Word(left + 3, high - 5, mark.said, 7))
    ends = (Word(0, high + 9, since, tone="quiet"), Word(wide, high + 9, until, anchor="end", tone="quiet"))
    return Picture(wide, high + FOOT, (*parts, *ends), said=said)


def multiple(each: Multiple, sheet: Sheet, since: str, until: str) -> Picture:
    """One thing to rate: its steps over the rows of the levels, as the page draws it, under its newest code."""
    wide, high, dates = AXIS + ROOM, sheet.floor - ABOVE + BELOW, sheet.floor - ABOVE + BELOW - 1

    def at(x: float, y: float) -> tuple[float, float]:
        return AXIS + x * ROOM / 100, y - ABOVE

    rows = [Stroke((at(0, y), at(100, y)), "pale", 0.4) for y, _ in sheet.rows]
    words = [Word(AXIS - 3, y - ABOVE + 2, row.words, 5.5, "end", "quiet") for y, row in sheet.rows]
    levels = [Stroke((at(mark.x, ABOVE), at(mark.x, sheet.floor)), "quiet", 0.4, broken=True) for mark in sheet.levels]
    lines = [
        Stroke((at(line.x1, line.y1), at(line.x2, line.y2)), width=0.5 if line.how == "last" else 1.1,
               broken=line.how == "different")
        for line in each.strokes
    ]  # fmt: skip
    points = [part for point in each.points for part in _point(point, *at(point.x, point.y))]
    foot = (Word(AXIS, dates, since, 5.5, tone="quiet"), Word(wide, dates, until, 5.5, "end", "quiet"))
    newest = each.now.partition(":")[0]
    return Picture(wide, high, (*rows, *words, *levels, *lines, *points, *foot), f"{each.title}: {newest}")


def _point(point: Point, x: float, y: float) -> Iterator[Shape | Word]:
    filled = point.shape in ("level", "residence", "flag")
    corners = {
        "residence": ((-3, 4), (-3, 0), (0, -4), (3, 0), (3, 4)), "flag": ((-2, 4), (-2, -4), (4, -1), (-2, 1)),
    }.get(point.shape, ((-3, 0), (0, -3), (3, 0), (0, 3)))  # fmt: skip
    yield Shape(tuple((x + dx, y + dy) for dx, dy in corners), "ink" if filled else "paper")
    if point.code:
        yield Word(x, y + 11 if point.below else y - 6, point.code, 6, "start" if point.x < EDGE else "middle")
