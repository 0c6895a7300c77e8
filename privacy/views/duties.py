"""What the privacy officer keeps: restrictions to decide, open emergency calls, legal papers, incidents with their clocks."""

from collections.abc import Callable

from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from documents import render as render_pdf
from privacy.actions import breaches, legal
from privacy.forms import duties as forms
from privacy.models import EmergencyCall
from privacy.pdf.reply import reply_document
from privacy.queries.breaches import Incident, incident, incidents
from privacy.queries.engagements import engagements
from privacy.queries.legal import Paper, paper, papers
from privacy.queries.own_access import requests
from privacy.queries.restrictions import waiting
from privacy.views.acting import DUTY, act, sites_of
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.forms import RuledForm


@require_safe
@at_desk(DUTY)
def duties(request: DeskRequest) -> HttpResponse:
    """Everything of the sites at which this person keeps it."""
    desk = request.desk
    sites, today = sites_of(desk), desk.now.astimezone(desk.tz).date()
    context = {
        "restrictions": waiting(sites, desk.now), "requests": requests(sites, desk.now), "engagements": engagements(sites, desk.now),
        "calls": EmergencyCall.objects.filter(site__in=sites, disclosure=None, incident=None).select_related("client", "by").order_by("at"),
        "papers": [(each, each.left(today)) for each in papers(sites, desk.now)], "incidents": incidents(sites, desk.now),
    }  # fmt: skip
    with timezone.override(desk.tz):
        return render(request, "privacy/duties.html", context)


@require_safe
@at_desk(DUTY)
def legal_request(request: DeskRequest, pk: int) -> HttpResponse:
    """One legal paper: what it asks, what it permits and why not, what was done."""
    with timezone.override(request.desk.tz):
        return render(request, "privacy/legal.html", {"paper": _paper(request.desk, pk)})


@require_safe
@at_desk(DUTY)
def reply(request: DeskRequest, pk: int) -> HttpResponse:
    """The neutral reply on paper: the same words whoever is asked for."""
    desk, found = request.desk, _paper(request.desk, pk)
    return pdf_file(render_pdf(reply_document(found.row, desk.person, desk.now)), f"reply-{pk}.pdf")


@require_safe
@at_desk(DUTY)
def breach(request: DeskRequest, pk: int) -> HttpResponse:
    """One incident with its clocks, its assessment, and who was told."""
    with timezone.override(request.desk.tz):
        return render(request, "privacy/incident.html", {"incident": _incident(request.desk, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def legal_new(request: DeskRequest) -> HttpResponse:
    """Write a legal paper down."""
    desk = request.desk

    def run(form: Form) -> str:
        asked = dict(form.cleaned_data)
        asked["recipient_id"] = int(asked.pop("recipient") or 0) or None
        asked.pop("key")
        row = legal.keep_legal_request(by=desk.person, at=desk.now, site=desk.site, key=key_in(request), **asked)
        return reverse("privacy:legal_request", args=[row.pk])

    about = (
        "Nothing is confirmed or sent by this. A subpoena, a warrant or a letter alone permits nothing (42 CFR 2.61)."
    )
    return act(request, forms.LegalForm, run, "A legal paper came", about)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def legal_step(request: DeskRequest, pk: int) -> HttpResponse:
    """What happened to it."""
    desk, back = request.desk, reverse("privacy:legal_request", args=[_paper(request.desk, pk).row.pk])

    def run(form: Form) -> str:
        asked = {name: form.cleaned_data[name] for name in ("kind", "answer", "words")}
        legal.step_legal_request(by=desk.person, at=desk.now, request_id=pk, key=key_in(request), **asked)
        return back

    return act(request, forms.LegalStepForm, run, f"Legal request {pk}: what happened", back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def incident_new(request: DeskRequest) -> HttpResponse:
    """Write an incident down."""
    desk = request.desk

    def run(form: Form) -> str:
        asked = {name: form.cleaned_data[name] for name in ("what", "happened_on", "discovered_at", "people")}
        call = int(form.cleaned_data["call"] or 0) or None
        row = breaches.keep_incident(
            by=desk.person, at=desk.now, site=desk.site, call_id=call, key=key_in(request), **asked
        )
        return reverse("privacy:incident", args=[row.pk])

    about = "Its clocks run from the day of discovery, as for a breach, until an assessment says that it is none."
    return act(request, forms.IncidentForm, run, "An incident of privacy", about)


def _of_incident(
    form: type[RuledForm], action: Callable[..., object], title: str, *names: str
) -> Callable[..., HttpResponseBase]:
    """An act on one incident: ``names`` are the fields of the form that it takes."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @at_desk(DUTY)
    def view(request: DeskRequest, pk: int) -> HttpResponse:
        desk, back = request.desk, reverse("privacy:incident", args=[_incident(request.desk, pk).row.pk])

        def run(filled: Form) -> str:
            asked = {name: filled.cleaned_data[name] for name in names}
            if "breach" in asked:
                asked["breach"] = asked["breach"] == "yes"
            action(by=desk.person, at=desk.now, incident_id=pk, key=key_in(request), **asked)
            return back

        return act(request, form, run, f"{title} {pk}", back=back)

    return view


person = _of_incident(forms.PersonForm, breaches.name_person, "A person concerned by incident", "record_number")
assess = _of_incident(
    forms.AssessForm, breaches.assess, "Assess incident", "information", "receiver", "acquired", "mitigated", "breach", "reason",
    "people", "most_in_state",
)  # fmt: skip
notice = _of_incident(
    forms.NoticeForm, breaches.keep_notice, "Who was told of incident", "whom", "sent_on", "how", "proof"
)
close = _of_incident(forms.CloseForm, breaches.close_incident, "Close incident", "words")


def _paper(desk: Desk, pk: int) -> Paper:
    found = paper(sites_of(desk), desk.now, pk)
    if found is None:
        raise Http404
    return found


def _incident(desk: Desk, pk: int) -> Incident:
    found = incident(sites_of(desk), desk.now, pk)
    if found is None:
        raise Http404
    return found
