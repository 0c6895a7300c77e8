"""What the groups room knows of who is in the building: those marked as there in a session that runs."""

from collections.abc import Mapping
from datetime import datetime

from groups.models import Attendance
from groups.rules.minutes import AttendanceStatus

IN_THE_ROOM = {AttendanceStatus.HERE, AttendanceStatus.LATE, AttendanceStatus.LEFT_EARLY}


def present(site_id: int, at: datetime) -> Mapping[int, str]:
    """The room in which each client sits at an instant (client id to its name), by the newest mark of sessions that run at
    the site then. Nobody on video, nobody who has left, or left early without a time. One query."""
    marks = (
        Attendance.objects.filter(
            session__site_id=site_id, session__started_at__lte=at, session__ended_at__gt=at, at__lte=at
        )
        .order_by("session_id", "client_id", "-version")
        .distinct("session_id", "client_id")
        .values_list("client_id", "status", "arrived_at", "left_at", "session__room")
    )
    return {
        client_id: room
        for client_id, status, arrived_at, left_at, room in marks
        if AttendanceStatus(status) in IN_THE_ROOM
        and (arrived_at is None or arrived_at <= at)
        and (left_at > at if left_at is not None else status != AttendanceStatus.LEFT_EARLY)
    }
