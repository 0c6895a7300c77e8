"""A scale handed to the client: staff begin it, the client answers one item a screen, staff take the tablet back and sign.

While ``live.access.HANDED_OVER`` stands in the session, every other address answers with the client's page
(``config/handover.py``), and no live page is let in.
"""

from uuid import UUID, uuid4

from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from audit.rules.findings import Refused, Severity, stop
from chart.access import client_for
from chart.actions import handovers as actions
from chart.forms.scores import reasons_in
from chart.models import HandOver
from chart.queries.handovers import answers_of, handed
from chart.queries.head import head
from chart.rules.scales import Item
from chart.scales import scale as scale_of
from chart.views import hand_sign
from chart.views.hand_lock import lock, refuse_tablet, unlock
from chart.views.scores import found, newest_episode
from live.access import HANDED_OVER
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.actions import pins
from staff.rules.capabilities import Capability

HANDS_OVER = (
    Capability.SCALES, Capability.WRITE_PLANS, Capability.SAFETY_PLANS, Capability.BELONGINGS, Capability.KEEP_CONSENTS,
)  # fmt: skip
"""Whoever may hand over one of what is handed over: the act asks for its own."""


@require_POST
@at_desk(Capability.SCALES)
def begin(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """Lock this session to the form. The session gets a new key, so that nothing that is under way brings the old one back."""
    desk, client, scale = request.desk, client_for(request.desk, client_id), found(code)
    refuse_tablet(request)
    episode, _ = newest_episode(client, desk)
    continues = request.POST.get("continues", "")
    row = actions.begin_hand_over(
        by=desk.person, at=desk.now, episode_id=episode.pk, scale=scale.code, key=key_in(request),
        continues_id=int(continues) if continues.isdecimal() and len(continues) < 13 else None,
    )  # fmt: skip
    return lock(request, row.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(*HANDS_OVER)
def fill_in(request: DeskRequest) -> HttpResponse:
    """The client's page: one item a screen. A POST keeps an answer, or closes the form; then it asks for the tablet back.

    A paper to sign has a page of its own (``chart/views/hand_sign.py``).
    """
    if isinstance(asked := request.session.get(HANDED_OVER), dict):
        return hand_sign.page(request, asked)
    row = _mine(request)
    if row is None:
        return redirect("home")
    scale, refused = scale_of(row.scale), ""
    if scale is None:
        raise Http404("There is no such scale here.")
    if request.method == "POST":
        try:
            _press(request, row)
            return redirect("chart:hand_over")
        except NotAllowed:
            raise
        except Refused as error:
            refused = str(error)
            row.refresh_from_db()
    closed = row.closed_at is not None or row.settled_at is not None
    answers = answers_of(row)
    asked = scale.asked(answers)
    item = _item(request.GET.get("item", ""), asked, answers)
    place = asked.index(item) if item else len(asked)
    context = {
        "row": row, "scale": scale, "item": item, "closed": closed, "refused": refused, "number": place + 1, "of": len(asked),
        "chosen": answers.get(item.code) if item else None, "before": asked[place - 1] if place else None,
        "options": [(value, item.said(value)) for value in item.values] if item else (), "wrong": "",
    }  # fmt: skip
    return render(request, "chart/scales/hand_over.html", context, status=422 if refused else 200)


@never_cache
@require_POST
@at_desk(*HANDS_OVER)
def take_back(request: DeskRequest) -> HttpResponse:
    """The PIN of whose session this is ends it; then the answers are shown to be signed."""
    if isinstance(asked := request.session.get(HANDED_OVER), dict):
        return hand_sign.take_back(request, asked)
    row, desk = _mine(request), request.desk
    if row is None:
        return redirect("home")
    try:
        proof = pins.prove(
            person_id=desk.person.pk, pin=request.POST.get("pin", "")[:8], site=row.site, at=desk.now,
            purpose=actions.purpose(row.pk), capability=Capability.SCALES,
        )  # fmt: skip
        actions.take_back(by=desk.person, at=desk.now, hand_over_id=row.pk, proof_id=proof.pk)
    except Refused as error:
        context = {"row": row, "scale": scale_of(row.scale), "closed": True, "item": None, "wrong": str(error)}
        return render(request, "chart/scales/hand_over.html", context, status=422)
    unlock(request)
    return redirect("chart:handed", client_id=row.client_id, hand_over_id=row.pk)


@never_cache
@require_POST
@at_desk(*HANDS_OVER)
def sign_out(request: DeskRequest) -> HttpResponse:
    """The way out without a PIN: the session ends, the answers wait in the chart."""
    if HANDED_OVER not in request.session:
        return redirect("home")
    logout(request)
    return redirect("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SCALES)
def settle(request: DeskRequest, client_id: int, hand_over_id: int) -> HttpResponse:
    """What the client answered: sign it, or set it aside and say why."""
    desk, client = request.desk, client_for(request.desk, client_id)
    row = (
        HandOver.objects.filter(pk=hand_over_id, client=client).select_related("site", "began_by", "settled_by").first()
    )
    if row is None or scale_of(row.scale) is None:
        raise Http404("There is no such form.")
    with timezone.override(row.site.tz):
        refused = Refused(stop("none", "-"))
        if request.method == "POST":
            try:
                return HttpResponseRedirect(_settled(request, row))
            except NotAllowed:
                raise
            except Refused as error:
                refused = error
        failed = request.method == "POST"
        context = {
            "head": head(client, desk.site, desk.now), "handed": handed(row), "key": request.POST.get("key") or uuid4(),
            "findings": [each for each in refused.findings if failed and each.severity is not Severity.OVERRIDE],
            "doubts": [each for each in refused.findings if each.severity is Severity.OVERRIDE],
            "note": request.POST.get("note", ""), "reason": request.POST.get("reason", ""),
        }  # fmt: skip
        return render(request, "chart/scales/handed.html", context, status=422 if failed else 200)


def _mine(request: DeskRequest) -> HandOver | None:
    """The hand-over this session is locked to; None where it is not."""
    pk = request.session.get(HANDED_OVER)
    return None if pk is None else HandOver.objects.select_related("site").filter(pk=pk).first()


def _press(request: DeskRequest, row: HandOver) -> None:
    """What the client pressed: an answer, done, or stop. Raises Refused."""
    who, at = request.desk.person, request.desk.now
    sent = request.POST
    if sent.get("act") in ("done", "stop"):
        actions.close_hand_over(by=who, at=at, hand_over_id=row.pk, stopped=sent["act"] == "stop")
        return
    value = sent.get("value", "")
    if not (value.isdecimal() and len(value) < 4):
        raise Refused(stop("handover.answer", "Choose one of the answers."))
    actions.answer_item(by=who, at=at, hand_over_id=row.pk, item=sent.get("item", "")[:20], value=int(value))


def _item(wanted: str, asked: tuple[Item, ...], answers: dict[str, int]) -> Item | None:
    """The item to show: the one asked for (to change an answer), else the first without an answer; None after the last."""
    named = next((each for each in asked if each.code == wanted and each.code in answers), None)
    return named or next((each for each in asked if each.code not in answers), None)


def _settled(request: DeskRequest, row: HandOver) -> str:
    """Sign or set aside; where to go then. Raises Refused."""
    desk, sent = request.desk, request.POST
    key: UUID | None = key_in(request)
    if sent.get("act") == "aside":
        actions.set_aside(by=desk.person, at=desk.now, hand_over_id=row.pk, reason=sent.get("reason", ""), key=key)
        return reverse("chart:scales", args=[row.client_id])
    made = actions.sign_hand_over(
        by=desk.person, at=desk.now, hand_over_id=row.pk, note=sent.get("note", ""), overrides=reasons_in(sent), key=key
    )
    scale = scale_of(row.scale)
    if made.score is not None and scale is not None and scale.alarms(made.score.answers):
        return reverse("chart:score_kept", args=[row.client_id, made.score.pk])
    return reverse("chart:scales", args=[row.client_id])
