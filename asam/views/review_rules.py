"""By which rule the clients of each program are due, what it was before, and setting it."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from asam.actions.reviews import set_review_policy
from asam.forms.reviews import PolicyForm
from asam.queries.review_rules import rules_page
from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Program
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_LEVELS)
def rules(request: DeskRequest) -> HttpResponse:
    """The rule of every program of the site, with its source."""
    return _page(request)


@require_POST
@at_desk(Capability.DECIDE)
def set_rule(request: DeskRequest, program_id: int) -> HttpResponse:
    """Set a program's own rule, from now on."""
    desk = request.desk
    program = get_object_or_404(Program, pk=program_id, site=desk.site)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _page(request, program, form)
    typed = form.cleaned_data
    try:
        set_review_policy(
            by=desk.person, at=desk.now, program_id=program.pk, days=typed["days"], hours=typed["hours"], off=form.off,
            why=typed["why"], key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, program, form, refused.findings)
    return redirect("asam:review_rules")


def _page(
    request: DeskRequest,
    program: Program | None = None,
    form: PolicyForm | None = None,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    desk = request.desk
    context = {
        "page": rules_page(desk.site, desk.now), "program": program, "form": form, "findings": findings, "key": uuid4(),
        "may_decide": desk.may(Capability.DECIDE),
    }  # fmt: skip
    wrong = bool(findings) or (form is not None and bool(form.errors))
    return render(request, "asam/review_rules.html", context, status=422 if wrong else 200)
