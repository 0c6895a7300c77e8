"""A form of the privacy officer's duties, and what it does."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Finding, Refused
from programs.desk import Desk, DeskRequest
from programs.forms import RuledForm
from staff.access import NotAllowed
from staff.rules.capabilities import Capability, allows

DUTY = Capability.PRIVACY_DUTIES


def sites_of(desk: Desk) -> set[int]:
    """The sites at which this person keeps the duties."""
    return {post.site_id for post in desk.posts if allows(post.role, DUTY)}


def act(
    request: DeskRequest, of: Callable[..., RuledForm], run: Callable[[Form], str], title: str, about: str = "", back: str = ""
) -> HttpResponse:  # fmt: skip
    """A form and what it does; then where it leads. A refusal stands beside its field."""
    desk = request.desk
    with timezone.override(desk.tz):
        form = of(desk, desk.site, request.POST if request.method == "POST" else None)
        findings: tuple[Finding, ...] = ()
        if form.is_bound and form.is_valid():
            try:
                return redirect(run(form))
            except NotAllowed:
                raise
            except Refused as refused:
                findings = tuple(form.take(refused.findings))
        back = back or reverse("privacy:duties")
        context = {"form": form, "findings": findings, "title": title, "about": about, "back": back}
        return render(request, "privacy/act.html", context, status=422 if form.is_bound else 200)
