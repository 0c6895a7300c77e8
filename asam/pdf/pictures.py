"""Ratings through the episode on paper: the table behind the small pictures, the newest assessments that fit."""

from collections.abc import Iterator
from datetime import datetime

from asam.queries.pictures import Drawn
from documents import Column, Heading, Kind, Table, Text
from documents.blocks import Block
from programs.models import Site

FIT = 6  # assessments beside one another


def through(drawn: Drawn | None, site: Site, until: datetime) -> Iterator[Block]:
    """The last ratings up to an instant, a line each; nothing where there is only one assessment."""
    if drawn is None:
        return
    places = [place for place, row in enumerate(drawn.taken) if row.at <= until][-FIT:]
    if len(places) < 2:
        return
    yield Heading("Through the episode", 2)
    days = (f"{drawn.taken[place].at.astimezone(site.tz):%-d %b %Y}" for place in places)
    yield Table(
        (Column("Rated", Kind.STRONG, 0.28), *(Column(day) for day in days)),
        tuple((name, *(cells[place].codes or "not rated" for place in places)) for name, cells in drawn.table),
    )
    moved = [f"{level} since {at.astimezone(site.tz):%-d %b %Y}" for at, level in drawn.moved if at <= until]
    yield Text(f"Levels: {'; '.join(moved) or 'none yet'}.", small=True)
