"""May this person reach this? Episodes that were never in a program of the desk's site do not exist there."""

from django.http import Http404

from asam.models import Assessment, Authorisation, Decision, Draft
from programs.desk import Desk
from programs.models import Placement
from programs.placed import last


def placement_for(desk: Desk, episode_id: int) -> Placement:
    """The episode's newest treatment placement, where it is one of the desk's site; else Http404."""
    found = last(episode_id, desk.now)
    if found is None or found.program.site_id != desk.site.pk:
        raise Http404
    return found


def assessment_for(desk: Desk, pk: int) -> tuple[Assessment, Placement]:
    """The assessment and its episode's newest placement; Http404 where that is not of the desk's site."""
    found = Assessment.objects.select_related("by", "source").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, placement_for(desk, found.episode_id)


def decision_for(desk: Desk, pk: int) -> tuple[Decision, Placement]:
    """The decision and its episode's newest placement; Http404 where that is not of the desk's site."""
    found = Decision.objects.select_related("assessment", "by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, placement_for(desk, found.assessment.episode_id)


def draft_for(desk: Desk, pk: int) -> tuple[Draft, Placement]:
    """The draft and its episode's newest placement; Http404 where that is not of the desk's site."""
    found = Draft.objects.select_related("source", "by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, placement_for(desk, found.episode_id)


def authorisation_for(desk: Desk, pk: int) -> tuple[Authorisation, Placement]:
    """A payer's answer and its episode's newest placement; Http404 where that is not of the desk's site."""
    found = Authorisation.objects.select_related("by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, placement_for(desk, found.episode_id)
