"""The placement list, live. It watches the bed board's topic: a bed that is taken, or someone who comes, changes the list too.

A key is what is shown: ``<site slug>~<state, open or settled>~<level>``.
"""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from admissions.queries.capacity import notices
from admissions.queries.lines import Shown, list_page, shown
from beds.topics import board_topic
from live.boards import Board, NoSuchBoard, Snapshot, each
from live.queries import current_seq
from programs.models import Site
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

NAME = "admissions.list"
REGION = "counts"  # every act on a bed, a hold or the list announces the board's counts


def shown_of(key: str) -> Shown:
    """Read a key. Raises NoSuchBoard."""
    slug, _, rest = key.partition("~")
    state, _, level = rest.partition("~")
    found = shown(slug, state, level.replace("_", " "))
    if found.key != key:
        raise NoSuchBoard(key)
    return found


def _site(key: str) -> Site:
    return Site.objects.get(slug=shown_of(key).slug)


def topic(key: str) -> str:
    """The bed board's: one topic a site."""
    return board_topic(_site(key))


def may_watch(person: Person, key: str) -> bool:
    """Who keeps the list of the site."""
    return may(person, Capability.ADMIT, _site(key).pk, timezone.now())


def audience(person: Person, key: str) -> Shown:
    """Whoever may watch sees the same."""
    return shown_of(key)


def snapshot(look: Shown, key: str) -> Snapshot:
    """The notices and the list, their number read first."""
    site = _site(key)
    seq = current_seq(board_topic(site))
    return Snapshot(seq, ((f"{REGION}-{site.pk}", draw(look, site, timezone.now())),))


def fragment(look: Shown, key: str, name: str, pk: str) -> str | None:
    """The one region, whenever the counts of the beds change or the list does; beds and units are not shown here."""
    site = _site(key)
    return draw(look, site, timezone.now()) if name == REGION and pk == str(site.pk) else None


def draw(look: Shown, site: Site, at: datetime) -> str:
    """The region at an instant, on the clock of its site. Eight queries."""
    with timezone.override(site.tz):
        values = {"site": site, "notices": notices(site, at), "list": list_page(site, at, look)}
        return render_to_string("admissions/request_lines.html", values)


BOARD = Board(NAME, topic, may_watch, audience, snapshot, each(fragment))
