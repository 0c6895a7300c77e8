"""The board: as it is this second, on a wall, and as it was at any past minute."""

from dataclasses import replace
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from beds.board import NAME, Look, audience, context, page_of
from beds.models import Unit
from beds.queries import BoardPage
from beds.topics import board_topic
from beds.views.sheet import look_in
from live.queries import current_seq
from programs.desk import DeskRequest, at_desk
from programs.rules.past import past_minute
from staff.rules.capabilities import Capability

NOT_UNDERSTOOD = 400
DAYS = 7  # of 'free by'


@at_desk(Capability.SEE_BEDS)
def board(request: DeskRequest) -> HttpResponse:
    """Every bed of the site as it is this second, or was at ``?at=``."""
    if "at" in request.GET:
        return _past(request)
    return _page(request, look_in(request))


@at_desk(Capability.SEE_BEDS)
def wall(request: DeskRequest) -> HttpResponse:
    """The same for a screen on the wall: initials only."""
    return _page(request, Look(request.desk.site.slug, wall=True))


def _page(request: DeskRequest, look: Look) -> HttpResponse:
    desk = request.desk
    seq = current_seq(board_topic(desk.site))
    look = audience(desk.person, look.key)
    page = page_of(look, desk.site, desk.now)
    extra = {"live": True, "live_board": NAME, "live_key": look.key, "live_seq": seq}
    extra |= {"assigns": desk.may(Capability.ASSIGN_BEDS), "filters": filters(page)}
    return render(request, "beds/board.html", context(look, page) | extra)


def _past(request: DeskRequest) -> HttpResponse:
    """Read only: nothing is live, no card leads anywhere."""
    desk = request.desk
    asked = past_minute(request.GET["at"], desk.now, desk.tz, second=request.GET.get("fold") == "1")
    if asked.at is None:
        values = {"site": desk.site, "past": asked, "at": desk.now}
        return render(request, "beds/past.html", values, status=NOT_UNDERSTOOD)
    look = replace(audience(desk.person, desk.site.slug), still=True)
    page = page_of(look, desk.site, asked.at)
    return render(request, "beds/board.html", context(look, page) | {"past": asked, "filters": filters(page)})


def filters(page: BoardPage) -> dict[str, object]:
    """What the board can be narrowed to: the days ahead, the site's levels and its gender policies."""
    today = page.at.astimezone(page.site.tz).date()
    genders = dict.fromkeys(unit.gender for unit in page.units)
    return {
        "days": [today + timedelta(days=n) for n in range(1, DAYS + 1)],
        "levels": list(dict.fromkeys(unit.level for unit in page.units if unit.level)),
        "genders": [(policy, Unit.Gender(policy).label) for policy in genders] if len(genders) > 1 else [],
    }
