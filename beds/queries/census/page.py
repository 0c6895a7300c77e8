"""The census page: one midnight, and a range of them. Sums only, no names."""

from dataclasses import dataclass
from datetime import date, timedelta

from beds.queries.census.load import Place, load, places
from beds.queries.census.turnaround import left_between
from beds.rules.census import (
    Asked,
    Day,
    Facts,
    Figures,
    Line,
    Parts,
    Picture,
    dates,
    days,
    figures,
    lines,
    midnight_after,
    midnights,
    parts,
    picture,
    totals,
)
from programs.models import Site

DAY = timedelta(days=1)


@dataclass(frozen=True)
class UnitLine:
    """A unit at one midnight (``day``) and over the range; ``name`` 'All units' for their sum."""

    name: str
    day: Day
    figures: Figures


@dataclass(frozen=True)
class Share:
    """People of one level or payer at one midnight."""

    name: str
    in_house: int
    on_leave: int

    @property
    def census(self) -> int:
        """Both have a bed."""
        return self.in_house + self.on_leave


@dataclass(frozen=True)
class CensusPage:
    """``days`` are the range's totals by date, newest first; ``all`` is the sum of ``units``."""

    site: Site
    asked: Asked
    units: tuple[UnitLine, ...]
    all: UnitLine
    levels: tuple[Share, ...]
    payers: tuple[Share, ...]
    days: tuple[Day, ...]
    picture: Picture | None
    turnaround: Parts


@dataclass(frozen=True)
class Combination:
    """One row of the CSV: people of a unit, level and payer at the midnight that ends ``on``."""

    on: date
    unit: str
    line: Line


def census_page(site: Site, asked: Asked) -> CensusPage:
    """Eight queries, and five more where the date lies outside the range; whatever the range and the number of people."""
    beds = places(site)
    after, to = midnight_after(asked.first - DAY, site.tz), midnight_after(asked.last, site.tz)
    facts = load(site, beds, after, to)
    by_day = days(facts, dates(asked.first, asked.last), midnights(asked.first, asked.last, site.tz))
    night = facts if asked.first <= asked.on <= asked.last else _night(site, beds, asked.on)
    mark = (midnight_after(asked.on, site.tz),)
    at_night = {day.unit: day for day in days(night, (asked.on,), mark)}
    here = lines(night, mark)

    def line(unit: int, name: str) -> UnitLine:
        chosen = [day for day in by_day if day.unit == unit]
        return UnitLine(
            name, at_night[unit], figures(chosen, facts.stays, after, to, lambda bed: beds[bed].unit == unit)
        )

    together = totals(by_day)
    [night_total] = totals(at_night.values()) or (Day(asked.on, 0, 0, 0, 0, 0, 0),)
    return CensusPage(
        site=site,
        asked=asked,
        units=tuple(line(unit, name) for unit, name in _units(beds).items()),
        all=UnitLine("All units", night_total, figures(together, facts.stays, after, to)),
        levels=_shares(here, "level", "no level"),
        payers=_shares(here, "payer", "not recorded"),
        days=together[::-1],
        picture=picture(together),
        turnaround=parts(left_between(site, after, to)),
    )


def census_lines(site: Site, on: date) -> tuple[Combination, ...]:
    """One midnight by unit, level and payer, in walking order. Six queries."""
    beds = places(site)
    found = lines(_night(site, beds, on), (midnight_after(on, site.tz),))
    names = _units(beds)
    order = list(names)
    found = tuple(sorted(found, key=lambda line: (order.index(line.unit), line.level, line.payer)))
    return tuple(Combination(on, names[line.unit], line) for line in found)


def unit_days(site: Site, first: date, last: date) -> tuple[tuple[str, Day], ...]:
    """Each unit's day of a range, by date and in walking order. Six queries."""
    beds = places(site)
    names = _units(beds)
    order = list(names)
    facts = load(site, beds, midnight_after(first - DAY, site.tz), midnight_after(last, site.tz))
    found = days(facts, dates(first, last), midnights(first, last, site.tz))
    return tuple((names[day.unit], day) for day in sorted(found, key=lambda day: (day.on, order.index(day.unit))))


def _night(site: Site, beds: dict[int, Place], on: date) -> Facts:
    mark = midnight_after(on, site.tz)
    return load(site, beds, mark, mark)


def _units(beds: dict[int, Place]) -> dict[int, str]:
    """Units that have beds, in walking order."""
    return {place.unit: place.unit_name for place in beds.values()}


def _shares(here: tuple[Line, ...], of: str, unknown: str) -> tuple[Share, ...]:
    """The largest share first, what is not known last."""
    found: dict[str, list[int]] = {}
    for line in here:
        share = found.setdefault(getattr(line, of), [0, 0])
        share[0] += line.in_house
        share[1] += line.on_leave
    ordered = sorted(found.items(), key=lambda item: (not item[0], -sum(item[1]), item[0]))
    return tuple(Share(name or unknown, *counts) for name, counts in ordered)
