"""A paper in the client's hands: they read it, sign in the frame or do not, and the tablet goes back against a PIN.

The session keeps which paper it is, what staff typed before, and whether the client is done (``live.access.HANDED_OVER``).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused
from chart.access import client_with
from chart.actions.agreements import answer_plan
from chart.actions.belongings import let_go
from chart.actions.hand_sign import hand_to_sign, purpose, take_signed_back
from chart.actions.safety import sign_safety_plan
from chart.forms.consents import taken_out
from chart.models import Belonging, Plan, SafetyPlan
from chart.queries.head import Head, head
from chart.queries.plan_page import plan_page
from chart.queries.safety import version
from chart.rules.agreement import DRAWN, INTENT
from chart.views.hand_lock import lock, refuse_tablet, unlock
from live.access import HANDED_OVER
from privacy.actions.consent_events import revoke_consent
from privacy.actions.consents import sign_consent
from privacy.consent_texts import forms
from privacy.models import Consent
from privacy.queries.consents import scope_text
from privacy.rules.consents import ConsentType
from programs.desk import Desk, DeskRequest, at_desk
from programs.models import Client
from programs.people import ids_of
from programs.rules.signature import HIGH, WIDE
from staff.access import NotAllowed
from staff.actions import pins
from staff.rules.capabilities import Capability

LONGEST_DRAWING = 200_000  # characters of JSON
PAGE = "chart/scales/hand_sign.html"


@dataclass(frozen=True)
class Kind:
    """A sort of paper: who may hand it over, its row of a client, what the client reads, the act, and where staff go on."""

    capability: Capability
    find: Callable[[int, Client], models.Model | None]
    shows: Callable[[models.Model, Client, Desk, Head], Mapping[str, Any]]
    sign: Callable[..., object]
    back: str


def _plan(pk: int, client: Client) -> Plan | None:
    return Plan.objects.filter(pk=pk, episode__client__in=ids_of(client)).select_related("episode").first()


def _plan_shown(row: models.Model, client: Client, desk: Desk, top: Head) -> Mapping[str, Any]:
    shown = plan_page(cast("Plan", row), top.site, desk.now)
    return {"title": "Your treatment plan", "intent": INTENT[DRAWN], "plan": row, "page": shown}


def _safety_shown(row: models.Model, client: Client, desk: Desk, top: Head) -> Mapping[str, Any]:
    found = version(row.pk, ids_of(client))
    intent = "I made this plan together with my team, and I have a copy."
    return {"title": "Your safety plan", "intent": intent, "parts": found.parts if found else ()}


def _thing_shown(row: models.Model, client: Client, desk: Desk, top: Head) -> Mapping[str, Any]:
    thing = cast("Belonging", row)
    return {"title": "What you get back", "intent": "I have received this.", "thing": thing}


def _consent(pk: int, client: Client) -> Consent | None:
    return Consent.objects.filter(pk=pk, client__in=ids_of(client)).first()


def _consent_shown(row: models.Model, client: Client, desk: Desk, top: Head) -> Mapping[str, Any]:
    consent = cast("Consent", row)
    *parts, (_, intent) = consent.words
    return {"title": forms()[ConsentType(consent.type)].title, "intent": intent, "document": parts}


def _revocation_shown(row: models.Model, client: Client, desk: Desk, top: Head) -> Mapping[str, Any]:
    words = (
        "From now on nothing more is given on this consent. What was already done because I had agreed is not undone."
    )
    parts = [("", words), ("The consent I revoke", scope_text(cast("Consent", row)))]
    return {"title": "I revoke my consent", "intent": "I revoke this consent.", "document": parts, "revokes": True}


KINDS = {
    "plan": Kind(
        Capability.WRITE_PLANS, _plan, _plan_shown,
        lambda row, texts, **asked: answer_plan(plan_id=row.pk, kind=DRAWN, **asked), "chart:plan",
    ),
    "safety": Kind(
        Capability.SAFETY_PLANS, lambda pk, client: SafetyPlan.objects.filter(pk=pk, client__in=ids_of(client)).first(), _safety_shown,
        lambda row, texts, **asked: sign_safety_plan(plan_id=row.pk, how="drawn", note=texts.get("note", ""), **asked), "chart:safety",
    ),
    "belonging": Kind(
        Capability.BELONGINGS, lambda pk, client: Belonging.objects.filter(pk=pk, client__in=ids_of(client)).first(), _thing_shown,
        lambda row, texts, **asked: let_go(item_id=row.pk, proof_id=None, **texts, **asked), "chart:belongings",
    ),
    "consent": Kind(
        Capability.KEEP_CONSENTS, _consent, _consent_shown,
        lambda row, texts, **asked: sign_consent(consent_id=row.pk, **texts, **asked), "chart:consents",
    ),
    "revocation": Kind(
        Capability.KEEP_CONSENTS, _consent, _revocation_shown,
        lambda row, texts, **asked: revoke_consent(
            consent_id=row.pk, words=texts.get("words", ""), **taken_out(texts.get("what", "")), **asked
        ), "chart:consents",
    ),
}  # fmt: skip


def hand(
    request: DeskRequest, client: Client, kind: str, paper: models.Model, texts: Mapping[str, str] | None = None
) -> HttpResponse:
    """Lock this tablet to the paper; ``texts`` is what staff typed that belongs to the signature. Raises Refused, NotAllowed."""
    refuse_tablet(request)
    desk, top = request.desk, head(client, request.desk.site, request.desk.now)
    hand_to_sign(
        by=desk.person, at=desk.now, client=client, site=top.site, paper=paper, capability=KINDS[kind].capability
    )
    asked = {
        "kind": kind,
        "pk": paper.pk,
        "client": client.pk,
        "texts": dict(texts or {}),
        "key": str(uuid4()),
        "closed": "",
    }
    return lock(request, asked)


@require_POST
@at_desk(Capability.WRITE_PLANS)
def begin_plan(request: DeskRequest, client_id: int, plan_id: int) -> HttpResponse:
    """Hand a plan over to be signed."""
    client = client_with(request.desk, client_id, Capability.WRITE_PLANS)
    plan = _plan(plan_id, client)
    if plan is None:
        raise Http404
    return hand(request, client, "plan", plan)


def page(request: DeskRequest, asked: dict[str, Any]) -> HttpResponse:
    """The client's page. A POST signs, or closes it without; then it asks for the tablet back."""
    paper = _Paper(request, asked)
    if request.method != "POST" or asked["closed"]:
        return paper.drawn()
    if request.POST.get("act") == "stop":
        return paper.close("stopped")
    try:
        paper.kind.sign(
            paper.row, asked["texts"], by=request.desk.person, at=request.desk.now, key=UUID(asked["key"]),
            strokes=_strokes(request.POST.get("strokes", "")),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return paper.drawn(refused=str(refused))
    return paper.close("signed")


def take_back(request: DeskRequest, asked: dict[str, Any]) -> HttpResponse:
    """The PIN of whose session this is ends it."""
    paper, desk = _Paper(request, asked), request.desk
    try:
        proof = pins.prove(
            person_id=desk.person.pk, pin=request.POST.get("pin", "")[:8], site=paper.head.site, at=desk.now,
            purpose=purpose(paper.row), capability=paper.kind.capability,
        )  # fmt: skip
        take_signed_back(
            by=desk.person, at=desk.now, client=paper.client, site=paper.head.site, paper=paper.row,
            capability=paper.kind.capability, proof_id=proof.pk,
        )  # fmt: skip
    except Refused as error:
        return paper.drawn(wrong=str(error))
    unlock(request)
    return redirect(paper.back)


class _Paper:
    """What this session is locked to, found anew."""

    def __init__(self, request: DeskRequest, asked: dict[str, Any]) -> None:
        self.request, self.asked, self.kind = request, asked, KINDS[asked["kind"]]
        self.client = client_with(request.desk, asked["client"], self.kind.capability)
        row = self.kind.find(asked["pk"], self.client)
        if row is None:
            raise Http404
        self.row = row
        self.head = head(self.client, request.desk.site, request.desk.now)
        self.back = reverse(self.kind.back, args=[self.client.pk])

    def close(self, how: str) -> HttpResponse:
        """The client is done, signed or not."""
        self.request.session[HANDED_OVER] = self.asked | {"closed": how}
        return redirect("chart:hand_over")

    def drawn(self, refused: str = "", wrong: str = "") -> HttpResponse:
        """The page as it stands."""
        closed = self.asked["closed"]
        shown = {} if closed else self.kind.shows(self.row, self.client, self.request.desk, self.head)
        context = {
            "client": self.client, "closed": closed, "refused": refused, "wrong": wrong, "wide": WIDE, "high": HIGH,
            "texts": self.asked["texts"], **shown,
        }  # fmt: skip
        with timezone.override(self.head.site.tz):
            return render(self.request, PAGE, context, status=422 if refused or wrong else 200)


def _strokes(sent: str) -> object:
    """The drawing as it was sent; None where it is no JSON or too much of it."""
    if len(sent) > LONGEST_DRAWING:
        return None
    try:
        found: object = json.loads(sent or "[]")
    except (ValueError, RecursionError):
        return None
    return found
