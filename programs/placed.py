"""Which program is an episode in right now, read or locked for an act, and how an instant is said in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from audit.rules.findings import Refused, stop
from programs.models import Client, Episode, Placement, Program


def current(episode_id: int, at: datetime) -> Placement | None:
    """The treatment placement that holds this instant, with its program, site and client. One query."""
    return (
        Placement.objects.current(at)
        .filter(episode_id=episode_id, kind=Program.Kind.TREATMENT)
        .select_related("program__site", "episode__client")
        .first()
    )


def last(episode_id: int, at: datetime) -> Placement | None:
    """The newest treatment placement begun by this instant, ended or not. One query."""
    return (
        Placement.objects.filter(episode_id=episode_id, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program__site", "episode__client")
        .order_by("-started_at")
        .first()
    )


def locked(episode_id: int, at: datetime) -> Placement:
    """Lock the client, then the current treatment placement (the house order), and return the placement.

    Raises Client.DoesNotExist for an unknown episode, and Refused where the episode has ended or is in no program.
    """
    Client.objects.select_for_update(of=("self",)).get(episodes=episode_id)
    episode = Episode.objects.get(pk=episode_id)
    if episode.ended_at is not None and episode.ended_at <= at:
        message = f"This episode ended on {episode.ended_at:%-d %B}. Admit the person again first."
        raise Refused(stop("programs.episode_ended", message))
    placement = (
        Placement.objects.current(at)
        .filter(episode_id=episode_id, kind=Program.Kind.TREATMENT)
        .select_related("program__site", "episode__client")
        .select_for_update(of=("self",))
        .first()
    )
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client is in no treatment program now. Admit them first."))
    assert isinstance(placement, Placement)
    return placement


def told(instant: datetime, tz: ZoneInfo) -> str:
    """An instant as people say it: '10:41 on 24 Nov', on the clock of ``tz``."""
    return f"{instant.astimezone(tz):%H:%M on %-d %b}"
