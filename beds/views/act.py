"""One thing that can be done with a bed: a button on its sheet, a form where it asks something, and an address.

Rooms above contribute acts of their own (``config/contributions.py``): the sheet shows them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string

from audit.actions import answered
from audit.rules.findings import Finding, Refused, Severity, stop
from beds.access import bed_for
from beds.queries.cards import Card, cards
from beds.rules.states import BedState
from programs.desk import Desk, DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


class ActForm(forms.Form):
    """What an act asks. Subclasses set their fields' first values from ``desk`` and ``card`` in ``prepare``."""

    do_not_call_in_templates = True  # a template asks whether an act has a form; it must not make one
    notes: tuple[Finding, ...] = ()  # what is to be settled besides; it stops nothing

    def __init__(self, desk: Desk, card: Card, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.desk, self.card = desk, card
        self.prepare()

    def prepare(self) -> None:
        """Nothing more to ask, unless a subclass says so."""


@dataclass(frozen=True)
class Doing:
    """An act under way: who stands where, the bed's card as it is now, what was asked and answered."""

    desk: Desk
    card: Card
    data: dict[str, object]
    reasons: dict[str, str]
    key: UUID | None

    def instant(self, name: str) -> datetime:
        """An instant that was asked."""
        value = self.data[name]
        assert isinstance(value, datetime)
        return value

    def call(self, action: Callable[..., object], **asked: object) -> object:
        """Do it: who, when and the key are those of this act. Raises Refused."""
        return action(by=self.desk.person, at=self.desk.now, key=self.key, **asked)


@dataclass(frozen=True)
class Act:
    """``label`` and ``button`` may name ``{who}``, ``{held_for}`` and ``{bed}``. ``of`` is what the act is about: where that is
    another one by the time it is sent, it is refused. ``where`` is the section of the sheet it stands in.
    """

    name: str
    label: str
    icon: str
    capability: Capability
    offered: Callable[[Card], bool]
    run: Callable[[Doing], object]
    of: Literal["stay", "hold", "job", "leave", ""] = ""
    form: type[ActForm] | None = None
    button: str = ""
    tone: str = ""
    where: Literal["person", "bed"] = "bed"
    room: str = "beds"

    @property
    def url_name(self) -> str:
        """For reversing, with the bed's pk."""
        return f"{self.room}:{self.name}"

    def gone(self, card: Card) -> bool:
        """True where what it is about is there no more: no stay of that person, hold, job or leave."""
        return bool(self.of) and not self.subject(card) and not self.offered(card) and self.name != "hold"

    def subject(self, card: Card) -> str:
        """What it is about right now, as the form carries it."""
        pk = {"stay": card.stay_id, "hold": card.hold_id, "job": card.job_id, "leave": card.leave_id}.get(self.of)
        return "" if pk is None else str(pk)


@dataclass(frozen=True)
class Offer:
    """An act as a sheet offers it."""

    act: Act
    label: str
    button: str
    subject: str


def offer(act: Act, card: Card) -> Offer:
    """The act in this bed's words."""
    words = {"who": card.who, "held_for": card.held_for, "bed": card.name}
    return Offer(act, act.label.format(**words), (act.button or act.label).format(**words), act.subject(card))


def offers(own: Iterable[Act], desk: Desk, card: Card) -> list[Offer]:
    """What this person can do with the bed right now, of the bed room and of the rooms above it."""
    above: Iterable[Act] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.BED_ACTS")
    return [offer(act, card) for act in (*own, *above) if desk.may(act.capability) and act.offered(card)]


def done(request: HttpRequest, *, back: bool = False) -> HttpResponse:
    """The sheet closes; the board moves by itself, or (``back``) goes back to nobody being placed, its filters kept."""
    if not back:
        return HttpResponse("", headers={"HX-Trigger": "stepwell:done"})
    asked = parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    kept = urlencode([(name, value) for name, value in asked if name not in {"choose", "move", "house"}])
    return HttpResponse("", headers={"HX-Redirect": reverse("beds:board") + (f"?{kept}" if kept else "")})


def view_of(act: Act) -> Callable[..., HttpResponseBase]:
    """The view behind an act's address: GET asks, POST does it."""

    @at_desk(act.capability)
    def view(request: DeskRequest, pk: int) -> HttpResponse:
        bed_for(request.desk, pk)
        [card] = cards(request.desk.site, request.desk.now, [pk])
        if request.method != "POST":
            form = act.form(request.desk, card) if act.form else None
            return step(request, act, card, form, (_changed(act, card),) if act.gone(card) else ())
        form = act.form(request.desk, card, request.POST) if act.form else None
        if request.POST.get("of", "") != act.subject(card) or act.gone(card):
            if answered(key_in(request), request.desk.person):
                return done(request)  # this very act, sent again because no answer came
            return step(request, act, card, form, (_changed(act, card),))
        if form is not None and not form.is_valid():
            return step(request, act, card, form)
        try:
            act.run(Doing(request.desk, card, form.cleaned_data if form else {}, reasons_in(request), key_in(request)))
        except Refused as refused:
            return step(request, act, card, form, refused.findings)
        return done(request)

    return view


def step(
    request: DeskRequest, act: Act, card: Card, form: ActForm | None, findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    """The sheet of one act, with what was typed and what stood against it."""
    stops = tuple(finding for finding in findings if finding.severity is Severity.STOP)
    values = {
        "offer": offer(act, card),
        "over": bool(findings) and act.gone(card),
        "card": card,
        "form": form,
        "refused": stops,
        "asked": () if stops else findings,
        "reasons": reasons_in(request),
        "key": uuid4(),
    }
    wrong = bool(findings) or (form is not None and form.is_bound and not form.is_valid())
    return render(request, "beds/step.html", values, status=422 if wrong else 200)


def reasons_in(request: HttpRequest, prefix: str = "reason-") -> dict[str, str]:
    """Reasons for overrides: fields named ``reason-<code>``."""
    return {
        name.removeprefix(prefix): value.strip()
        for name, value in request.POST.items()
        if name.startswith(prefix) and isinstance(value, str) and value.strip()
    }


def _changed(act: Act, card: Card) -> Finding:
    """What became of what the act is about."""
    if act.of == "hold":
        now = f"now it is held for {card.held_for_initials}" if card.held_for_initials else "nobody holds it any more"
    elif act.of == "leave" and card.who:
        now = f"{card.who} went on another leave" if card.leave_id is not None else f"{card.who} is back"
    elif card.who:
        now = f"now {card.who} has it"
    else:
        words = card.state.label.lower()
        now = f"now it {words}" if card.state is BedState.CLEANING else f"now it is {words}"
    return stop("bed.changed", f"{card.name} changed meanwhile: {now}. Nothing was done. Look again.", bed=card.pk)
