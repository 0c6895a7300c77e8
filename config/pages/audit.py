"""What happened and who did it."""

from django.http import HttpResponse
from django.shortcuts import render

from audit.queries import trail_page
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability


@at_desk(Capability.SEE_AUDIT)
def trail(request: DeskRequest) -> HttpResponse:
    """The trail of this site, newest first."""
    before = request.GET.get("before", "")
    word = request.GET.get("q", "").strip()
    page = trail_page(request.desk.site.pk, before=int(before) if before.isdigit() else None, word=word)
    return render(request, "audit/trail.html", {"trail": page, "word": word})
