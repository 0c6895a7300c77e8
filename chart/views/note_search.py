"""Search what is written in the charts of the site."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chart.access import client_for
from chart.actions.note_reading import searched
from chart.forms.notes import SearchForm
from chart.queries.note_search import Asked, authors, search
from programs.desk import DeskRequest, at_desk
from programs.models import Client
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.OPEN_CHART)
def search_page(request: DeskRequest) -> HttpResponse:
    """Words and filters; ``?client=`` searches one chart. Every search is on the trail."""
    desk, number = request.desk, request.GET.get("client", "")
    client = client_for(desk, int(number)) if number.isdecimal() and len(number) < 18 else None
    people = authors(desk.site)
    form = SearchForm(request.GET if "q" in request.GET else None, people)
    found, words = None, ""
    if form.is_valid() and form.cleaned_data["q"]:
        asked = _asked(request, form, client)
        found, words = search(desk.site, asked), asked.words
        searched(
            by=desk.person, at=desk.now, site_id=desk.site.pk, words=words, found=len(found.hits), client=client
        )  # fmt: skip
    context = {"form": form, "found": found, "client": client, "words": words, "kept": _kept(request)}
    return render(request, "chart/notes/search.html", context)


def _asked(request: HttpRequest, form: SearchForm, client: Client | None) -> Asked:
    typed, page = form.cleaned_data, request.GET.get("page", "")
    return Asked(
        typed["q"], client, typed["who"], int(typed["author"]) if typed["author"] else None, typed["kind"],
        typed["since"], typed["until"], max(1, int(page)) if page.isdecimal() and len(page) < 5 else 1,
    )  # fmt: skip


def _kept(request: HttpRequest) -> str:
    """What was asked, as the beginning of the address of another page of it."""
    kept = QueryDict(mutable=True)
    for name in ("q", "who", "author", "kind", "since", "until", "client"):
        if request.GET.get(name):
            kept[name] = request.GET[name][:200]
    return f"?{kept.urlencode()}&" if kept else "?"
