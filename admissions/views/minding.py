"""The page on which a person's precautions are set."""

from collections.abc import Iterable
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from admissions.actions.minding import set_precautions
from audit.rules.findings import Finding, Refused
from programs.contributions import places
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Client, Episode
from programs.queries import minded, people_at
from programs.rules.precautions import GROUPS, Precaution
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

BACK = {"chart": "chart:chart", "beds": "beds:board"}


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.PRECAUTIONS)
def precautions(request: DeskRequest, client_id: int) -> HttpResponse:
    """What is minded about a person, as large choices; a POST sets exactly what is ticked."""
    desk = request.desk
    client = get_object_or_404(people_at(desk.site, desk.now), pk=client_id)
    back = request.GET.get("from", "") if request.GET.get("from") in BACK else "chart"
    if request.method != "POST":
        return _precautions(request, client, back)
    wanted = _kinds(request.POST.getlist("kind"))
    try:
        set_precautions(
            by=desk.person, at=desk.now, client_id=client.pk, kinds=wanted, seen=_kinds(request.POST.getlist("seen")),
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refusal:
        return _precautions(request, client, back, refusal.findings)
    return redirect(BACK[back]) if back == "beds" else redirect(BACK[back], client.pk)


def _precautions(request: DeskRequest, client: Client, back: str, refused: Iterable[Finding] = ()) -> HttpResponse:
    """The page as things stand now, so that what was refused is looked at again."""
    desk = request.desk
    held = {each.kind: each for each in minded(client.pk, desk.now)}
    episode = Episode.objects.current(desk.now).filter(client=client).first()
    context = {
        "client": client,
        "place": places(desk.site.pk, desk.now).get(episode.pk) if episode else None,
        "groups": [(word, [(kind, held.get(kind)) for kind in kinds]) for word, kinds in GROUPS],
        "seen": list(held),
        "back": back,
        "refused": refused,
        "key": uuid4(),
    }
    return render(request, "admissions/precautions.html", context, status=422 if refused else 200)


def _kinds(values: Iterable[str]) -> frozenset[Precaution]:
    known = {kind.value for kind in Precaution}
    return frozenset(Precaution(value) for value in values if value in known)
