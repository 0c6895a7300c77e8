"""A client's orders: the page, and hold, resume, stop and co-sign."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from emar import actions
from emar.access import order_at
from emar.keys import asked_key
from emar.models import VerbalOrder
from emar.order_forms import ActForm
from emar.queries.drafts import prescribers_at
from emar.queries.order_list import order_groups
from emar.queries.order_who import Whose, whose
from emar.queries.orders import Stands, order_row
from programs.desk import Desk, DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

ACTS = {"hold": actions.hold_order, "release": actions.release_order, "stop": actions.stop_order}
FOR = {"hold": (Stands.RUNS,), "release": (Stands.HELD,), "stop": (Stands.RUNS, Stands.HELD, Stands.COMING)}


def whose_at(desk: Desk, client_id: int) -> Whose:
    """The client at the desk's site. Raises Http404."""
    found = whose(desk.site, client_id, desk.now)
    if found is None:
        raise Http404("No such client here.")
    return found


def prescribers_for(desk: Desk) -> list[int] | None:
    """Whom a nurse may name; None for a prescriber, who orders directly."""
    return None if desk.may(Capability.WRITE_ORDERS) else prescribers_at(desk.site, desk.now)


def back_to(client_id: int, order_id: int) -> HttpResponse:
    """To the client's orders, with the one that was just written or changed in sight."""
    return HttpResponseRedirect(f"{reverse('emar:orders', args=[client_id])}?done={order_id}#order-{order_id}")


@require_safe
@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every order of a client: running, on hold, planned, and stopped lately."""
    desk, who = request.desk, whose_at(request.desk, client_id)
    return render(request, "emar/orders.html", {
        "who": who, "groups": order_groups(desk.site, client_id, at=desk.now), "done": request.GET.get("done", ""),
        "may_order": desk.may(Capability.WRITE_ORDERS), "may_write": who.open and _may_write(desk),
        "may_act": _may_write(desk),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_ORDERS, Capability.VERBAL_ORDERS)
def act(request: DeskRequest, order_id: int, name: str) -> HttpResponse:
    """Hold an order, release it, or stop it: asked on a page of its own, with the order in full above."""
    if name not in ACTS:
        raise Http404("No such act.")
    desk, order = request.desk, order_at(request.desk, order_id)
    form = ActForm(request.POST or None, prescribers=prescribers_for(desk), asks_why=name != "release")
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        why = {} if name == "release" else {"why": typed["why"]}
        try:
            ACTS[name](by=desk.person, at=desk.now, order_id=order_id, verbal=form.verbal, key=typed["key"], **why)  # type: ignore[operator]
            return back_to(order.client_id, order_id)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    row = order_row(order_id, at=desk.now, tz=desk.tz)
    if row is not None and row.stands not in FOR[name] and not findings:
        findings = (stop("order.not_running", f"This order is not open for that now: {row.stands.label.lower()}."),)
    context = {"row": row, "order": order, "name": name, "form": form, "findings": findings, "client": order.client}
    return render(request, "emar/order_act.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@at_desk(Capability.WRITE_ORDERS)
def cosign(request: DeskRequest, verbal_id: int) -> HttpResponse:
    """Sign what a nurse wrote down on a prescriber's word."""
    verbal = VerbalOrder.objects.filter(pk=verbal_id).first()
    if verbal is None:
        raise Http404("No such verbal order.")
    order = order_at(request.desk, verbal.order_id)
    form, desk = key_in(request), request.desk
    key = None if form is None else asked_key(form, desk.person.pk, request.session.session_key)
    actions.cosign(by=desk.person, at=desk.now, verbal_id=verbal_id, key=key)
    return back_to(order.client_id, order.pk)


def _may_write(desk: Desk) -> bool:
    return desk.may(Capability.WRITE_ORDERS) or desk.may(Capability.VERBAL_ORDERS)
