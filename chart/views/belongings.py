"""What a client brought: the list, taking in before a second person, letting go, and the receipt."""

from collections.abc import Mapping
from typing import cast
from uuid import uuid4

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_with
from chart.actions.belongings import INVENTORY, LETTING_GO, let_go, take_inventory
from chart.forms import facts as forms
from chart.models import Belonging
from chart.pdf.belongings import receipt
from chart.queries.belongings import inventories
from chart.queries.head import head
from chart.views.facts import held
from chart.views.sheets import Asked, Sheet, drawn
from documents import render as render_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.people import ids_of
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability as C

FIELDS = ("kind", "description", "count", "value", "kept", "bag", "note")
ROWS = 6
SEES = (C.OPEN_CHART, C.BELONGINGS)


@require_safe
@at_desk(*SEES)
def belongings(request: DeskRequest, client_id: int) -> HttpResponse:
    """Everything that was taken in, by inventory, and what became of it."""
    desk, client = request.desk, client_with(request.desk, client_id, *SEES, anybody=True)
    shown = head(client, desk.site, desk.now)
    found = inventories(ids_of(client))
    context = {"head": shown, "here": "facts", "inventories": found, "may": held(desk, shown.site.pk)}
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/belongings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.BELONGINGS)
def take_in(request: DeskRequest, client_id: int, pk: int | None = None) -> HttpResponse:
    """List what was found, and sign it together; with ``pk`` one item is corrected."""
    desk, client = request.desk, client_with(request.desk, client_id, C.BELONGINGS, anybody=True)
    old = Belonging.objects.filter(pk=pk, client__in=ids_of(client)).first() if pk is not None else None
    if pk is not None and old is None:
        raise Http404
    shown = head(client, desk.site, desk.now)
    sent = request.POST if request.method == "POST" else None
    second = SecondPersonForm(sent, site=shown.site, at=desk.now, capability=C.BELONGINGS, but_not=(desk.person.pk,))
    rows = [_typed(sent, row) for row in range(1 if old else ROWS * 2)] if sent is not None else _blank(old)
    findings: tuple[Finding, ...] = ()
    with timezone.override(shown.site.tz):
        if sent is not None:
            try:
                items = [row for row in rows if row["description"].strip() or row["kind"]]
                proof = second.proof(purpose=INVENTORY, key=key_in(request))
                take_inventory(
                    by=desk.person, at=desk.now, client_id=old.client_id if old else client.pk, items=items, proof_id=proof.pk,
                    note=sent.get("note", ""), corrects_id=old.pk if old else None, why=sent.get("why", ""), key=key_in(request),
                )  # fmt: skip
                return redirect("chart:belongings", client.pk)
            except NotAllowed:
                raise
            except Refused as refused:
                findings, rows = refused.findings, [*items, *([] if old else _blank(None))][: ROWS * 2]
        context = {
            "head": shown, "here": "facts", "rows": rows, "kinds": Belonging.Kind.choices, "second": second, "old": old,
            "findings": findings, "wrong": _wrong(findings), "key": request.POST.get("key") or uuid4(),
            "note": request.POST.get("note", ""), "why": request.POST.get("why", ""),
        }  # fmt: skip
        return render(request, "chart/facts/take_in.html", context, status=422 if findings else 200)


@require_safe
@at_desk(*SEES)
def receipt_pdf(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """The receipt of one inventory, for the client to keep."""
    desk, client = request.desk, client_with(request.desk, client_id, *SEES, anybody=True)
    found = inventories(ids_of(client), only=pk)
    if not found:
        raise Http404
    shown = head(client, desk.site, desk.now)
    return pdf_file(
        render_pdf(receipt(shown, found[0], by=desk.person, at=desk.now)), f"belongings-{client.record_number}.pdf"
    )


def _typed(sent: Mapping[str, str], row: int) -> dict[str, str]:
    return {name: str(sent.get(f"{row}-{name}", "")) for name in FIELDS}


def _blank(old: Belonging | None) -> list[dict[str, str]]:
    """Empty rows, or the one that is corrected."""
    if old is not None:
        return [{name: str(getattr(old, name)) for name in FIELDS}]
    return [dict.fromkeys(FIELDS, "") | {"count": "1"} for _ in range(ROWS)]


def _wrong(findings: tuple[Finding, ...]) -> dict[str, str]:
    """The sentence beside each field, by 'row-name'."""
    return {str(each.detail["field"]): each.message for each in findings if each.detail.get("field")}


def _let_go(asked: Asked) -> Model:
    row = cast("Belonging", asked.row)
    return asked.call(
        let_go, item_id=row.pk, strokes=drawn(asked.text("strokes")), proof_id=asked.proof_id,
        **{name: asked.text(name) for name in ("how", "to", "signed_as", "note")},
    )  # fmt: skip


SHEETS = {
    "belonging_end": Sheet(
        "An item leaves", "Sign and hand over", C.BELONGINGS, forms.EndForm, _let_go, Belonging, back="chart:belongings",
        purpose=LETTING_GO, draws=True, paper="belonging", texts=("how", "to", "signed_as", "note"),
        about="Who takes it signs. Where nobody signs, a second person does, with a word why.",
    ),
}  # fmt: skip
