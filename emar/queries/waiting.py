"""What the medication room adds to the task list: the lines of its own tasks, each with where it is done."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from urllib.parse import urlencode

from django.urls import reverse

from emar.keys import minute_of
from emar.queries.mar.words import say_when
from emar.queries.tasks import Tasks, Whose, tasks
from programs.contributions import Waiting
from programs.models import Site
from staff.rules.capabilities import Capability

KIND = "medication"
GIVE, ORDER = Capability.GIVE_DOSES.value, Capability.WRITE_ORDERS.value


def waiting(site_id: int, person_id: int, at: datetime) -> Iterator[Waiting]:
    """Everything of ``emar.queries.tasks`` at the site; a verbal order is its own prescriber's."""
    site = Site.objects.get(pk=site_id)
    found = tasks(site, at)
    yield from _prescribers(found, site.tz)
    yield from _nurses(found, site.tz)
    yield from _stock(found, site.tz)


def _prescribers(found: Tasks, tz: tzinfo) -> Iterator[Waiting]:
    for row in found.refused:
        line = f"{row.found.words}, last due {say_when(row.found.last_at, tz)}"
        url = reverse("emar:orders", args=[row.whose.client_id])
        yield _of(row.whose, f"Refused again: {row.title}", line, row.found.last_at, True, ORDER, url, "Orders")
    for order in found.cosigns:
        line = (
            f"{order.act} {say_when(order.at, tz)}, {order.heard.lower()}, {order.prescriber}, taken down by {order.by}"
        )
        url = f"{reverse('emar:orders', args=[order.client_id])}#order-{order.order_id}"
        yield Waiting(
            KIND, order.client_id, order.client, f"Order to co-sign: {order.order}", line, order.due_at, order.overdue, urgent=False,
            capability=ORDER, url=url, act="Co-sign", mine=order.prescriber_id,
        )  # fmt: skip


def _nurses(found: Tasks, tz: tzinfo) -> Iterator[Waiting]:
    for owed in found.owed:
        line = f"Given {say_when(owed.given_at, tz)} by {owed.by}"
        url = _pass(owed.whose, found.at)
        yield _of(owed.whose, f"Did {owed.title} help?", line, owed.due_at, owed.overdue, GIVE, url, "Look")
    for missed in found.missed:
        line = f"Due {say_when(missed.due_at, tz)}, closed {say_when(missed.closed_at, tz)}"
        url = _pass(missed.whose, missed.due_at)
        yield _of(missed.whose, f"Missed dose: {missed.title}", line, missed.closed_at, True, GIVE, url, "Chart")
    for due in found.scores:
        url = reverse("chart:score", args=[due.whose.client_id, due.code])
        capability = Capability.SCORE.value
        yield _of(due.whose, f"{due.scale} due", f"For {due.title}", due.due_at, True, capability, url, "Score")
    if found.unsettled:
        title = f"{found.unsettled} dose{'' if found.unsettled == 1 else 's'} charted without the network to settle"
        capability, url = Capability.CORRECT_DOSES.value, reverse("emar:unsettled")
        yield Waiting(
            KIND, None, "", title, "", None, late=True, urgent=False, capability=capability, url=url, act="Settle"
        )


def _stock(found: Tasks, tz: tzinfo) -> Iterator[Waiting]:
    for count in found.counts:
        url = (
            reverse("emar:stock_count", args=[count.running.pk])
            if count.running is not None
            else reverse("emar:stock_begin", args=[count.location.pk])
        )
        yield Waiting(
            KIND, None, "", f"Count {count.location.name}", "At the change of shift, by who goes and who comes", count.due_at, count.late,
            urgent=False, capability=Capability.STOCK.value, url=url, act="Count",
        )  # fmt: skip
    for row in found.variances:
        line, url = f"{row.location}, {say_when(row.opened_at, tz)}", reverse("emar:stock_variance", args=[row.pk])
        yield Waiting(
            KIND, None, "", f"Count that does not agree: {row.line}", line, row.opened_at, row.late, urgent=False,
            capability=Capability.STOCK_SUPERVISE.value, url=url, act="Resolve",
        )  # fmt: skip


def _of(
    whose: Whose, title: str, line: str, due_at: datetime, late: bool, capability: str, url: str, act: str
) -> Waiting:  # fmt: skip
    where = f" · {whose.place.unit} {whose.place.short}" if whose.place else ""
    return Waiting(
        KIND,
        whose.client_id,
        whose.client,
        title,
        f"{line}{where}",
        due_at,
        late,
        urgent=False,
        capability=capability,
        url=url,
        act=act,
    )


def _pass(whose: Whose, at: datetime) -> str:
    """The client on the pass around that time; the medication record of who sleeps on no unit."""
    if whose.place is None:
        return reverse("emar:mar", args=[whose.client_id])
    address = reverse("emar:pass", args=[whose.place.unit_id, minute_of(at)])
    return f"{address}?{urlencode({'client': whose.client_id})}"
