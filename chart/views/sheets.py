"""A sheet asks one thing about a client and does it: a short page that goes back to where it was asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import models
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.access import client_with
from chart.forms.facts import FactForm
from chart.queries.head import Head, head
from chart.views.hand_sign import hand
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.models import Client
from programs.people import ids_of
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

MOST_SENT = 200_000  # characters of a drawn signature


@dataclass(frozen=True)
class Asked:
    """A sheet under way: who asks about whom, what was typed, and the proof of the second person where one signed."""

    desk: Desk
    client: Client
    row: models.Model | None
    data: dict[str, object]
    key: UUID | None
    proof_id: int | None

    def text(self, name: str) -> str:
        """What was typed in a field of words."""
        return str(self.data.get(name) or "")

    def call(self, action: Callable[..., models.Model], **asked: object) -> models.Model:
        """Do it: who, when and the key are those of this sheet. Raises Refused."""
        return action(by=self.desk.person, at=self.desk.now, key=self.key, **asked)


@dataclass(frozen=True)
class Sheet:
    """``form`` and ``run`` of one act. ``model`` is what it is about (the address carries its key), None for something new.
    ``purpose`` is what a second person signs for; ``must`` where they always do. ``draws``: the client may
    sign on the tablet, locked to the paper of this kind (``chart/views/hand_sign.py``) with these ``texts`` of the form.
    ``back`` names the page to go back to, ``card`` the place on it."""

    title: str
    button: str
    capability: Capability
    form: type[FactForm]
    run: Callable[[Asked], models.Model]
    model: type[models.Model] | None = None
    about: str = ""
    back: str = "chart:facts"
    card: str = ""
    stops: bool = False
    purpose: str = ""
    must: bool = False
    draws: bool = False
    paper: str = ""
    texts: tuple[str, ...] = ()
    tab: str = "facts"
    after: Callable[[Client, models.Model], str] | None = field(default=None)


def view_of(sheet: Sheet) -> Callable[..., HttpResponseBase]:
    """The view behind a sheet's address: GET asks, POST does it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @at_desk(sheet.capability)
    def view(request: DeskRequest, client_id: int, pk: int | None = None) -> HttpResponse:
        desk = request.desk
        client = client_with(desk, client_id, sheet.capability, anybody=sheet.capability is Capability.BELONGINGS)
        row = _row(sheet, client, pk)
        shown = head(client, desk.site, desk.now)
        sent = request.POST if request.method == "POST" else None
        with timezone.override(shown.site.tz):
            form = sheet.form(desk, shown.site, client, row, sent)
            second = _second(sheet, desk, shown, request)
            findings: tuple[Finding, ...] = ()
            if sent is not None and form.is_valid():
                try:
                    if sheet.paper and sent.get("hand") and row is not None:
                        texts = {name: str(form.cleaned_data.get(name) or "") for name in sheet.texts}
                        return hand(request, client, sheet.paper, row, texts)
                    proof = _proof(sheet, second, request)
                    made = sheet.run(Asked(desk, client, row, form.cleaned_data, key_in(request), proof))
                    return redirect(sheet.after(client, made) if sheet.after else _back(sheet, client))
                except NotAllowed:
                    raise
                except Refused as refused:
                    findings = tuple(form.take(refused.findings))
            context = {
                "sheet": sheet, "form": form, "second": second, "findings": findings, "head": shown, "about": _named(row),
                "here": sheet.tab,
                "back": _back(sheet, client), "signed": bool(sent and sent.get("second")),
            }  # fmt: skip
            return render(request, "chart/facts/sheet.html", context, status=422 if sent is not None else 200)

    return view


def back_to(client: Client, address: str, card: str = "") -> str:
    """The address of a page of the client, at one of its cards."""
    return reverse(address, args=[client.pk]) + (f"#{card}" if card else "")


def drawn(sent: str) -> object:
    """What a frame to sign in sent (JSON); what is none is nothing, which the rule then says."""
    try:
        return json.loads(sent or "[]") if len(sent) < MOST_SENT else None
    except ValueError:
        return None


def _back(sheet: Sheet, client: Client) -> str:
    return back_to(client, sheet.back, sheet.card)


def _row(sheet: Sheet, client: Client, pk: int | None) -> models.Model | None:
    """What the sheet is about, where it is of this client (or of a record merged into theirs); else Http404."""
    if sheet.model is None:
        return None
    found = sheet.model._default_manager.filter(pk=pk, client__in=ids_of(client)).first()
    if found is None:
        raise Http404
    return found


def _named(row: models.Model | None) -> str:
    """What it is about, in a word: the substance, the thing, who."""
    found = (getattr(row, name, "") for name in ("substance", "description", "name", "person"))
    return next((str(each) for each in found if each), "")


def _second(sheet: Sheet, desk: Desk, shown: Head, request: DeskRequest) -> SecondPersonForm | None:
    if not sheet.purpose:
        return None
    return SecondPersonForm(
        request.POST or None, site=shown.site, at=desk.now, capability=sheet.capability, but_not=(desk.person.pk,),
    )  # fmt: skip


def _proof(sheet: Sheet, second: SecondPersonForm | None, request: DeskRequest) -> int | None:
    """The second person's proof; None where nobody has to sign and nobody was chosen. Raises Refused."""
    if second is None or not (sheet.must or request.POST.get("second") or request.POST.get("pin")):
        return None
    return second.proof(purpose=sheet.purpose, key=key_in(request)).pk
