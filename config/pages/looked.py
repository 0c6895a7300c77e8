"""Who has looked at one client's record: on a page, and on paper for the client."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit.queries import Looker, who_looked
from chart.access import ever_at_sites, sites_for
from config.pages.audit import find_client
from documents import Column, Document, Heading, Kind, Table, Text
from documents import render as render_pdf
from documents.blocks import HANDED
from programs.desk import DeskRequest, at_desk
from programs.files import pdf_file
from programs.models import Client
from programs.people import ids_of
from programs.rules.dates import Asked, Calendar, said, said_at
from staff.rules.capabilities import Capability

USUAL = 365  # days
MOST = 6 * 366  # days, as long as accountings are kept


@dataclass(frozen=True)
class Looked:
    """A client, the dates that are asked for, and everybody who looked in them."""

    client: Client
    asked: Asked
    lookers: list[Looker]


@require_safe
@at_desk(Capability.WATCH)
def find(request: DeskRequest) -> HttpResponse:
    """By the number of the record."""
    record = request.GET.get("record", "").replace("\x00", "").strip()[:20]
    client = find_client(record, request.desk) if record else None
    if client is not None:
        return HttpResponseRedirect(reverse("audit:looked", args=[client.pk]))
    return render(request, "audit/looked_find.html", {"record": record}, status=422 if record else 200)


@require_safe
@at_desk(Capability.WATCH)
def page(request: DeskRequest, client_id: int) -> HttpResponse:
    """Person by person, the newest first."""
    found = _looked(request, client_id)
    return render(request, "audit/looked.html", {"found": found}, status=422 if found.asked.wrong else 200)


@require_safe
@at_desk(Capability.WATCH)
def paper(request: DeskRequest, client_id: int) -> HttpResponse:
    """The same for the client's hands."""
    found, desk = _looked(request, client_id), request.desk
    if found.asked.wrong:
        raise Http404(next(iter(found.asked.wrong.values())))
    tz, asked = desk.tz, found.asked
    rows = tuple(
        (each.who, each.role, said_at(each.first, tz), said_at(each.last, tz), each.times, ", ".join(each.parts))
        for each in found.lookers
    )
    columns = (
        Column("Who", Kind.STRONG), Column("Works as"), Column("First"), Column("Last"), Column("Times", Kind.NUMBER), Column("What"),
    )  # fmt: skip
    document = Document(
        title="Who has looked at this record", organisation=desk.site.organisation.name, site=desk.site.name,
        as_of=f"As of {said_at(desk.now, tz)}", confidential=HANDED, printed_by=f"Printed by {desk.person.signature}", landscape=True,
        blocks=(
            Heading(f"{found.client.called}, {found.client.record_number}"),
            Text(
                f"From {said(asked.first)} to {said(asked.last)}. Everybody who works here and opened, printed or exported a part of the "
                "record is named. Each part counts once an hour. Lists that show many people at once, like the bed board, are not in it. "
                "What was given to others outside is in the accounting of disclosures."
            ),
            Table(columns, rows) if rows else Text("Nobody looked at the record in this time."),
        ),
    )  # fmt: skip
    return pdf_file(render_pdf(document), f"who-looked-{found.client.record_number}-{asked.first}-{asked.last}.pdf")


def _looked(request: DeskRequest, client_id: int) -> Looked:
    """Raises Http404 for a client who was never at one of the person's sites."""
    desk = request.desk
    client = ever_at_sites(sites_for(desk, Capability.WATCH)).filter(pk=client_id).first()
    if client is None:
        raise Http404("There is no such record here.")
    today = desk.now.astimezone(desk.tz).date()
    calendar = Calendar(today, MOST, "is still to come", "recorded", "a list covers six years at most")
    asked = calendar.ask(request.GET.get("from", ""), request.GET.get("to", ""), USUAL)
    if asked.wrong:
        return Looked(client, asked, [])
    since, until = (
        datetime.combine(day, time(), desk.tz).astimezone(UTC) for day in (asked.first, asked.last + timedelta(days=1))
    )
    return Looked(client, asked, who_looked(ids_of(client), since, until))
