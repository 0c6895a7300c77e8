"""Section 1: the pages people open all day, through the whole of Django, after a short history and after a long one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client as Session
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import floor
from bench.figures import Figure, Line, Section, in_turns, ms
from bench.organisation import Organisation, SiteIs
from emar.keys import minute_of
from staff.models import Person

FLAT = 1.1  # what a long history may cost beside a short one
DAY = timedelta(days=1)
Which = tuple[str, str, str]  # page; 'page' or 'floor'; the database


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and the statement that reads its rows by hand, with what it asks."""

    name: str
    address: str
    who: Person
    rows: str
    asked: Mapping[str, int | datetime]

    def open(self, session: Session) -> bytes:
        """The page as its reader gets it. Raises SystemExit where it is not answered with 200."""
        answer = session.get(self.address, HTTP_HOST="localhost")
        if answer.status_code != 200:
            raise SystemExit(f"{self.address} answered {answer.status_code} to {self.who}.")
        return bytes(answer.content)


def pages(here: Organisation, site: SiteIs) -> list[Page]:
    """Every page that is measured, of one site: its first unit, a client in the middle of those in beds."""
    at, unit, client = here.at, site.units[0].pk, site.clients[len(site.clients) // 2]
    day = at.astimezone(site.site.tz).replace(hour=0, minute=0)
    asked: dict[str, int | datetime] = {
        "at": at, "site": site.site.pk, "unit": unit, "client": client, "day": day, "tomorrow": day + DAY,
        "since": at - 14 * DAY, "month": day.replace(day=1),
    }  # fmt: skip
    of = [
        ("board", reverse("beds:board"), site.intake, floor.BEDS),
        ("pass", reverse("emar:pass", args=[unit, minute_of(at)]), site.nurse, floor.PASS),
        ("day of groups", reverse("groups:day"), site.facilitator, floor.GROUPS),
        ("review queue", reverse("asam:reviews"), site.director, floor.REVIEWS),
        ("chart page", reverse("chart:chart", args=[client]), site.nurse, floor.CHART),
        ("medication record", reverse("emar:mar", args=[client]), site.nurse, floor.MONTH),
        ("trail", reverse("audit:trail"), site.administrator, floor.TRAIL),
    ]
    return [Page(*each, asked) for each in of]


def section(short: Organisation, long: Organisation, rounds: int) -> Section:
    """Each page and its floor in turns, on both histories; ``rounds`` times."""
    both = {each.name: each for each in (short, long)}
    todo: dict[Which, Callable[[], object]] = {}
    besides: dict[Which, str] = {}
    for name, here in both.items():
        with here.here():
            for page in pages(here, here.sites[0]):
                session = _session(page.who)
                todo[page.name, "page", name] = lambda page=page, session=session: page.open(session)  # type: ignore[misc]
                todo[page.name, "floor", name] = lambda page=page: floor.rows(page.rows, page.asked)  # type: ignore[misc]
                page.open(session)  # the first look of an hour writes that somebody looked
                with CaptureQueriesContext(connection) as captured:
                    size = len(page.open(session))
                besides[page.name, "page", name] = f"{len(captured)} queries, {size / 1000:.0f} kB"
    names = list(dict.fromkeys(page for page, *_ in todo))
    turns = {
        (page, kind, name): todo[page, kind, name] for page in names for kind in ("floor", "page") for name in both
    }
    figures = in_turns(turns, rounds, lambda which: both[which[2]].here(), warm=min(2, rounds - 1))
    lines = [line for page in names for line in _lines(page, short, long, figures, besides)]
    return Section(f"1. Pages, after {short.history} and after {long.history}", lines, (short.title, long.title))


def _lines(
    page: str, short: Organisation, long: Organisation, figures: Mapping[Which, Figure], besides: Mapping[Which, str]
) -> list[Line]:
    """After the short history, after the long one, and the one over the other."""
    lines = []
    for here in (short, long):
        figure, bare = figures[page, "page", here.name], figures[page, "floor", here.name]
        lines.append(
            Line(
                f"{page}, {here.history}", ms(figure.p50), ms(figure.p95), f"bare SELECT {ms(bare.p50)}",
                f"{figure.over(bare):.1f}x", besides=besides[page, "page", here.name],
            )
        )  # fmt: skip
    over = _over(figures[page, "page", long.name], figures[page, "page", short.name])
    grown = _over(figures[page, "floor", long.name], figures[page, "floor", short.name])
    lines.append(
        Line(
            f"{page}: {long.history} over {short.history}", "", "", "itself", f"{over:.2f}x", f"at most {FLAT}x", over <= FLAT,
            f"the bare SELECT {grown:.2f}x",
        )
    )  # fmt: skip
    return lines


def _over(long: Figure, short: Figure) -> float:
    """The median of the rounds' own ratios: both were timed one after the other."""
    return median(one / other for one, other in zip(long.seconds, short.seconds, strict=True))


def _session(who: Person) -> Session:
    session = Session()
    session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return session
