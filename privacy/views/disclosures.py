"""Look up what left: by recipient, record number, number or fingerprint, and day."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.queries.accounting import MOST, found
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability, allows


@require_safe
@at_desk(Capability.SEE_DISCLOSURES)
def disclosures(request: DeskRequest) -> HttpResponse:
    """Every disclosure of the sites at which this person may look."""
    desk = request.desk
    sites = {post.site_id for post in desk.posts if allows(post.role, Capability.SEE_DISCLOSURES)}
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    first, last = (_day(request.GET.get(name, "")) for name in ("from", "to"))
    with timezone.override(desk.tz):
        rows = found(sites, words, first, last, desk.now)
        context = {"rows": rows, "q": words, "first": first, "last": last, "most": MOST if len(rows) == MOST else 0}
        return render(request, "privacy/disclosures.html", context)


def _day(typed: str) -> date | None:
    """The day; None where it is none."""
    try:
        return date.fromisoformat(typed.strip()[:10])
    except ValueError:
        return None
