"""A facilitator marks someone in a group that is running."""

from datetime import datetime
from random import Random

from config.demo.activity.colleagues import Touched, colleague
from groups.actions import mark
from groups.models import Attendance, Session
from groups.queries.expected import expected
from groups.rules.minutes import AttendanceStatus
from programs.models import Leave
from staff.rules.capabilities import Role


def take(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Mark one person who has no mark yet; False where nobody waits for one."""
    running = list(
        Session.objects.filter(started_at__lte=at, ended_at__gt=at, cancelled_at=None, series__isnull=False)
        .exclude(pk__in=left_alone.sessions)
        .select_related("site")
        .order_by("pk")
    )
    dice.shuffle(running)
    for session in running:
        marked = set(Attendance.objects.filter(session=session).values_list("client_id", flat=True))
        gone = set(Leave.objects.current(at).values_list("episode__client_id", flat=True))
        waiting = sorted(expected([session])[session.pk] - marked - gone - set(left_alone.clients))
        facilitator = colleague(dice, session.site, Role.FACILITATOR, at)
        if not waiting or facilitator is None:
            continue
        late = dice.random() < 0.15
        mark(
            by=facilitator,
            at=at,
            session_id=session.pk,
            client_id=dice.choice(waiting),
            status=AttendanceStatus.LATE if late else AttendanceStatus.HERE,
            arrived_at=at.replace(second=0, microsecond=0) if late else None,
            seen_version=0,
        )
        return True
    return False
