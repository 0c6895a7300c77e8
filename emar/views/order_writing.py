"""Write an order, and change one: choose the medication, fill the form beside its preview, and send it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from emar import actions
from emar.access import order_at
from emar.forms import overrides_in
from emar.models import Medication, Order
from emar.order_forms import OrderForm, filled_from, filled_new, slots_of
from emar.queries.drafts import Choices, choices_for, draft, medications
from emar.queries.order_who import Whose
from emar.queries.protocols import protocols_for
from emar.rules.orders import Comparison, Measure
from emar.views.orders import back_to, prescribers_for, whose_at
from programs.desk import Desk, DeskRequest, at_desk
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

LISTED = 24


@dataclass(frozen=True)
class Writing:
    """What the page of one order stands on. ``old`` is the order that is changed."""

    who: Whose
    medication: Medication
    old: Order | None
    choices: Choices
    form: OrderForm


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_ORDERS, Capability.VERBAL_ORDERS)
def new(request: DeskRequest, client_id: int) -> HttpResponse:
    """Without a medication: look for one. With it: the form; a POST writes the order."""
    who, asked = whose_at(request.desk, client_id), request.POST.get("medication") or request.GET.get("medication")
    if not asked:
        return render(request, "emar/order_find.html", {"who": who} | _found(request))
    return _answer(request, _writing(request, who, _medication(asked), None))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_ORDERS, Capability.VERBAL_ORDERS)
def change(request: DeskRequest, order_id: int) -> HttpResponse:
    """The form with the order in it; a POST makes a new version. The address names the version that was looked at."""
    old = order_at(request.desk, order_id)
    who = whose_at(request.desk, old.client_id)
    if request.method != "POST" and old.ended_at is not None and old.ended_at <= request.desk.now:
        return HttpResponseRedirect(f"{reverse('emar:orders', args=[old.client_id])}#order-{old.pk}")
    return _answer(request, _writing(request, who, old.medication, old))


@require_safe
@at_desk(Capability.WRITE_ORDERS, Capability.VERBAL_ORDERS)
def find(request: DeskRequest, client_id: int) -> HttpResponse:
    """The medications found so far, while somebody types."""
    return render(request, "emar/order_found.html", {"who": whose_at(request.desk, client_id)} | _found(request))


@require_POST
@at_desk(Capability.WRITE_ORDERS, Capability.VERBAL_ORDERS)
def preview(request: DeskRequest, client_id: int) -> HttpResponse:
    """The order in words, its first doses, and what stands against it, while somebody types. Nothing is written."""
    who, replaces = whose_at(request.desk, client_id), request.POST.get("replaces", "")
    old = order_at(request.desk, int(replaces)) if replaces.isdecimal() and len(replaces) < 12 else None
    medication = old.medication if old is not None else _medication(request.POST.get("medication", ""))
    writing = _writing(request, who, medication, old)
    return render(request, "emar/order_preview.html", _context(request, writing, quiet=True) | {"oob": True})


def _answer(request: DeskRequest, writing: Writing) -> HttpResponse:
    form = writing.form
    refused: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return back_to(writing.who.client.pk, _send(request, writing).pk)
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal.findings
    posted = request.method == "POST"
    context = _context(request, writing, refused=refused, quiet=not posted)
    return render(request, "emar/order_write.html", context, status=422 if posted else 200)


def _send(request: DeskRequest, writing: Writing) -> Order:
    """Write the order, or change the one whose address this is."""
    desk, form = request.desk, writing.form
    key: UUID = form.cleaned_data["key"]
    reasons = overrides_in(request.POST)
    if writing.old is not None:
        return actions.change_order(
            by=desk.person, at=desk.now, order_id=writing.old.pk, sig=form.sig(), why=form.cleaned_data["why"],
            verbal=form.verbal, overrides=reasons, key=key,
        )  # fmt: skip
    return actions.write_order(
        by=desk.person, at=desk.now, episode_id=writing.who.episode.pk, medication_id=writing.medication.pk, sig=form.sig(),
        verbal=form.verbal, overrides=reasons, key=key,
    )  # fmt: skip


def _writing(request: DeskRequest, who: Whose, medication: Medication, old: Order | None) -> Writing:
    desk = request.desk
    choices = choices_for(desk.site, medication, desk.now)
    form = OrderForm(
        request.POST if request.method == "POST" else filled_new(medication, choices.units) if old is None else filled_from(old),
        units=choices.units, routes=choices.routes, hours=choices.hours, at=desk.now, changes=old is not None,
        prescribers=prescribers_for(desk), protocols=_protocols(desk, medication, old),
    )  # fmt: skip
    return Writing(who, medication, old, choices, form)


def _protocols(desk: Desk, medication: Medication, old: Order | None) -> list[tuple[str, str]]:
    """Those in force for this medication, and the one the order names: what is wrong with that, its rule says."""
    found = {str(each.pk): each.name for each in protocols_for(desk.site.pk, medication, desk.now)}
    if old is not None and old.protocol_id is not None and str(old.protocol_id) not in found:
        found[str(old.protocol_id)] = "The one it names now, which has ended"
    return list(found.items())


def _context(
    request: DeskRequest, writing: Writing, *, refused: tuple[Finding, ...] = (), quiet: bool
) -> dict[str, object]:
    """``refused`` is what the action said; what the draft says stands with it. ``quiet``: an empty field is not yet wrong."""
    form, desk, reasons = writing.form, request.desk, overrides_in(request.POST)
    form.is_valid()
    drafted = draft(desk.site, writing.who.client.pk, writing.medication, form.sig(), at=desk.now, replaces=writing.old)
    known = {(each.code, each.message) for each in refused}
    found = [*refused, *(each for each in drafted.findings if (each.code, each.message) not in known)]
    said = {each.code for each in found}
    return {
        "who": writing.who, "medication": writing.medication, "old": writing.old, "choices": writing.choices, "form": form,
        "draft": drafted, "refused": refused, "slots": slots_of(found, reasons, form.quiet() if quiet else ()),
        "kept": [(code, reason) for code, reason in reasons.items() if code not in said],
        "starts": not {"buprenorphine", "methadone"}.isdisjoint(writing.medication.ingredient_names),
        "measures": list(Measure), "comparisons": list(Comparison), "errors": {} if quiet else form.errors,
    }  # fmt: skip


def _medication(asked: str) -> Medication:
    found = Medication.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 12 else None
    if found is None:
        raise Http404("No such medication.")
    return found


def _found(request: DeskRequest) -> dict[str, object]:
    text = request.GET.get("q", "").strip()[:80].replace("\x00", "")
    rows = list(medications(text)[: LISTED + 1]) if text else []
    return {"text": text, "rows": rows[:LISTED], "more": len(rows) > LISTED}
