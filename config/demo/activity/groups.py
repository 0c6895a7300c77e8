"""A facilitator marks someone in a group that is running."""

from datetime import datetime
from random import Random

from config.demo.activity.colleagues import Touched, colleague
from groups.actions import mark
from groups.models import Attendance, Session
from groups.rules.minutes import AttendanceStatus
from programs.models import Leave, Placement
from staff.rules.capabilities import Role


def take(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Mark one person who has no mark yet; False where nobody waits for one."""
    running = list(
        Session.objects.filter(started_at__lte=at, ended_at__gt=at)
        .exclude(pk__in=left_alone.sessions)
        .select_related("site")
        .order_by("pk")
    )
    dice.shuffle(running)
    away = Leave.objects.current(at).values("episode_id")
    for session in running:
        marked = Attendance.objects.filter(session=session).values("client_id")
        waiting = list(
            Placement.objects.current(session.started_at)
            .filter(program__series=session.series_id)
            .exclude(episode__in=away)
            .exclude(episode__client__in=marked)
            .exclude(episode__client__in=left_alone.clients)
            .order_by("pk")
            .values_list("episode__client_id", flat=True)
        )
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
