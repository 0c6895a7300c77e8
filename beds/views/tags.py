"""Tags for the doors of rooms: which room has one, print them, replace one."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Refused
from beds.actions import tags
from beds.models import Room, RoomTag
from beds.pdf.tags import tags_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.LABELS)
def room_tags(request: DeskRequest) -> HttpResponse:
    """GET lists the rooms; POST gives tags to those without, or replaces the one of ``room``."""
    desk, findings = request.desk, ()
    rooms = list(
        Room.objects.filter(unit__site=desk.site)
        .select_related("unit")
        .order_by("unit__position", "unit_id", "position", "pk")
    )
    if request.method == "POST":
        wanted = request.POST.get("room", "")
        try:
            if not wanted:
                tags.give_tags(by=desk.person, at=desk.now, site_id=desk.site.pk, key=key_in(request))
            elif wanted in {str(room.pk) for room in rooms}:
                tags.replace_tag(by=desk.person, at=desk.now, room_id=int(wanted), key=key_in(request))
            else:
                raise Http404
            return redirect("beds:tags")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings  # type: ignore[assignment]
    since = dict(RoomTag.objects.current(desk.now).filter(room__in=rooms).values_list("room", "started_at"))
    lines = [(room, since.get(room.pk)) for room in rooms]
    context = {"lines": lines, "bare": sum(when is None for _, when in lines), "findings": findings, "key": uuid4()}
    return render(request, "beds/tags.html", context, status=422 if findings else 200)


@require_safe
@at_desk(Capability.LABELS)
def tags_paper(request: DeskRequest) -> HttpResponse:
    """The tags to print."""
    return pdf_file(tags_pdf(request.desk), f"room-tags-{request.desk.site.slug}.pdf")
