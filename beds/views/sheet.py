"""The sheet of one bed: what it is, what can be done with it, and how it fits who is being placed."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused, Severity
from beds.access import bed_for
from beds.actions import stays
from beds.board import Look
from beds.queries.cards import cards
from beds.queries.choice import Choice, Placed, mover, placed
from beds.queries.fit import capacity_of, staffed_units
from beds.queries.housed import housed
from beds.queries.waiting import waiting_list
from beds.views.act import done, offers, reasons_in
from beds.views.acts import ACTS
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


def look_in(request: DeskRequest) -> Look:
    """Who is being placed, as the address says (``choose`` a request, ``move`` a stay, ``house`` an episode).

    Nobody, for who may not assign beds.
    """
    site = request.desk.site
    if not request.desk.may(Capability.ASSIGN_BEDS):
        return Look(site.slug)
    chosen, moving, housing = (_number(request, name) for name in ("choose", "move", "house"))
    return Look(site.slug, chosen=chosen, moving=moving, housing=housing)


def _number(request: HttpRequest, name: str) -> int | None:
    wanted = request.GET.get(name) or request.POST.get(name) or ""
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else None


@at_desk(Capability.SEE_BEDS)
def sheet(request: DeskRequest, pk: int) -> HttpResponse:
    """What one bed is, and what can be done with it."""
    return render(request, "beds/sheet.html", sheet_context(request, pk))


def sheet_context(request: DeskRequest, pk: int) -> dict[str, object]:
    """What the sheet takes; each form carries a key of its own, so that a double tap is one act."""
    desk, bed = request.desk, bed_for(request.desk, pk)
    one, choice = _one(request, pk)
    return {
        "bed": bed,
        "one": one,
        "card": one.card,
        "choice": choice,
        "today": desk.now.astimezone(desk.tz).date(),
        "names": desk.may(Capability.OPEN_CHART),
        "may_keep": desk.may(Capability.BELONGINGS),
        "may_move": desk.may(Capability.ASSIGN_BEDS) and one.card.stay_id is not None,
        "may_label": desk.may(Capability.LABELS),
        "may_mind": desk.may(Capability.PRECAUTIONS),
        "offers": [] if choice else offers(ACTS, desk, one.card),
        "key": uuid4(),
    }


def _one(request: DeskRequest, pk: int) -> tuple[Placed, Choice | None]:
    """The bed's card, with how it fits who is being placed."""
    site, now, look = request.desk.site, request.desk.now, look_in(request)
    if not look.places:
        return Placed(cards(site, now, [pk])[0]), None
    every = cards(site, now)
    if look.moving:
        choice = mover(every, look.moving)
    elif look.housing:
        choice = housed(site, look.housing, now)
    else:
        choice = next((line.choice for line in waiting_list(site, now) if line.pk == look.chosen), None)
    found = placed(every, choice, capacity_of(staffed_units(site, now)))
    return next(one for one in found if one.card.pk == pk), choice


def refused_sheet(request: DeskRequest, pk: int, refused: Refused) -> HttpResponse:
    """The sheet again, with what was refused and every reason that was written. No reason is asked for while a stop stands."""
    stops = tuple(finding for finding in refused.findings if finding.severity is Severity.STOP)
    values = sheet_context(request, pk)
    one, choice = values["one"], values["choice"]
    assert isinstance(one, Placed)
    told = {finding.message for finding in one.findings} if choice else set()  # said once, where the verdict stands
    values |= {
        "refused": [finding for finding in stops or refused.findings if finding.message not in told],
        "reasons_missing": not stops,
        "stopped": bool(stops),
        "reasons": reasons_in(request),
        "other_reasons": reasons_in(request, "other-"),
    }
    return render(request, "beds/sheet.html", values, status=422)


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def move(request: DeskRequest, pk: int) -> HttpResponse:
    """Move who is being placed into this bed."""
    return _place(request, pk, swap=False)


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def swap(request: DeskRequest, pk: int) -> HttpResponse:
    """Let who is being placed and who has this bed change beds."""
    return _place(request, pk, swap=True)


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def give(request: DeskRequest, pk: int) -> HttpResponse:
    """Give the bed to someone in care who has none."""
    desk, bed, episode_id = request.desk, bed_for(request.desk, pk), look_in(request).housing
    if episode_id is None or housed(desk.site, episode_id, desk.now) is None:
        raise Http404
    try:
        stays.assign(
            by=desk.person, at=desk.now, bed_id=bed.pk, episode_id=episode_id, reasons=reasons_in(request), key=key_in(request)
        )  # fmt: skip
    except Refused as refused:
        return refused_sheet(request, pk, refused)
    return done(request, back=True)


def _place(request: DeskRequest, pk: int, *, swap: bool) -> HttpResponse:
    desk, bed, stay_id = request.desk, bed_for(request.desk, pk), look_in(request).moving
    reasons, key = reasons_in(request), key_in(request)
    if stay_id is None:
        return HttpResponse(status=404)
    try:
        if swap:
            stays.swap(
                by=desk.person, at=desk.now, stay_id=stay_id, other_id=_number(request, "of") or 0, reasons=reasons,
                other_reasons=reasons_in(request, "other-"), key=key,
            )  # fmt: skip
        else:
            stays.move(by=desk.person, at=desk.now, stay_id=stay_id, bed_id=bed.pk, reasons=reasons, key=key)
    except Refused as refused:
        return refused_sheet(request, pk, refused)
    return done(request, back=True)
