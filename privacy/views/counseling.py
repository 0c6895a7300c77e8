"""The privacy officer's grants to read counseling notes, and what somebody was granted."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from privacy.actions.counseling import end_counseling_grant, grant_counseling
from privacy.forms.counseling import GrantForm
from privacy.models import CounselingNoteGrant
from privacy.queries.counseling import authors, granted, grants, readers
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.GRANT_COUNSELING)
def officer(request: DeskRequest) -> HttpResponse:
    """Who may read whose notes at this site, who could, and a new grant."""
    desk, findings = request.desk, tuple[Finding, ...]()
    with timezone.override(desk.tz):
        posted = request.POST if request.method == "POST" else None
        form = GrantForm(desk, desk.site, authors(desk.site), readers(desk.site, desk.now), posted)
        if form.is_bound and form.is_valid():
            asked = form.cleaned_data
            try:
                grant_counseling(
                    by=desk.person, at=desk.now, site=desk.site, record_number=asked["record"], author_id=int(asked["author"]),
                    reader_id=int(asked["reader"]), basis=asked["basis"], words=asked["words"], until=asked["until"], key=key_in(request),
                )  # fmt: skip
                return redirect("privacy:counseling_grants")
            except NotAllowed:
                raise
            except Refused as refused:
                findings = tuple(form.take(refused.findings))
        live, over = granted(desk.site, desk.now)
        context = {"form": form, "findings": findings, "live": live, "over": over}
        return render(
            request, "privacy/counseling_grants.html", context, status=422 if form.errors or findings else 200
        )


@require_POST
@at_desk(C.GRANT_COUNSELING)
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """End a grant now."""
    desk = request.desk
    try:
        end_counseling_grant(by=desk.person, at=desk.now, site=desk.site, grant_id=pk)
    except CounselingNoteGrant.DoesNotExist:
        raise Http404 from None
    return redirect("privacy:counseling_grants")


@require_safe
@at_desk()
def mine(request: DeskRequest) -> HttpResponse:
    """What I was granted to read, and until when."""
    desk = request.desk
    with timezone.override(desk.tz):
        return render(request, "privacy/counseling_mine.html", {"grants": grants(desk.person.pk, desk.now)})
