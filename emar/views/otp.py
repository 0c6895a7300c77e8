"""Enter what an opioid treatment program said of a client's last dose."""

from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused, stop
from emar.actions.verifications import verify_dose
from emar.models import Verification
from emar.queries.order_who import Whose
from emar.queries.policy import policy_of
from emar.views.orders import whose_at
from programs.desk import DeskRequest, at_desk
from programs.forms import WallClock
from programs.people import mine
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

INPUT = {"class": "input", "autocomplete": "off"}


class VerificationForm(forms.Form):
    """What the program said; times on the site's clock."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Reload the page and send it again."})
    program = forms.CharField(
        label="Which program", required=False, max_length=300, widget=forms.TextInput(attrs=INPUT)
    )
    told_by = forms.CharField(
        label="Who there said it", required=False, max_length=300, widget=forms.TextInput(attrs=INPUT)
    )
    how = forms.ChoiceField(
        label="How", choices=Verification.How.choices, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    heard_at = WallClock(passed=True, label="When you heard it (empty: now)", required=False)
    last_dose = forms.DecimalField(
        label="Last dose, in mg", required=False, widget=forms.TextInput(attrs=INPUT | {"inputmode": "decimal"}),
        error_messages={"invalid": "Enter the last dose in mg as a number."},
    )  # fmt: skip
    last_dose_at = WallClock(passed=True, label="When it was taken", required=False)
    take_home_doses = forms.IntegerField(
        label="Take-home doses they have", required=False, widget=forms.TextInput(attrs=INPUT | {"inputmode": "numeric"}),
        error_messages={"invalid": "Enter the take-home doses as a whole number."},
    )  # fmt: skip
    note = forms.CharField(label="Note", required=False, max_length=1000, widget=forms.TextInput(attrs=INPUT))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.GIVE_DOSES, Capability.WRITE_ORDERS)
def verify(request: DeskRequest, client_id: int) -> HttpResponse:
    """What the program said before, and the form; a POST keeps it. ``?corrects=`` names an entry to correct."""
    desk, who = request.desk, whose_at(request.desk, client_id)
    old = _old(request, client_id)
    posted = request.method == "POST"
    form = VerificationForm(request.POST if posted else _filled(old))
    findings: tuple[Finding, ...] = ()
    if posted:
        try:
            _keep(request, who, form, old)
            return HttpResponseRedirect(reverse("emar:verify_otp", args=[client_id]))
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    rows = (
        Verification.objects.filter(mine(client_id)).select_related("by", "corrected_by").order_by("-heard_at", "-pk")
    )
    context = {
        "who": who, "form": form, "findings": findings, "rows": rows, "old": old,
        "hours": int(policy_of(desk.site.pk, desk.now).otp_verified.total_seconds() // 3600),
    }  # fmt: skip
    return render(request, "emar/verify_otp.html", context, status=422 if findings else 200)


def _keep(request: DeskRequest, who: Whose, form: VerificationForm, old: Verification | None) -> Verification:
    desk = request.desk
    if not form.is_valid():
        raise Refused(*(stop("verify.form", str(each)) for errors in form.errors.values() for each in errors))
    typed = form.cleaned_data
    return verify_dose(
        by=desk.person, at=desk.now, episode_id=who.episode.pk, program=typed["program"], told_by=typed["told_by"],
        how=typed["how"], last_dose=typed["last_dose"], last_dose_at=typed["last_dose_at"], heard_at=typed["heard_at"],
        take_home_doses=typed["take_home_doses"] or 0, note=typed["note"], corrects_id=None if old is None else old.pk,
        key=typed["key"],
    )  # fmt: skip


def _old(request: DeskRequest, client_id: int) -> Verification | None:
    asked = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if not asked.isdecimal() or len(asked) > 12:
        return None
    found = Verification.objects.filter(pk=int(asked), client=client_id).first()
    if found is None:
        raise Http404("No such entry.")
    return found


def _filled(old: Verification | None) -> dict[str, object]:
    if old is None:
        return {"key": uuid4(), "how": Verification.How.PHONE}
    clock = "%Y-%m-%dT%H:%M"
    return {
        "key": uuid4(), "program": old.program, "told_by": old.told_by, "how": old.how, "last_dose": f"{old.last_dose.normalize():f}",
        "heard_at": timezone.localtime(old.heard_at).strftime(clock), "take_home_doses": old.take_home_doses,
        "last_dose_at": timezone.localtime(old.last_dose_at).strftime(clock),
    }  # fmt: skip
