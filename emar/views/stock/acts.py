"""What is done with one line of stock, or with a place: one address and one short form each, with the second names it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from emar.actions import stock as acts
from emar.models import LedgerEntry, OwnApproval, StockLine
from emar.queries.stock import LineRow
from emar.rules.stock import Keeps, Kind
from emar.stock_forms import (
    ApproveForm,
    CountInForm,
    DestroyForm,
    HandBackForm,
    LineForm,
    MoveForm,
    ReceiveForm,
    SendBackForm,
    WasteForm,
)
from emar.views.stock.common import line_at, place_at, require_one
from programs.desk import Desk, DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

C = Capability
Run = Callable[..., LedgerEntry | OwnApproval]
NOT_DONE = 422


@dataclass(frozen=True)
class Act:
    """``kind`` names what a second person signs; ``seconds`` how many sign, and whether they must."""

    name: str
    title: str
    button: str
    about: str
    icon: str
    capabilities: tuple[Capability, ...]
    form: type[forms.Form]
    run: Run
    kind: Kind | None = None
    seconds: int = 0
    must: bool = True
    stops: bool = False

    def offered(self, line: LineRow) -> bool:
        """Whether it makes sense for the line as it stands."""
        if self.name == "approve":
            return line.owner is not None and not line.approved
        if line.variance_id is not None or not line.balance:
            return False
        return line.owner is not None if self.name == "hand-back" else line.owner is None or self.name != "send-back"


_SECOND = "A second person may sign too, with their own PIN."
LINE_ACTS = {
    each.name: each
    for each in (
        Act(
            "move", "Move to another place", "Move it", f"It leaves one place and arrives in the other in one act. {_SECOND}",
            "arrow-right-left", (C.STOCK,), MoveForm, acts.move, Kind.TRANSFER_OUT, 1, must=False,
        ),
        Act(
            "waste", "Waste without a dose", "Waste it",
            "Dropped, broken or contaminated. What is wasted of a dose is charted with the dose.",
            "trash-2", (C.STOCK,), WasteForm, acts.waste, Kind.WASTE, 1, stops=True,
        ),
        Act(
            "send-back", "Send back", "Send it back", f"To the pharmacy or a reverse distributor. {_SECOND}",
            "undo-2", (C.STOCK,), SendBackForm, acts.send_back, Kind.RETURN, 1, must=False,
        ),
        Act(
            "destroy", "Destroy", "Destroy it", "Before two witnesses, neither of whom is you: three names, two PINs.",
            "flame", (C.STOCK_SUPERVISE,), DestroyForm, acts.destroy, Kind.DESTROY, 2, stops=True,
        ),
        Act(
            "approve", "Approve its use", "Approve it",
            "By a prescriber, or a nurse who did not count it in. Until then no dose is drawn from it.",
            "badge-check", (C.GIVE_DOSES, C.WRITE_ORDERS), ApproveForm, acts.approve_own,
        ),
        Act(
            "hand-back", "Hand back to the client", "Hand it back",
            "The client signs with their name, and a second person with their PIN.",
            "hand-helping", (C.STOCK,), HandBackForm, acts.hand_back, Kind.HAND_BACK, 1,
        ),
    )
}  # fmt: skip
RECEIVE = Act(
    "receive", "Receive a delivery", "Receive it", f"The line of its lot is opened where there is none. {_SECOND}",
    "package-plus", (C.STOCK,), ReceiveForm, acts.receive, Kind.RECEIVE, 1, must=False,
)  # fmt: skip
COUNT_IN = Act(
    "count-in", "Count in a client's own", "Count it in", "Count it together. Nothing is drawn from it until its use is approved.",
    "package-open", (C.STOCK,), CountInForm, acts.count_in, Kind.COUNT_IN, 1,
)  # fmt: skip


def offered(desk: Desk, line: LineRow) -> list[Act]:
    """What this person can do with a line now."""
    return [act for act in LINE_ACTS.values() if act.offered(line) and any(desk.may(each) for each in act.capabilities)]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.STOCK, C.STOCK_SUPERVISE, C.WRITE_ORDERS)
def on_line(request: DeskRequest, line_id: int, name: str) -> HttpResponse:
    """One act on one line."""
    act = LINE_ACTS.get(name)
    if act is None:
        raise Http404("No such act.")
    row = line_at(request.desk, line_id)
    require_one(request.desk, *act.capabilities)
    assert issubclass(act.form, LineForm)
    form = act.form(request.POST or None, line=row)
    return _answer(request, act, form, {"line_id": row.pk}, line=row)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.STOCK)
def receive(request: DeskRequest, location_id: int) -> HttpResponse:
    """A delivery into a cart or a safe."""
    place = place_at(request.desk, location_id)
    if place.kind == Keeps.OWN.value:
        raise Http404("Nothing is received into a place for clients' own medication.")
    form = ReceiveForm(request.POST or None, desk=request.desk)
    return _answer(request, RECEIVE, form, {"location_id": place.pk}, place=place)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.STOCK)
def count_in(request: DeskRequest, location_id: int) -> HttpResponse:
    """What a client brought, counted by two."""
    place = place_at(request.desk, location_id)
    if place.kind != Keeps.OWN.value:
        raise Http404("This place holds the site's stock.")
    form = CountInForm(request.POST or None, desk=request.desk)
    return _answer(request, COUNT_IN, form, {"location_id": place.pk}, place=place)


def _answer(
    request: DeskRequest, act: Act, form: forms.Form, about: Mapping[str, int], **context: object
) -> HttpResponse:
    seconds = _seconds(request, act)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _back(_do(request, act, form, seconds, about))
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    signed = any(second.data.get(second.add_prefix("second")) for second in seconds if second.is_bound)
    page = {"act": act, "form": form, "seconds": seconds, "signed": signed, "findings": findings, "key": uuid4()}
    return render(request, "emar/stock/act.html", page | context, status=NOT_DONE if request.method == "POST" else 200)


def _do(
    request: DeskRequest, act: Act, form: forms.Form, seconds: list[SecondPersonForm], about: Mapping[str, int]
) -> LedgerEntry | OwnApproval:
    desk, key = request.desk, key_in(request)
    proofs = _proofs(act, seconds, key)
    return act.run(by=desk.person, at=desk.now, key=key, **about, **_asked(form.cleaned_data), **proofs)


def _seconds(request: DeskRequest, act: Act) -> list[SecondPersonForm]:
    """One form for each who signs; the second of two is another than the first."""
    desk, data = request.desk, request.POST or None
    names = ("One witness", "Another witness") if act.seconds == 2 else ("The second person",)
    taken, made = [desk.person.pk], []
    for prefix, label in list(zip(("one", "two"), names, strict=False))[: act.seconds]:
        made.append(SecondPersonForm(
            data, site=desk.site, at=desk.now, capability=C.WITNESS, but_not=tuple(taken), prefix=prefix, label=label,
        ))  # fmt: skip
        chosen = request.POST.get(f"{prefix}-second", "")
        taken += [int(chosen)] if chosen.isdecimal() and len(chosen) < 12 else []
    return made


def _proofs(act: Act, seconds: list[SecondPersonForm], key: UUID | None) -> dict[str, int | None]:
    if act.kind is None:
        return {}
    if not act.must and not any(
        str(seconds[0].data.get(seconds[0].add_prefix(each), "")) for each in ("second", "pin")
    ):
        return {"proof_id": None}
    proved = [second.proof(purpose=act.kind.purpose, key=key) for second in seconds]
    return dict(zip(("proof_id", "second_proof_id"), (each.pk for each in proved), strict=False))


def _asked(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The form's answers under the names of the action."""
    names = {"client": "client_id", "medication": "medication_id", "to": "to_location_id"}
    return {names.get(name, name): getattr(value, "pk", value) for name, value in typed.items() if value is not None}


def _back(made: LedgerEntry | OwnApproval) -> HttpResponse:
    """To the ledger of the line, with what was just written in sight."""
    line: StockLine = made.line
    number = made.number if isinstance(made, LedgerEntry) else ""
    return HttpResponseRedirect(f"{reverse('emar:stock_line', args=[line.pk])}?done={number}")
