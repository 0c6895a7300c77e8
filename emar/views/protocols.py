"""The withdrawal protocols of a site: read them, write one from an example or anew, change one, end one."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from chart.scales import scale as scale_of
from emar.actions.protocols import end_protocol, write_protocol
from emar.models import Protocol
from emar.protocol_form import ProtocolForm, filled_example, filled_from
from emar.protocols import examples
from emar.queries.protocols import protocols_at
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest) -> HttpResponse:
    """The protocols in force, each with its table, and the examples to begin from."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_ORDERS)
def new(request: DeskRequest) -> HttpResponse:
    """A new protocol, from an example where ``?example=`` names one."""
    example = examples().get(request.GET.get("example", ""))
    return _write(request, None, filled_example(example) if example else {"key": uuid4(), "scale": "ciwa_ar"})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_ORDERS)
def change(request: DeskRequest, protocol_id: int) -> HttpResponse:
    """Change a protocol: the new one takes its place from now on."""
    old = _at_site(request, protocol_id)
    return _write(request, old, filled_from(old))


@require_POST
@at_desk(Capability.WRITE_ORDERS)
def end(request: DeskRequest, protocol_id: int) -> HttpResponse:
    """End a protocol."""
    desk, row = request.desk, _at_site(request, protocol_id)
    try:
        end_protocol(
            by=desk.person, at=desk.now, site_id=desk.site.pk, protocol_id=row.pk, why=request.POST.get("why", ""),
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _list(request, refused.findings)
    return HttpResponseRedirect(reverse("emar:protocols"))


def _list(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    rows = [(row, row.table, scale_of(row.scale), uuid4()) for row in protocols_at(desk.site.pk, desk.now)]
    context = {
        "rows": rows, "examples": examples().items(), "may_write": desk.may(Capability.WRITE_ORDERS), "findings": findings,
    }  # fmt: skip
    return render(request, "emar/protocols.html", context, status=422 if findings else 200)


def _write(request: DeskRequest, old: Protocol | None, filled: dict[str, object]) -> HttpResponse:
    form = ProtocolForm(request.POST if request.method == "POST" else filled)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            _send(request, form, old)
            return HttpResponseRedirect(reverse("emar:protocols"))
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "old": old, "findings": findings}
    return render(request, "emar/protocol_write.html", context, status=422 if findings else 200)


def _send(request: DeskRequest, form: ProtocolForm, old: Protocol | None) -> Protocol:
    desk = request.desk
    bands, stretches = form.bands(), form.stretches()
    if not form.is_valid() or form.wrong:
        said = [*form.wrong, *(str(each) for errors in form.errors.values() for each in errors)]
        raise Refused(*(stop("protocol.form", words) for words in dict.fromkeys(said)))
    typed = form.cleaned_data
    return write_protocol(
        by=desk.person, at=desk.now, site_id=desk.site.pk, name=typed["name"], scale=typed["scale"],
        ingredient=typed["ingredient"], unit=typed["unit"], bands=bands, stretches=stretches, source=typed["source"],
        attested=typed["attested"], low=typed["low"] or 0, end_hours=typed["end_hours"] or None,
        replaces_id=None if old is None else old.pk, key=typed["key"],
    )  # fmt: skip


def _at_site(request: DeskRequest, protocol_id: int) -> Protocol:
    found = Protocol.objects.filter(pk=protocol_id, site=request.desk.site).first()
    if found is None:
        raise Http404("No such protocol.")
    return found
