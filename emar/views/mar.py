"""A client's medication record of a month, now or as of a past minute, on the page and on paper."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chart.access import client_for
from documents import render as render_pdf
from emar.actions.open_mar import open_mar
from emar.pdf.mar import mar_document
from emar.queries.mar import mar
from emar.queries.mar.month import next_month
from emar.rules.asked import ask_month
from programs.desk import Desk, DeskRequest, at_desk
from programs.files import pdf_file
from programs.models import Client
from programs.rules.past import Past, past_minute
from staff.rules.capabilities import Capability

NOT_UNDERSTOOD = 400


@dataclass(frozen=True)
class Asked:
    """The month and the minute of the address; ``wrong`` says what is wrong with either, ``past`` is None for now."""

    first: date
    past: Past | None
    wrong: dict[str, str]
    typed: dict[str, str]

    @property
    def at(self) -> datetime | None:
        """The past minute, None for now."""
        return None if self.past is None else self.past.at

    def address(self, first: date | None = None) -> str:
        """What follows the '?' for the same minute, and this or another month."""
        asked = {"month": f"{first or self.first:%Y-%m}"}
        if self.past is not None:
            asked |= {"at": self.past.typed} | ({"fold": "1"} if self.past.second else {})
        return urlencode(asked)


def asked_in(request: DeskRequest) -> Asked:
    """The month and the minute of the address, judged on the site's calendar; of a past minute its month is meant."""
    desk = request.desk
    typed = {name: request.GET.get(name, "").strip() for name in ("month", "at")}
    past = past_minute(typed["at"], desk.now, desk.tz, second=request.GET.get("fold") == "1") if typed["at"] else None
    meant = (past.at if past and past.at else desk.now).astimezone(desk.tz).date()
    first, wrong_month = ask_month(typed["month"], meant)
    wrong = {"month": wrong_month, "at": past.wrong if past else ""}
    return Asked(first, past, {name: words for name, words in wrong.items() if words}, typed)


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest, client_id: int) -> HttpResponse:
    """The month on a page."""
    desk, client = request.desk, client_for(request.desk, client_id)
    asked = asked_in(request)
    if asked.wrong:
        return _refuse(request, client, asked)
    _open(desk, client, asked)
    month = mar(client, desk.site, asked.first, asked.at or desk.now)
    with timezone.override(month.site.tz):
        context = {
            "page": month, "asked": asked, "client": client, "address": asked.address(),
            "before": asked.address((asked.first - timedelta(days=1)).replace(day=1)),
            "after": asked.address(next_month(asked.first)),
        }  # fmt: skip
        return render(request, "emar/mar.html", context)


@at_desk(Capability.SEE_PASS)
def pdf(request: DeskRequest, client_id: int) -> HttpResponse:
    """The month on paper."""
    desk, client = request.desk, client_for(request.desk, client_id)
    asked = asked_in(request)
    if asked.wrong:
        return _refuse(request, client, asked)
    _open(desk, client, asked, printed=True)
    month = mar(client, desk.site, asked.first, asked.at or desk.now)
    content = render_pdf(mar_document(month, by=desk.person, now=desk.now))
    return pdf_file(content, f"mar-{client.record_number}-{asked.first:%Y-%m}.pdf")


def _open(desk: Desk, client: Client, asked: Asked, *, printed: bool = False) -> None:
    open_mar(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, month=asked.first, as_of=asked.at,
        printed=printed,
    )  # fmt: skip


def _refuse(request: DeskRequest, client: Client, asked: Asked) -> HttpResponse:
    """The form with what was typed and what is wrong with it; nothing is shown."""
    context = {"page": None, "asked": asked, "client": client}
    return render(request, "emar/mar.html", context, status=NOT_UNDERSTOOD)
