"""The census and the turnaround of beds on pages. Sums only; no names of people."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from beds.queries.census import census_page, turnaround_page
from beds.rules.census import Asked, ask
from programs.desk import DeskRequest, at_desk
from programs.rules.dates import DateField
from staff.rules.capabilities import Capability

NOT_UNDERSTOOD = 400


def asked_in(request: DeskRequest) -> Asked:
    """The dates of the address, judged on the site's calendar."""
    on, start, end = (request.GET.get(name, "").strip() for name in ("on", "from", "to"))
    return ask(on, start, end, request.desk.now.astimezone(request.desk.tz).date())


@at_desk(Capability.SEE_BEDS)
def census(request: DeskRequest) -> HttpResponse:
    """One midnight, and the range around it."""
    asked = asked_in(request)
    if asked.wrong:
        return refuse(request, "beds/census.html", asked)
    return render(
        request, "beds/census.html", {"page": census_page(request.desk.site, asked), "fields": fields(asked), "asked": asked}
    )  # fmt: skip


@at_desk(Capability.SEE_BEDS)
def turnaround(request: DeskRequest) -> HttpResponse:
    """How long beds took to be clean again."""
    asked = asked_in(request)
    if asked.wrong:
        return refuse(request, "beds/turnaround.html", asked)
    page = turnaround_page(request.desk.site, asked)
    return render(request, "beds/turnaround.html", {"page": page, "fields": fields(asked)[1:], "asked": asked})


def fields(asked: Asked) -> tuple[DateField, ...]:
    """The three dates as the form shows them."""

    def field(name: str, label: str, meant: date) -> DateField:
        return DateField(name, label, asked.typed[name] or meant.isoformat(), asked.wrong.get(name, ""))

    return (
        field("on", "Midnight that ends", asked.on), field("from", "Range from", asked.first),
        field("to", "to", asked.last),
    )  # fmt: skip


def refuse(request: DeskRequest, template: str, asked: Asked) -> HttpResponse:
    """The form with what was typed and what is wrong with it; nothing is counted."""
    shown = fields(asked)
    chosen = shown if template == "beds/census.html" or asked.wrong.get("on") else shown[1:]
    return render(request, template, {"page": None, "fields": chosen, "asked": asked}, status=NOT_UNDERSTOOD)
