"""The live pass: tablets on one unit see each other's charting.

Keys are '<site>.<unit>.<minute of the pass>.<client>'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone

from emar.keys import instant_of, minute_of
from emar.queries import ClientCard, DoseRow, PassPage, PrnRow, dose_row, pass_page, prn_row
from emar.queries.clients import open_effects
from emar.queries.patches import shown_patches
from emar.queries.unsettled import unsettled_rows
from live.boards import Board, NoSuchBoard, Snapshot
from live.queries import current_seq
from programs.models import Site
from programs.topics import pass_topic
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

__all__ = ["PASS", "Viewer", "pass_key", "pass_topic", "row_html"]


_OF_CLIENT = ("here", "effects", "away", "patches", "scores", "unsettled")
"""Regions of the client in hand, each with the client's id in its own."""


class Viewer(NamedTuple):
    """Who looks: whether they may chart doses, and who they are."""

    may_give: bool
    person_id: int


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


def audience(person: Person, key: str) -> Viewer:
    """Whether the viewer may chart doses, and who they are: only they may undo what they charted."""
    return Viewer(may(person, Capability.GIVE_DOSES, _numbers(key)[0], timezone.now()), person.pk)


def snapshot(viewer: Viewer, key: str) -> Snapshot:
    """Progress, strip, the client's doses and as-needed orders, and the bar under the thumb."""
    seq, watched = current_seq(topic(key)), _watched(key)
    with timezone.override(watched.site.tz):
        return Snapshot(seq, regions(_page(watched, viewer), watched.client_id, viewer))


def fragments(viewer: Viewer, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Rows, clients of the strip, progress and bar, all out of one reading of the pass.

    What this tablet does not show is None.
    """
    watched = _watched(key)
    with timezone.override(watched.site.tz):
        page = _page(watched, viewer)
        return [_piece(page, watched.client_id, viewer, name, pk) for name, pk in wanted]


def _piece(page: PassPage, chosen: int, viewer: Viewer, name: str, pk: str) -> str | None:
    client = page.client(chosen)
    if name in ("progress", "thumbs"):
        return _draw(name, page, client, viewer)
    if name == "strip":
        other = page.client(int(pk))
        return None if other is None else _draw(name, page, other, viewer, chosen=chosen)
    if client is None or (name in _OF_CLIENT and client.client_id != int(pk)):
        return None
    if name in _OF_CLIENT:
        return _draw(name, page, client, viewer)
    rows: Iterable[DoseRow | PrnRow] = client.doses if name == "dose" else client.prns
    row = next((row for row in rows if row.pk == pk), None)
    return None if row is None else _row(row, viewer)


def regions(page: PassPage, client_id: int, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """The live parts of the page by id; the site's zone is set."""
    client = page.client(client_id) if client_id else None
    drawn = {name: _draw(name, page, client, viewer, chosen=client_id) for name in ("clients", "doses", "prns")}
    mine = {f"{name}-{client_id}": _draw(name, page, client, viewer) for name in _OF_CLIENT}
    bars = {f"{name}-{page.unit_id}": _draw(name, page, client, viewer) for name in ("progress", "thumbs")}
    return tuple((bars | drawn | mine).items())


def row_html(site: Site, pk: str, viewer: Viewer) -> str | None:
    """One row by what names it: '<order>-<minute>', or '<order>' as needed.

    None where it is gone.
    """
    order_id, _, minute = pk.partition("-")
    now = timezone.now()
    row = dose_row(site, int(order_id), int(minute), at=now) if minute else prn_row(site, int(order_id), at=now)
    return None if row is None else _row(row, viewer)


def effects_html(client_id: int, viewer: Viewer) -> str:
    """What is still to be looked at of a client, as the region stands now; the site's zone is set."""
    now = timezone.now()
    client = {"client_id": client_id, "effects": open_effects(client_id, now)}
    return render_to_string("emar/_effects.html", {"client": client, "viewer": viewer, "now": now})


def patches_html(client_id: int, viewer: Viewer) -> str:
    """The patches of a client, as the region stands now; the site's zone is set."""
    context = {
        "client": {"client_id": client_id},
        "patches": shown_patches(client_id, timezone.now()),
        "viewer": viewer,
    }
    return render_to_string("emar/_patches.html", context)


def _row(row: DoseRow | PrnRow, viewer: Viewer) -> str:
    template = "emar/_dose.html" if isinstance(row, DoseRow) else "emar/_prn.html"
    return render_to_string(template, {"row": row, "viewer": viewer, "now": timezone.now()})


def _draw(name: str, page: PassPage, client: ClientCard | None, viewer: Viewer, *, chosen: int = 0) -> str:
    context: dict[str, object] = {"page": page, "client": client, "chosen": chosen, "viewer": viewer, "now": page.now}
    if name == "thumbs" and client is not None:
        context |= {"next": page.after(client), "previous": page.before(client)}
    if name == "unsettled" and client is not None:
        context |= {"unsettled": unsettled_rows(page.site_id, page.now, client_id=client.client_id)}
    if name == "patches" and client is not None:
        context |= {"patches": shown_patches(client.client_id, page.now)}
    return render_to_string(f"emar/_{name}.html", context)


def _page(watched: Watched, viewer: Viewer) -> PassPage:
    now, who = timezone.now(), viewer.person_id
    page = pass_page(watched.site, watched.unit_id, watched.pass_at, at=now, client_id=watched.client_id, viewer_id=who)
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
