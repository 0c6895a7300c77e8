"""The live pass: tablets on one unit see each other's charting.

Keys are '<site>.<unit>.<minute of the pass>.<client>'.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.template.loader import render_to_string
from django.utils import timezone

from emar.keys import instant_of, minute_of
from emar.queries import PassPage, dose_row, pass_page, prn_row
from live.boards import Board, NoSuchBoard, Snapshot
from live.queries import current_seq
from programs.models import Site
from programs.topics import pass_topic
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

__all__ = ["PASS", "pass_key", "pass_topic", "row_html"]


@dataclass(frozen=True)
class Watched:
    """What a key names."""

    site: Site
    unit_id: int
    pass_at: datetime
    client_id: int


def pass_key(page: PassPage, client_id: int) -> str:
    """The key of a tablet that looks at this client on this pass."""
    return f"{page.site_id}.{page.unit_id}.{minute_of(page.at)}.{client_id}"


def topic(key: str) -> str:
    """The topic of the unit."""
    return pass_topic(_numbers(key)[1])


def may_watch(person: Person, key: str) -> bool:
    """Whoever may see the pass at that site; what is drawn is only ever that site's."""
    return may(person, Capability.SEE_PASS, _numbers(key)[0], timezone.now())


def audience(person: Person, key: str) -> bool:
    """Whether the viewer may chart doses: nothing else differs."""
    return may(person, Capability.GIVE_DOSES, _numbers(key)[0], timezone.now())


def snapshot(may_give: bool, key: str) -> Snapshot:
    """Progress, strip, the client's doses and as-needed orders."""
    seq, watched = current_seq(topic(key)), _watched(key)
    with timezone.override(watched.site.tz):
        return Snapshot(seq, regions(_page(watched), watched.client_id, may_give=may_give))


def fragments(may_give: bool, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Rows, clients of the strip, the progress; the pass is read once. Rows of clients this tablet does not show are
    None."""
    watched = _watched(key)
    page = cache(lambda: _page(watched))  # where only rows are wanted, not even once
    with timezone.override(watched.site.tz):
        return [_piece(watched, page, name, pk, may_give=may_give) for name, pk in wanted]


def _piece(watched: Watched, page: Callable[[], PassPage], name: str, pk: str, *, may_give: bool) -> str | None:
    if name in ("dose", "prn"):
        return row_html(watched.site, pk, may_give=may_give, client_id=watched.client_id)
    if name == "progress":
        return _progress(page())
    client = page().client(int(pk))
    context = {"page": page(), "client": client, "chosen": watched.client_id}
    return None if client is None else render_to_string("emar/_strip.html", context)


def regions(page: PassPage, client_id: int, *, may_give: bool) -> tuple[tuple[str, str], ...]:
    """The live parts of the page by id; the site's zone is set."""
    client = page.client(client_id)
    context = {"page": page, "client": client, "chosen": client_id, "may_give": may_give}
    drawn = {name: render_to_string(f"emar/_{name}.html", context) for name in ("clients", "doses", "prns")}
    return ((f"progress-{page.unit_id}", _progress(page)), *drawn.items())


def row_html(site: Site, pk: str, *, may_give: bool, client_id: int | None = None) -> str | None:
    """One row by what names it: '<order>-<minute>', or '<order>' as needed.

    None where it is gone or another client's.
    """
    order_id, _, minute = pk.partition("-")
    now = timezone.now()
    row = dose_row(site, int(order_id), int(minute), at=now) if minute else prn_row(site, int(order_id), at=now)
    if row is None or client_id not in (None, row.drug.client_id):
        return None
    template = "emar/_dose.html" if minute else "emar/_prn.html"
    return render_to_string(template, {"row": row, "may_give": may_give})


def _progress(page: PassPage) -> str:
    return render_to_string("emar/_progress.html", {"page": page})


def _page(watched: Watched) -> PassPage:
    now = timezone.now()
    page = pass_page(watched.site, watched.unit_id, watched.pass_at, at=now, client_id=watched.client_id)
    if page is None:
        raise NoSuchBoard("Nobody sleeps in this unit.")
    return page


def _numbers(key: str) -> tuple[int, int, int, int]:
    site, unit, minute, client = (int(part) for part in key.split("."))
    return site, unit, minute, client


def _watched(key: str) -> Watched:
    site_id, unit_id, minute, client_id = _numbers(key)
    return Watched(Site.objects.get(pk=site_id), unit_id, instant_of(minute), client_id)


PASS = Board("emar.pass", topic, may_watch, audience, snapshot, fragments)
