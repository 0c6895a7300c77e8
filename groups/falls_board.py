"""Who falls short, live: every mark and make-up of the site redraws the open lists.

Keys are '<site>.<Monday>.<state>.<program>.<page>', state and program as the address says them ('falls' and 0 where it does not).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils import timezone

from groups.access import viewer_of
from groups.queries import Short, shortfall, week_from, week_of
from groups.queries.falls import chosen
from live.actions import current_seq
from live.boards import Board, NoSuchBoard, Snapshot
from programs.models import Site
from programs.topics import week_topic

ON_A_PAGE = 40


class Viewer(NamedTuple):
    """What decides what is seen: whether they may ask clients to make-ups."""

    runs: bool


@dataclass(frozen=True)
class Look:
    """What a key names."""

    site_id: int
    monday: date
    show: str
    program_id: int
    page: int

    @property
    def key(self) -> str:
        """As it stands in the page's address of its socket."""
        return f"{self.site_id}.{self.monday}.{self.show}.{self.program_id}.{self.page}"


def look_of(key: str) -> Look:
    """Raises ValueError for a key that names nothing."""
    site, monday, show, program, page = key.split(".")
    return Look(int(site), date.fromisoformat(monday), show, int(program), int(page))


def topic(key: str) -> str:
    """The weeks of the site."""
    return week_topic(look_of(key).site_id)


def may_watch(person: Any, key: str) -> bool:
    """Whoever may see the groups of the site."""
    return viewer_of(person, look_of(key).site_id, timezone.now()) is not None


def audience(person: Any, key: str) -> Viewer:
    """Whether the person may ask clients to make-ups."""
    viewer = viewer_of(person, look_of(key).site_id, timezone.now())
    if viewer is None:
        raise NoSuchBoard(key)
    return Viewer(viewer.runs)


def snapshot(audience: Any, key: str) -> Snapshot:
    """Tabs and list."""
    seq = current_seq(topic(key))
    look = look_of(key)
    return Snapshot(seq, regions(look, Site.objects.get(pk=look.site_id), timezone.now(), may_run=audience.runs))


def fragments(audience: Any, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Lines of the list, ``short-<client>``. The room announces whole lists only: a mark moves lines from tab to tab."""
    look = look_of(key)
    now = timezone.now()
    rows = {str(row.client_id): row for row in everyone(look, Site.objects.get(pk=look.site_id), now)}
    return [draw("short", look, row=rows[pk], may_run=audience.runs) if pk in rows else None for _, pk in wanted]


def everyone(look: Look, site: Site, now: datetime) -> tuple[Short, ...]:
    """The week of everyone at the site."""
    return shortfall(site, now, week_from(look.monday, site.tz))


def regions(look: Look, site: Site, now: datetime, *, may_run: bool) -> tuple[tuple[str, str], ...]:
    """Each region's element id and HTML."""
    falls = chosen(everyone(look, site, now), look.show, str(look.program_id))
    found = Paginator(falls.rows, ON_A_PAGE).get_page(look.page)
    drawn = {"falls": falls, "found": found, "this": week_of(now, site.tz).monday, "may_run": may_run}
    return (
        ("short-tabs", draw("short_tabs", look, **drawn)),
        ("short-list", draw("short_list", look, **drawn)),
    )


def draw(piece: str, look: Look, **extra: object) -> str:
    """One template of the list, without a request."""
    context = {"look": look, "monday": look.monday, "last_day": look.monday + timedelta(days=6)}
    return render_to_string(f"groups/pieces/{piece}.html", context | extra)


BOARD = Board("groups.short", topic, may_watch, audience, snapshot, fragments)
