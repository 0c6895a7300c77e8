"""One report of a site and a range of dates."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from emar.queries.report.load import load
from emar.queries.report.scanning import scanning
from emar.queries.report.sheets import Sheet, as_needed, lists, sums
from emar.queries.report.tally import Tally, tally
from emar.rules.schedule.due import first_instant
from programs.models import Site


@dataclass(frozen=True)
class Report:
    """What became of the doses due on these dates (both included) as known at ``at``, in tables."""

    site: Site
    first: date
    last: date
    at: datetime
    total: Tally
    as_needed: Sheet
    sheets: tuple[Sheet, ...]

    def sheet(self, slug: str) -> Sheet | None:
        """The table of that name."""
        return next((sheet for sheet in self.sheets if sheet.slug == slug), None)


def report(site: Site, first: date, last: date, at: datetime) -> Report:
    """The report, on the site's calendar. Ten queries; the cost grows with the range and not with the history."""
    since, until = (first_instant(day, time(), site.tz) for day in (first, last + timedelta(days=1)))
    facts = load(site, since, until, at)
    total, helped = tally(facts.scheduled), as_needed(facts, at)
    sheets = (*sums(facts, site.tz, total), *lists(facts), helped, *scanning(facts))
    return Report(site, first, last, at, total, helped, sheets)
