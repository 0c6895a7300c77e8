"""The ledger of a line: every entry with its running balance, who made it and who watched, a hundred to a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from emar.models import OwnApproval
from emar.queries.stock import ledger_page
from emar.rules.stock import Kind
from emar.views.stock.acts import offered
from emar.views.stock.common import SEES, counting, line_at
from programs.desk import DeskRequest, at_desk

SHOWN: dict[str, tuple[str, tuple[Kind, ...]]] = {
    "": ("Everything", ()),
    "doses": ("Doses", (Kind.DOSE, Kind.PUT_BACK)),
    "waste": ("Waste", (Kind.WASTE, Kind.DESTROY)),
    "moves": ("Received and moved", (Kind.RECEIVE, Kind.TRANSFER_IN, Kind.TRANSFER_OUT, Kind.RETURN, Kind.COUNT_IN, Kind.HAND_BACK)),
    "differences": ("Differences", (Kind.ADJUST,)),
}  # fmt: skip


@require_safe
@at_desk(*SEES)
def show(request: DeskRequest, line_id: int) -> HttpResponse:
    """A line with its entries, the newest first; while its place is counted, none of them."""
    desk, row = request.desk, line_at(request.desk, line_id)
    asked = request.GET.get("show", "")
    before = request.GET.get("before", "")
    page = ledger_page(
        row.pk, desk.now, before=int(before) if before.isdecimal() and len(before) < 10 else None,
        kinds=SHOWN.get(asked, SHOWN[""])[1],
    )  # fmt: skip
    if page is None:
        raise Http404("No such line here.")
    own = OwnApproval.objects.select_related("by").filter(line=row).first() if row.owner_id is not None else None
    return render(request, "emar/stock/ledger.html", {
        "page": page, "row": row, "count": counting(row.location_id), "own": own, "asked": asked,
        "shown": [(slug, words) for slug, (words, _) in SHOWN.items()], "acts": offered(desk, page.line),
        "done": request.GET.get("done", ""), "before": before,
    })  # fmt: skip
