"""What the rooms above contribute to a shared page: which bed a client is in, when a
review is due, who is in a group right now, and what belongs on a timeline.

A provider is a function an app offers; ``config/contributions.py`` lists them all, and these functions ask them. That is how
siblings learn of each other without importing each other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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
        """'Rm 4-A'; the name of the group where there is no room."""
        return f"Rm {self.room}-{self.bed}" if self.room else self.unit


@dataclass(frozen=True)
class Slept:
    """A stretch in which an episode had a bed of a unit; ``ended_at`` exclusive, None where it lasts."""

    episode_id: int
    unit: str
    started_at: datetime
    ended_at: datetime | None
    unit_id: int
    room: str
    bed: str

    @property
    def short(self) -> str:
        """'Rm 4-A'; the name of the group where there is no room."""
        return f"Rm {self.room}-{self.bed}" if self.room else self.unit


@dataclass(frozen=True)
class Ward:
    """A unit of a site by name, in walking order."""

    pk: int
    name: str


@dataclass(frozen=True)
class Tagged:
    """A room by the code on its door."""

    code: str
    unit_id: int
    unit: str
    room: str


@dataclass(frozen=True)
class Raised:
    """Something out of the ordinary, to be told at a handoff. ``at`` is when it became known; ``kind`` a stable word, ``tone`` one of
    the look's eight words or ''. ``client_id`` None: it is about no single client."""

    client_id: int | None
    at: datetime
    kind: str
    title: str
    line: str = ""
    tone: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class DayFigure:
    """One figure of a site's 24 hours, under the word of its group."""

    group: str
    label: str
    value: int
    note: str = ""


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


@dataclass(frozen=True)
class Work:
    """Something that was done for an objective of a plan: when, a stable word for what kind (note, group), what in words, and by
    whom. ``address`` is where it is read in full ('' where nowhere)."""

    objective_id: int
    at: datetime
    kind: str
    title: str
    line: str
    by: str
    address: str = ""


@dataclass(frozen=True)
class Cosigning:
    """What a site's rules say of co-signatures on a date. ``hours``: how soon someone of these credentials needs a supervisor's
    name, None where they need none; ``source`` where that is written; ``by`` the credentials whose name counts."""

    hours: int | None
    source: str
    by: frozenset[str]


@dataclass(frozen=True)
class Support:
    """Something of the chart that a rating may rest on, in words: ``dimension`` 1 to 6, 0 where it may belong to any of them.

    ``kind`` and ``pk`` name the row: 'score', 'vitals', 'dose' (an order), 'screen', 'note', 'attendance' (the newest mark), 'absence',
    'leave'.
    """

    at: datetime
    dimension: int
    kind: str
    pk: int
    words: str
    tone: str = ""


@dataclass(frozen=True)
class Wish:
    """What a client said of their own care: the topic, their words, when and to whom."""

    topic: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Done:
    """Something that a deadline asks for was done in an episode: ``what`` is a word of ``chart.rules.deadline_rules.What``, ``at`` when it
    was signed, by whom and with which credentials ('RN, CADC')."""

    episode_id: int
    what: str
    at: datetime
    by: str
    credentials: str


@dataclass(frozen=True)
class Unsigned:
    """How many parts of a client's notes nobody signed, and how many signed ones wait for a supervisor's name."""

    parts: int
    cosigns: int


@dataclass(frozen=True)
class Waiting:
    """One line of the task list that a room adds: what waits, until when (None: no hour), where it is done and what the button says.

    ``mine`` is the person whose own it is (None: whoever holds ``capability``); ``kind`` a stable word for the filter, ``why`` the rule
    behind it with its source ('' where there is none). ``client_id`` None: it is about no single client.
    """

    kind: str
    client_id: int | None
    client: str
    title: str
    line: str
    due_at: datetime | None
    late: bool
    urgent: bool
    capability: str
    url: str
    act: str
    mine: int | None = None
    why: str = ""


PlaceProvider = Callable[[int, datetime, int | None], Mapping[int, Place]]
SleptProvider = Callable[[int, datetime, datetime], Iterable[Slept]]
ReviewProvider = Callable[[Collection[int], datetime], Mapping[int, date]]
WardProvider = Callable[[int], Sequence[Ward]]
TagProvider = Callable[[int, datetime], Iterable[Tagged]]
ExceptionProvider = Callable[[int, datetime, datetime, datetime], Iterable[Raised]]
DayFigureProvider = Callable[[int, datetime, datetime, datetime], Iterable[DayFigure]]
PresentProvider = Callable[[int, datetime], Mapping[int, str]]
TimelineProvider = Callable[[int, datetime, datetime, datetime], Iterable[Entry]]
CosignProvider = Callable[[int, Collection[int], str, date], Cosigning]
DoseMarkProvider = Callable[[int, str, datetime, datetime], Iterable[DoseMark]]
EvidenceProvider = Callable[[int, datetime, datetime], Iterable[Support]]
WishProvider = Callable[[int, datetime], Iterable[Wish]]
DoneProvider = Callable[[Collection[int], datetime], Iterable[Done]]
UnsignedProvider = Callable[[Collection[int], datetime], Mapping[int, Unsigned]]
WaitingProvider = Callable[[int, int, datetime], Iterable[Waiting]]
HolidayProvider = Callable[[int], Mapping[date, str]]
ServedProvider = Callable[[Collection[int], datetime, datetime], Iterable[tuple[int, datetime]]]
WorkProvider = Callable[[Collection[int], datetime], Iterable[Work]]
MedicationProvider = Callable[[Collection[int], datetime], Iterable[str]]
OrderStartProvider = Callable[[int, datetime, datetime], Iterable[DoseMark]]


def places(site_id: int, at: datetime, episode_id: int | None = None) -> Mapping[int, Place]:
    """Who sleeps where at a site at an instant: episode id to Place, of all or of the one named. One query."""
    provider: PlaceProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.PLACES")
    return provider(site_id, at, episode_id)


def slept(site_id: int, since: datetime, until: datetime) -> list[Slept]:
    """Who had a bed of which unit of a site in a stretch of time, in walking order of the units. One query."""
    provider: SleptProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.SLEPT")
    return list(provider(site_id, since, until))


def wards(site_id: int) -> Sequence[Ward]:
    """The units of a site. One query."""
    provider: WardProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.WARDS")
    return provider(site_id)


def room_tags(site_id: int, at: datetime) -> list[Tagged]:
    """The codes that hang on the doors of a site's rooms at an instant. One query."""
    provider: TagProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.TAGS")
    return list(provider(site_id, at))


def exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> list[Raised]:
    """What became known at a site in ``since <= t < until`` and is to be told, as it stands at ``at``, earliest first; a constant
    number of queries for each provider."""
    providers: Iterable[ExceptionProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.EXCEPTIONS")
    found = [each for provider in providers for each in provider(site_id, since, until, at)]
    return sorted(found, key=lambda each: (each.at, each.kind, each.title))


def day_figures(site_id: int, since: datetime, until: datetime, at: datetime) -> list[DayFigure]:
    """The figures of ``since <= t < until`` at a site, as known at ``at``, room by room; a constant number of queries each."""
    providers: Iterable[DayFigureProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.DAY_FIGURES")
    return [each for provider in providers for each in provider(site_id, since, until, at)]


def reviews(episodes: Collection[int], at: datetime) -> Mapping[int, date]:
    """When each of these episodes is due for its next level-of-care review (the site's date). One query."""
    provider: ReviewProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.REVIEWS")
    return provider(episodes, at)


def present(site_id: int, at: datetime) -> Mapping[int, str]:
    """Who is known to be somewhere at a site at an instant, and where: client id to the name of a room. One query."""
    provider: PresentProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.PRESENT")
    return provider(site_id, at)


def timeline(client_id: int, since: datetime, until: datetime, at: datetime) -> list[Entry]:
    """What happened to a client in ``since <= t < until``, as it is known at ``at``, newest first; a constant number of queries
    for each provider. Asked for whole days of the client's site, so that what is summed up by the day is whole. Of the record of
    ``client_id`` alone: where a person has two, both are asked (``programs.people.ids_of``)."""
    strands: Iterable[Any] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.STRANDS")
    entries = [entry for strand in strands for entry in strand.provider(client_id, since, until, at)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def cosigning(site_id: int, programs: Collection[int], credentials: str, on: date) -> Cosigning:
    """Whether who signs with these credentials ('LSW, CADC') at a site, for its programs, on a date needs a supervisor's name,
    and whose counts. One query."""
    provider: CosignProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.COSIGN")
    return provider(site_id, programs, credentials, on)


def medications(client_ids: Collection[int], at: datetime) -> tuple[str, ...]:
    """The medications ordered for a client (all records of theirs) at an instant, in words. One query."""
    provider: MedicationProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.MEDICATIONS")
    return tuple(provider(client_ids, at))


def dose_marks(client_id: int, scale: str, since: datetime, until: datetime) -> list[DoseMark]:
    """The doses of a client that go with a scale in a stretch of time, earliest first. One query."""
    provider: DoseMarkProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.DOSE_MARKS")
    return list(provider(client_id, scale, since, until))


def order_starts(client_id: int, since: datetime, until: datetime) -> list[DoseMark]:
    """When medication of a client began in a stretch of time, earliest first. One query."""
    provider: OrderStartProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.ORDER_STARTS")
    return list(provider(client_id, since, until))


def evidence(client_id: int, since: datetime, at: datetime) -> list[Support]:
    """What of a client's chart a level-of-care rating may rest on, from an instant up to ``at``, newest first; a constant number
    of queries for each provider."""
    providers: Iterable[EvidenceProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.EVIDENCE")
    found = [each for provider in providers for each in provider(client_id, since, at)]
    return sorted(found, key=lambda each: (each.at, each.kind, each.pk), reverse=True)


def wishes(client_id: int, at: datetime) -> list[Wish]:
    """What a client said of their own care when they were last rated: it shapes the plan, never the level. One query."""
    provider: WishProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.WISHES")
    return list(provider(client_id, at))


def objective_work(objective_ids: Collection[int], at: datetime) -> list[Work]:
    """What was done for these objectives (the keys of their lines in every version) by then, newest first; a constant number of
    queries for each provider, none for no objective."""
    providers: Iterable[WorkProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.OBJECTIVE_WORK")
    found = [work for provider in providers for work in provider(objective_ids, at)] if objective_ids else []
    return sorted(found, key=lambda work: work.at, reverse=True)


def done(episodes: Collection[int], at: datetime) -> list[Done]:
    """What was done in these episodes by an instant that a deadline asks for, from the rooms above the chart. One or two queries for
    each provider."""
    providers: Iterable[DoneProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.DONE")
    return [each for provider in providers for each in provider(episodes, at)]


def waiting(site_id: int, person_id: int, at: datetime) -> list[Waiting]:
    """What the rooms above the chart add to the task list of a person at a site; a constant number of queries for each provider."""
    providers: Iterable[WaitingProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.WAITING")
    return [each for provider in providers for each in provider(site_id, person_id, at)]


def holidays(site_id: int) -> Mapping[date, str]:
    """The holidays of a site by date. One query."""
    provider: HolidayProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.HOLIDAYS")
    return provider(site_id)


def served(client_ids: Collection[int], since: datetime, until: datetime) -> list[tuple[int, datetime]]:
    """When these clients were present in a session that began in ``since <= t <= until``: client id and instant. One query."""
    provider: ServedProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.SERVED")
    return list(provider(client_ids, since, until))


def unsigned(client_ids: Collection[int], at: datetime) -> Mapping[int, Unsigned]:
    """What of the notes of sessions was not signed, or waited for a name, by client; who is not in it has none. Two queries."""
    provider: UnsignedProvider = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.UNSIGNED")
    return provider(client_ids, at)
