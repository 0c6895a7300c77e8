"""Who this chart is of and where they are: what every page of a chart begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chart.models import Task
from chart.queries.allergies import NOT_ASKED, Allergies, allergies_of
from chart.queries.due import safety_open
from programs.contributions import Place, places
from programs.models import Client, Episode, Leave, Placement, Program, Site
from programs.people import ids_of
from programs.queries import Minded, minded_and_leave
from programs.rules.band import days_between
from programs.together import Asking, together


@dataclass(frozen=True)
class Head:
    """``site`` is that of the newest placement: its clock is the one times are shown on. ``episode`` is the newest, ``open`` while it
    lasts; ``day`` counts from 1 on the day it began. ``placement`` and ``residence`` are those of now, None where there are none.
    """

    client: Client
    site: Site
    at: datetime
    age: int
    episode: Episode | None
    open: bool
    day: int | None
    placement: Placement | None
    residence: Placement | None
    place: Place | None
    leave: Leave | None
    allergies: Allergies
    precautions: Sequence[Minded]
    safety: Sequence[Task]
    episodes: tuple[Episode, ...]
    placements: tuple[Placement, ...]


def head(client: Client, site: Site, at: datetime) -> Head:
    """Who and where at an instant; ``site`` is taken where the client was never in a program. Three queries; four where the client did
    not come from ``client_for``."""
    ids = ids_of(client)
    placements = _placements(ids, at)
    episodes = tuple({each.episode_id: each.episode for each in reversed(placements)}.values())
    episode = episodes[0] if episodes else None
    newest = [each for each in placements if episode is not None and each.episode_id == episode.pk]
    treatment = [each for each in newest if each.kind == Program.Kind.TREATMENT]
    current = [each for each in newest if each.ended_at is None or each.ended_at > at]
    site = treatment[-1].program.site if treatment else site
    running = episode is not None and (episode.ended_at is None or episode.ended_at > at)
    (precautions, leave), allergies, safety = _minded(client.pk, episode.pk if episode and running else None, at)
    return Head(
        client=client,
        site=site,
        at=at,
        age=client.age(at.astimezone(site.tz).date()),
        episode=episode,
        open=running,
        day=days_between(episode.started_at, at, site.tz) + 1 if episode and running else None,
        placement=next((each for each in current if each.kind == Program.Kind.TREATMENT), None),
        residence=next((each for each in current if each.kind == Program.Kind.RESIDENCE), None),
        place=places(site.pk, at, episode.pk).get(episode.pk) if episode and running else None,
        leave=leave,
        allergies=allergies.get(client.pk, NOT_ASKED),
        precautions=precautions,
        safety=safety,
        episodes=episodes,
        placements=tuple(placements),
    )


def _minded(
    client_id: int, episode_id: int | None, at: datetime
) -> tuple[tuple[list[Minded], Leave | None], Mapping[int, Allergies], tuple[Task, ...]]:
    """What must be minded and the leave, the allergies, and the open safety tasks. One query."""
    asked: list[Asking[Any]] = [
        minded_and_leave.ask(client_id, episode_id, at), allergies_of.ask([client_id], at), safety_open.ask(client_id, at),
    ]  # fmt: skip
    first, second, third = together(asked)
    return first, second, third


def _placements(ids: Sequence[int], at: datetime) -> list[Placement]:
    """Every placement of these records begun by then with its episode, the earliest episode first."""
    rows = Placement.objects.filter(episode__client__in=ids, episode__started_at__lte=at, started_at__lte=at)
    related = ("program__site", "episode__primary_clinician")
    return list(rows.select_related(*related).order_by("episode__started_at", "episode", "started_at", "pk"))
