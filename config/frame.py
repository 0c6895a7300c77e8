"""What every page's frame shows: rooms the person may enter, the sites and roles they can switch to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from config.sessions import idle_minutes
from live.idle import HANDED_OVER
from programs.desk import Desk
from programs.models import Site
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class RoomLink:
    """One link of the navigation."""

    name: str
    url_name: str
    icon: str
    capability: Capability
    unless: Capability | None = None  # who may do this comes to it from another room
    also: tuple[str, ...] = ()  # names of other addresses that belong to it


OF_DUTIES = (
    *(f"privacy:legal_{name}" for name in ("new", "request", "step")),
    *(f"privacy:engagement{name}" for name in ("", "_new", "_step")),
    *(f"privacy:access_{name}" for name in ("request", "step")),
    *(f"privacy:incident{name}" for name in ("", "_new", "_person", "_assess", "_notice", "_close")),
)
OF_TASKS = (
    "chart:task",
    "chart:finish_task",
    "chart:deadlines",
    "chart:follow_pack",
    "chart:review",
    "chart:client_review",
)
ROOMS = (
    RoomLink("Beds", "beds:board", "bed-double", Capability.SEE_BEDS),
    RoomLink("Intake", "admissions:requests:list", "list-ordered", Capability.ADMIT),
    RoomLink("Med pass", "emar:passes", "pill", Capability.SEE_PASS),
    RoomLink("Formulary", "emar:formulary", "book-open", Capability.FORMULARY, unless=Capability.SEE_PASS),
    RoomLink("Groups", "groups:day", "users", Capability.SEE_GROUPS),
    RoomLink("Levels", "asam:reviews", "signpost", Capability.SEE_LEVELS),
    RoomLink("Clients", "chart:clients", "user-round", Capability.OPEN_CHART),
    RoomLink("Tasks", "chart:tasks", "list-checks", Capability.SEE_TASKS, also=OF_TASKS),
    RoomLink("Unit", "unit:first", "clipboard-check", Capability.REPORT_INCIDENTS),
    RoomLink(
        "Chart review",
        "chart:review",
        "clipboard-check",
        Capability.REVIEW_CHARTS,
        unless=Capability.SEE_TASKS,
        also=OF_TASKS,
    ),
    RoomLink("Cleaning", "beds:cleaning", "sparkles", Capability.CLEAN_BEDS),
    RoomLink("Recipients", "privacy:recipients", "building-2", Capability.RECIPIENTS, unless=Capability.OPEN_CHART),
    RoomLink("Privacy", "privacy:duties", "shield", Capability.PRIVACY_DUTIES, also=OF_DUTIES),
    RoomLink("Staff", "staff:people", "id-card", Capability.SEE_STAFF),
    RoomLink("Audit", "audit:trail", "scroll-text", Capability.SEE_AUDIT),
)


def _here(request: HttpRequest, rooms: Sequence[RoomLink]) -> str:
    """The one of these links that is marked: the page's own, else the first of its room."""
    match = request.resolver_match
    if match is None:
        return ""
    own = {name: room.url_name for room in rooms for name in (room.url_name, *room.also)}
    room = next(
        (room.url_name for room in rooms if match.namespace and room.url_name.rpartition(":")[0] == match.namespace), ""
    )
    return own.get(match.view_name, room)


FIRST = {"nurse": "Med pass", "facilitator": "Groups", "director": "Levels", "housekeeping": "Cleaning"}


def frame(request: HttpRequest) -> dict[str, object]:
    """The context of the frame; only what needs no query for who is signed out."""
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None:
        return {"demo": settings.DEMO, "desk": None}
    rooms = [
        room for room in ROOMS if desk.may(room.capability) and not (room.unless is not None and desk.may(room.unless))
    ]
    rooms.sort(key=lambda room: room.name != FIRST.get(desk.role.value))
    others = {post.site_id for post in desk.posts} - {desk.site.pk}
    sites = {desk.site.pk: desk.site} | (Site.objects.in_bulk(others) if others else {})
    return {
        "demo": settings.DEMO,
        "desk": desk,
        "idle_seconds": 0 if HANDED_OVER in request.session else idle_minutes(request, desk) * 60,
        "rooms": rooms,
        "here": _here(request, rooms),
        "keeps_list": desk.may(Capability.SEE_BEDS),
        "answers_callers": desk.may(Capability.ANSWER_CALLERS),
        "keeps_recipients": desk.may(Capability.RECIPIENTS),
        "grants_counseling": desk.may(Capability.GRANT_COUNSELING),
        "sites": sorted(sites.values(), key=lambda site: (site.position, site.pk)),
        "roles": [post.role for post in desk.posts if post.site_id == desk.site.pk],
    }
