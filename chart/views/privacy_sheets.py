"""A client's restrictions (42 CFR 2.26), and a medical emergency (2.51): the pages and the sheets."""

from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_with
from chart.actions.emergency import emergency_paper, keep_call
from chart.forms.privacy_sheets import AccessForm, CallForm, DecideForm, EndRestrictionForm, PaperForm, RestrictionForm
from chart.queries.head import head
from chart.views.sheets import Asked, Sheet
from privacy.actions.own_access import keep_access_request
from privacy.actions.release import PURPOSE
from privacy.actions.restrictions import ask_restriction, step_restriction
from privacy.models import EmergencyCall, RestrictionRequest
from privacy.queries.restrictions import kept
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Client
from programs.people import ids_of
from programs.step_up import StepUpForm
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C

SIGHT = (C.SEE_CONSENTS, C.KEEP_CONSENTS, C.PRIVACY_DUTIES)


@require_safe
@at_desk(*SIGHT)
def restrictions(request: DeskRequest, client_id: int) -> HttpResponse:
    """What the client asked to keep back, and what became of it."""
    desk, client = request.desk, client_with(request.desk, client_id, *SIGHT)
    top = head(client, desk.site, desk.now)
    context = {
        "head": top, "here": "consents", "kept": kept(ids_of(client), desk.now), "may": desk.may(C.KEEP_CONSENTS),
        "may_decide": desk.may(C.PRIVACY_DUTIES),
    }  # fmt: skip
    with timezone.override(top.site.tz):
        return render(request, "chart/consents/restrictions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.RELEASE)
def emergency(request: DeskRequest, client_id: int) -> HttpResponse:
    """Tell the hospital: the facts, what they need, and the paper at once."""
    desk, client = request.desk, client_with(request.desk, client_id, C.RELEASE)
    form = PaperForm(desk, desk.site, client, None, request.POST if request.method == "POST" else None)
    findings: tuple[Finding, ...] = ()
    if form.is_bound and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("facility", "personnel", "medical", "nature", "classes")}
        try:
            proof = StepUpForm(request.POST, desk=desk, capability=C.RELEASE).proof(
                purpose=PURPOSE, key=key_in(request)
            )
            row = emergency_paper(
                by=desk.person, at=desk.now, client=client, site=desk.site, proof_id=proof.pk, key=key_in(request), **asked
            )  # fmt: skip
            return redirect("chart:released", client.pk, row.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = tuple(form.take(refused.findings))
    context = {
        "head": head(client, desk.site, desk.now), "form": form, "findings": findings, "restrained": form.asks_restraint(),
        "signing": StepUpForm(desk=desk, capability=C.RELEASE),
        "open": EmergencyCall.objects.filter(client__in=ids_of(client), disclosure=None, incident=None).order_by("at"),
    }  # fmt: skip
    with timezone.override(desk.tz):
        return render(request, "chart/release/emergency.html", context, status=422 if findings or form.errors else 200)


def _ask(asked: Asked) -> models.Model:
    typed = asked.data
    return asked.call(
        ask_restriction, site=asked.desk.site, client_id=asked.client.pk, how=asked.text("how"), words=asked.text("words"),
        purposes=typed["purposes"], classes=typed["classes"], recipient_kind=asked.text("kind"), evidence=asked.text("evidence"),
        recipient_id=int(asked.text("recipient")) if asked.text("recipient") else None, paid_in_full=bool(typed["paid_in_full"]),
    )  # fmt: skip


def _decide(asked: Asked) -> models.Model:
    return asked.call(step_restriction, request_id=_pk(asked), kind=asked.text("decision"), reason=asked.text("reason"))


def _end(asked: Asked) -> models.Model:
    return asked.call(
        step_restriction, request_id=_pk(asked), kind=asked.text("how"), reason=asked.text("reason"), paper=asked.text("paper")
    )  # fmt: skip


def _call(asked: Asked) -> models.Model:
    names = ("facility", "personnel", "nature", "discloser")
    return asked.call(
        keep_call, client_id=asked.client.pk, site=asked.desk.site, medical=bool(asked.data["medical"]),
        told_at=asked.data["told_at"], classes=asked.data["classes"], call_id=_pk(asked) or None,
        **{name: asked.text(name) for name in names},
    )  # fmt: skip


def _own_access(asked: Asked) -> models.Model:
    return asked.call(
        keep_access_request, site=asked.desk.site, client_id=asked.client.pk, asked_on=asked.data["asked_on"],
        **{name: asked.text(name) for name in ("how", "asks", "wanted")},
    )  # fmt: skip


def _release_it(client: Client, made: models.Model) -> str:
    """The release that answers it, filled in."""
    return f"{reverse('chart:release', args=[client.pk])}?access={made.pk}"


def _pk(asked: Asked) -> int:
    return asked.row.pk if asked.row is not None else 0


def _after(client: Client, made: models.Model) -> str:
    """The disclosure where it is whole; else the page where what is missing is asked for."""
    call = made if isinstance(made, EmergencyCall) else None
    if call is not None and call.disclosure_id is not None:
        return reverse("chart:released", args=[client.pk, call.disclosure_id])
    return reverse("chart:emergency", args=[client.pk])


TOLD = "Write down at once who was told what. What is not known yet is asked for by a task that stays open (42 CFR 2.51(c))."
RESTRICTIONS = {
    "restriction_new": Sheet(
        "The client asks for a restriction", "Keep the request", C.KEEP_CONSENTS, RestrictionForm, _ask,
        about="They may ask that something not be used or disclosed for treatment, payment or operations. The privacy officer decides; "
        "nothing is kept back until it is agreed to (42 CFR 2.26).", back="chart:restrictions", tab="consents",
    ),
    "restriction_decide": Sheet(
        "Decide the restriction", "Keep the decision", C.PRIVACY_DUTIES, DecideForm, _decide, RestrictionRequest,
        about="The program may decline, with a reason. What was paid in full must be kept from the health plan.",
        back="chart:restrictions", tab="consents",
    ),
    "restriction_end": Sheet(
        "End the restriction", "End it", C.PRIVACY_DUTIES, EndRestrictionForm, _end, RestrictionRequest,
        about="What the program ends goes on counting for what was recorded before.", back="chart:restrictions", tab="consents",
        stops=True,
    ),
}  # fmt: skip
ACCESS = Sheet(
    "The client asks for their own record", "Keep the request", C.RELEASE, AccessForm, _own_access,
    about="It needs no consent and no reason (42 CFR 2.23). It is answered within thirty days (45 CFR 164.524); the privacy officer sees "
    "the clock.", back="chart:release", tab="papers", after=_release_it,
)  # fmt: skip
CALLS = {
    "emergency_call": Sheet(
        "Told by telephone in an emergency", "Keep it", C.RELEASE, CallForm, _call, about=TOLD, back="chart:emergency", tab="papers",
        after=_after,
    ),
    "emergency_complete": Sheet(
        "Complete what was told in an emergency", "Keep it", C.RELEASE, CallForm, _call, EmergencyCall, about=TOLD,
        back="chart:emergency", tab="papers", after=_after,
    ),
}  # fmt: skip
