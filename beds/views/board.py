"""The board, and the sheet of one bed."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render

from beds.access import bed_for
from beds.board import NAME, Look, context
from beds.forms import CloseForm, HoldForm, MoveForm
from beds.models import Bed
from beds.queries import board_page, cards
from beds.queries.cards import Card
from beds.queries.fit import licensed_places
from beds.queries.page import Placed, placed_for, waiting_list
from beds.rules.states import BedState
from beds.topics import board_topic
from live.queries import current_seq
from programs.desk import DeskRequest, at_desk
from programs.models import Site
from staff.rules.capabilities import Capability


def chosen_in(request: DeskRequest) -> int | None:
    """Who is chosen from the placement list; only who assigns beds chooses."""
    wanted = request.GET.get("choose") or request.POST.get("choose") or ""
    return int(wanted) if wanted.isdigit() and request.desk.may(Capability.ASSIGN_BEDS) else None


@at_desk(Capability.SEE_BEDS)
def board(request: DeskRequest) -> HttpResponse:
    """Every bed of the site as it is this second."""
    return _page(request, Look(request.desk.site.slug, chosen_in(request)))


@at_desk(Capability.SEE_BEDS)
def wall(request: DeskRequest) -> HttpResponse:
    """The same for a screen on the wall: initials only."""
    return _page(request, Look(request.desk.site.slug, wall=True))


def _page(request: DeskRequest, look: Look) -> HttpResponse:
    site = request.desk.site
    seq = current_seq(board_topic(site))
    page = board_page(site, request.desk.now, look.chosen)
    extra = {"live": True, "live_board": NAME, "live_key": look.key, "live_seq": seq}
    return render(request, "beds/board.html", context(look, page) | extra)


@at_desk(Capability.SEE_BEDS)
def sheet(request: DeskRequest, pk: int) -> HttpResponse:
    """What one bed is, and what can be done with it."""
    return render(request, "beds/sheet.html", sheet_context(request, pk))


def sheet_context(request: DeskRequest, pk: int) -> dict[str, object]:
    """What the sheet takes; each form carries a key of its own, so that a double tap is one act."""
    desk = request.desk
    bed = bed_for(desk, pk)
    chosen = next((line for line in waiting_list(desk.site, desk.now, chosen_in(request)) if line.chosen), None)
    if chosen is None:
        one = Placed(cards(desk.site, desk.now, [pk])[0], "", "")
    else:
        found = placed_for(chosen, desk.site, desk.now, licensed_places(desk.site))
        one = next(one for one in found if one.card.pk == pk)
    card = one.card
    assigns = desk.may(Capability.ASSIGN_BEDS)
    return {
        "bed": bed,
        "card": card,
        "chosen": chosen,
        "findings": one.findings,
        "fit": one.fit,
        "assigns": assigns,
        "cleans": desk.may(Capability.CLEAN_BEDS),
        "key": uuid4(),
        "hold_form": HoldForm(desk) if assigns and card.state is BedState.AVAILABLE else None,
        "move_form": MoveForm(free_beds(desk.site, desk.now, bed)) if assigns and card.stay_id else None,
        "close_form": CloseForm() if assigns and card.state in {BedState.AVAILABLE, BedState.CLEANING} else None,
    }


def free_beds(site: Site, at: datetime, but: Bed) -> list[tuple[int, str]]:
    """Free beds to move to, in the program of this bed first."""
    found: list[Card] = [card for card in cards(site, at) if card.state is BedState.AVAILABLE and card.pk != but.pk]
    found.sort(key=lambda card: card.unit_id != but.room.unit_id)
    return [(card.pk, card.name) for card in found]
