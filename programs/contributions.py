"""What the rooms above contribute to a shared page: which bed a client is in, when a
review is due, who is in a group right now, and what belongs on a timeline.

A provider is a function an app offers; ``config/contributions.py`` lists them all, and these functions ask them. That is how
siblings learn of each other without importing each other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Place:
    """Where someone sleeps: unit, room and bed by name, and ``order``, the order in which people walk the unit."""

    unit_id: int
    unit: str
    room: str
    bed: str
    order: tuple[int, int, str]

    @property
    def short(self) -> str:
        """'Rm 4-A'."""
        return f"Rm {self.room}-{self.bed}"


@dataclass(frozen=True)
class Slept:
    """A stretch in which an episode had a bed of a unit; ``ended_at`` exclusive, None where it lasts."""

    episode_id: int
    unit: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """One line of a client's timeline. ``kind`` is a filter's word (note, dose, group, level, move), ``tone`` one of the look's
    eight words or '', ``icon`` a lucide name, ``paper`` the address of it as a PDF or ''."""

    at: datetime
    kind: str
    title: str
    line: str
    by: str
    icon: str
    tone: str = ""
    level: str = ""
    paper: str = ""


@dataclass(frozen=True)
class DoseMark:
    """A dose on the picture of a score: when, and what in a few words ('50 mg chlordiazepoxide')."""

    at: datetime
    words: str


PlaceProvider = Callable[[int, datetime, int | None], Mapping[int, Place]]
SleptProvider = Callable[[int, datetime, datetime], Iterable[Slept]]
ReviewProvider = Callable[[Collection[int], datetime], Mapping[int, date]]
PresentProvider = Callable[[int, datetime], Mapping[int, str]]
TimelineProvider = Callable[[int, datetime], Iterable[Entry]]
DoseMarkProvider = Callable[[int, str, datetime, datetime], Iterable[DoseMark]]


def places(site_id: int, at: datetime, episode_id: int | None = None) -> Mapping[int, Place]:
    """Who sleeps where at a site at an instant: episode id to Place, of all or of the one named. One query."""
    provider: PlaceProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.PLACES")
    return provider(site_id, at, episode_id)


def slept(site_id: int, since: datetime, until: datetime) -> list[Slept]:
    """Who had a bed of which unit of a site in a stretch of time, in walking order of the units. One query."""
    provider: SleptProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.SLEPT")
    return list(provider(site_id, since, until))


def reviews(episodes: Collection[int], at: datetime) -> Mapping[int, date]:
    """When each of these episodes is due for its next level-of-care review (the site's date). One query."""
    provider: ReviewProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.REVIEWS")
    return provider(episodes, at)


def present(site_id: int, at: datetime) -> Mapping[int, str]:
    """Who is known to be somewhere at a site at an instant, and where: client id to the name of a room. One query."""
    provider: PresentProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.PRESENT")
    return provider(site_id, at)


def timeline(client_id: int, at: datetime) -> list[Entry]:
    """Everything known about a client up to an instant, newest first; a constant number of queries for each provider."""
    providers: Iterable[TimelineProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.TIMELINE")
    entries = [entry for provider in providers for entry in provider(client_id, at)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def dose_marks(client_id: int, scale: str, since: datetime, until: datetime) -> list[DoseMark]:
    """The doses of a client that go with a scale in a stretch of time, earliest first. One query."""
    provider: DoseMarkProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.DOSE_MARKS")
    return list(provider(client_id, scale, since, until))
