"""May this person reach this bed? Beds of another site do not exist for who stands at this one."""

from django.http import Http404

from beds.models import Bed, CleaningJob
from programs.desk import Desk


def bed_for(desk: Desk, pk: int) -> Bed:
    """The bed, where it stands at the desk's site; else Http404."""
    bed = Bed.objects.select_related("room__unit__program", "room__unit__site").filter(
        pk=pk, room__unit__site=desk.site
    ).first()  # fmt: skip
    if bed is None:
        raise Http404
    return bed


def job_for(desk: Desk, pk: int) -> CleaningJob:
    """The cleaning job, where its bed stands at the desk's site; else Http404."""
    job = CleaningJob.objects.select_related("bed__room__unit").filter(pk=pk, bed__room__unit__site=desk.site).first()
    if job is None:
        raise Http404
    return job
