"""Who came to the groups somebody runs?"""

from django.db.models import Exists, OuterRef, Q

from groups.models import Attendance
from groups.models.series import Member
from groups.models.sessions import Session
from programs.own import Looker


def in_groups_of(looker: Looker) -> Q:
    """The clients who were marked in a session this person facilitated since then, or were chosen for a series they facilitate."""
    run = Session.objects.filter(facilitators=looker.person_id, site__in=looker.site_ids, ended_at__gte=looker.since)
    marked = Attendance.objects.filter(client=OuterRef("pk"), session__in=run)
    chosen = Member.objects.current(looker.at).filter(client=OuterRef("pk"), series__in=run.values("series"))
    own = run.filter(client=OuterRef("pk"))
    return Q(Exists(marked)) | Q(Exists(chosen)) | Q(Exists(own))
