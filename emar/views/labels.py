"""Print a person's wristband, and labels for medications."""

from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Refused
from emar.actions import bands as band_actions
from emar.actions import labels as label_actions
from emar.models import Medication
from emar.pdf.labels import Size, bands_pdf, labels_pdf
from emar.queries.labels import in_use, labels_page
from emar.queries.policy import policy_of
from programs import bands
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.models import Client
from programs.queries import people_at
from programs.rules.bands import PRINTED_ANEW, said_on_band
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


class PrintForm(forms.Form):
    """Which medications, what the labels go on, and how many of each."""

    medication = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": "Choose at least one medication.", "invalid_choice": "One is gone. Choose again."},
    )
    size = forms.ChoiceField(choices=[(size.value, size.label) for size in Size])
    each = forms.IntegerField(
        min_value=1, max_value=56, error_messages={"invalid": "Write how many as a number, 1 to 56."}
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        choices = [(str(pk), "") for pk in Medication.objects.filter(is_active=True).values_list("pk", flat=True)]
        self.fields["medication"].choices = choices  # type: ignore[attr-defined]


@require_GET
@at_desk(Capability.LABELS)
def band(request: DeskRequest, client_id: int) -> HttpResponse:
    """The wristband that a person wears, and what can be done about it."""
    return _band(request, _client(request, client_id))


@require_POST
@at_desk(Capability.LABELS)
def give(request: DeskRequest, client_id: int) -> HttpResponse:
    """Give a first wristband, or another one with the reason."""
    desk, client = request.desk, _client(request, client_id)
    asked = {"by": desk.person, "at": desk.now, "site_id": desk.site.pk, "client_id": client.pk, "key": key_in(request)}
    try:
        if "why" in request.POST:
            band_actions.replace_band(why=request.POST["why"], **asked)  # type: ignore[arg-type]
        else:
            band_actions.give_band(**asked)  # type: ignore[arg-type]
    except NotAllowed:
        raise
    except Refused as refused:
        return _band(request, client, refused)
    return HttpResponseRedirect(reverse("emar:band_page", args=[client.pk]))


@require_GET
@at_desk(Capability.LABELS)
def band_pdf(request: DeskRequest, client_id: int) -> HttpResponse:
    """The wristband that counts, to print; that it was printed is on the trail."""
    desk, client = request.desk, _client(request, client_id)
    worn = band_actions.print_band(by=desk.person, at=desk.now, site_id=desk.site.pk, client_id=client.pk)
    return pdf_file(bands_pdf([worn], policy_of(desk.site.pk, desk.now).band_name), "wristband.pdf")


@require_GET
@at_desk(Capability.LABELS)
def labels(request: DeskRequest) -> HttpResponse:
    """Choose medications to print labels for: what is ordered here, or what is looked for."""
    return _labels(request, PrintForm())


@require_POST
@at_desk(Capability.LABELS)
def print_labels(request: DeskRequest) -> HttpResponse:
    """The labels as a PDF; medications without a code of their own get one."""
    desk, form = request.desk, PrintForm(request.POST)
    if not form.is_valid():
        return _labels(request, form, status=422)
    wanted, size = form.cleaned_data["medication"], Size(form.cleaned_data["size"])
    try:
        label_actions.print_labels(
            by=desk.person, at=desk.now, site_id=desk.site.pk, medications=sorted(set(wanted)), key=key_in(request)
        )
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_error("medication", str(refused))
        return _labels(request, form, status=422)
    chosen = list(Medication.objects.filter(pk__in=wanted).order_by("name", "form", "pk"))
    codes = in_use([each.pk for each in chosen])
    content = labels_pdf(desk.site, chosen, codes, size, each=form.cleaned_data["each"], at=desk.now)
    return pdf_file(content, "labels.pdf")


def _client(request: DeskRequest, client_id: int) -> Client:
    client = people_at(request.desk.site, request.desk.now).filter(pk=client_id).first()
    if client is None:
        raise Http404("No such client here.")
    return client


def _band(request: DeskRequest, client: Client, refused: Refused | None = None) -> HttpResponse:
    desk = request.desk
    name, line = said_on_band(
        policy_of(desk.site.pk, desk.now).band_name,
        client.preferred_name or client.first_name, client.last_name, client.born_on,
    )  # fmt: skip
    context = {
        "client": client,
        "worn": bands.current(client.pk, desk.now),
        "name": name,
        "line": line,
        "reasons": PRINTED_ANEW,
        "refused": refused.findings if refused else (),
        "key": uuid4(),
    }
    return render(request, "emar/band.html", context, status=422 if refused else 200)


def _labels(request: DeskRequest, form: PrintForm, status: int = 200) -> HttpResponse:
    desk, asked = request.desk, request.GET.get("q", "").strip()[:80]
    context = {
        "page": labels_page(desk.site, asked, at=desk.now),
        "asked": asked,
        "chosen": set(request.POST.getlist("medication")) | set(request.GET.getlist("medication")),
        "sizes": tuple(Size),
        "size": request.POST.get("size", Size.UNIT.value),
        "count": request.POST.get("each", "1"),
        "errors": [message for messages in form.errors.values() for message in messages] if form.is_bound else [],
        "key": uuid4(),
    }
    return render(request, "emar/labels.html", context, status=status)
