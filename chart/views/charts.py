"""The list of clients, and one client's chart."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Refused
from chart import queries
from chart.access import client_for
from chart.actions import open_chart, write_note
from chart.forms.notes import NoteForm
from chart.queries.clients import listed
from chart.scales import scales
from programs.desk import Desk, DeskRequest, at_desk
from staff.access import NotAllowed
from staff.rules.capabilities import CAPABILITIES, Capability

ON_A_PAGE = 50


@require_safe
@at_desk(Capability.OPEN_CHART)
def client_list(request: DeskRequest) -> HttpResponse:
    """Find a client of this site."""
    desk = request.desk
    text, everyone = request.GET.get("q", "").strip()[:80], "all" in request.GET
    everybody = listed(desk.site, desk.now, text=text, everyone=everyone)
    found = Paginator(everybody, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = queries.clients(desk.site, desk.now, list(found.object_list))
    context = {"rows": rows, "found": found, "text": text, "everyone": everyone}
    name = "chart/_clients.html" if request.headers.get("HX-Request") else "chart/clients.html"
    return render(request, name, context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.OPEN_CHART)
def chart(request: DeskRequest, client_id: int) -> HttpResponse:
    """One chart, on the clock of the client's site; a POST writes a note in it."""
    desk, client = request.desk, client_for(request.desk, client_id)
    if request.method != "POST":
        open_chart(by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk)
    number = request.GET.get("page", "")
    shown = queries.page(
        client, desk.site, desk.now, kind=request.GET.get("kind", ""), number=int(number) if number.isdecimal() else 1
    )
    with timezone.override(shown.site.tz):
        form = NoteForm(request.POST or None)
        if request.method == "POST" and _written(desk, shown, form):
            return redirect("chart:chart", client.pk)
        context = {
            "chart": shown,
            "form": form,
            "trends": queries.trends(client.pk, desk.now, shown.site.tz),
            "scales": scales().values() if shown.open and Capability.SCORE in _held(desk, shown.site.pk) else (),
            "may_write": shown.episode is not None and Capability.WRITE_NOTES in _held(desk, shown.site.pk),
            "may_mind": Capability.PRECAUTIONS in _held(desk, shown.site.pk),
            "may_house": shown.open and shown.place is None and Capability.ASSIGN_BEDS in _held(desk, shown.site.pk),
            "may_keep_apart": Capability.KEEP_APART in _held(desk, shown.site.pk),
            "may_see_orders": shown.placement is not None
            and shown.site == desk.site
            and Capability.SEE_PASS in _held(desk, shown.site.pk),
            "may_see_minutes": shown.placement is not None
            and shown.site == desk.site
            and Capability.SEE_GROUPS in _held(desk, shown.site.pk),
            "may_plan_session": shown.placement is not None
            and shown.site == desk.site
            and Capability.RUN_GROUPS in _held(desk, shown.site.pk),
            "may_see_record": desk.may(Capability.SEE_PASS),
            "may_see_levels": shown.placement is not None
            and shown.site == desk.site
            and Capability.SEE_LEVELS in _held(desk, shown.site.pk),
        }
        return render(request, "chart/chart.html", context, status=422 if request.method == "POST" else 200)


def _held(desk: Desk, site_id: int) -> set[Capability]:
    return {each for post in desk.posts if post.site_id == site_id for each in CAPABILITIES[post.role]}


def _written(desk: Desk, shown: queries.Page, form: NoteForm) -> bool:
    """Write the note; False where it was not, and then the form says why."""
    if not form.is_valid():
        return False
    if shown.episode is None:
        form.add_error(None, "This client has no episode of care yet, so there is nothing to write about.")
        return False
    typed = form.cleaned_data
    try:
        write_note(
            by=desk.person, at=desk.now, episode_id=shown.episode.pk, kind=typed["kind"], text=typed["text"],
            about_at=typed["about_at"], key=typed["key"],
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        form.take(refused)
        return False
    return True
