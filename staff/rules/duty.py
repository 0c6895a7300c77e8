"""How long is someone on duty who never said that they went?"""

from datetime import datetime, timedelta

LONGEST = timedelta(hours=16)  # a double shift: who works longer says so by coming on again


def counts(started_at: datetime, ended_at: datetime | None, at: datetime) -> bool:
    """True where someone who came on and went at these instants (UTC) is on duty at ``at``."""
    return started_at <= at < started_at + LONGEST and (ended_at is None or at < ended_at)
