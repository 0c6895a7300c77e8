"""The rows behind the cards: what holds of each bed at one instant, read in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Greatest

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold
from chart.models import Allergy
from programs.contributions import reviews
from programs.models import ExpectedDischarge, KeepApart, Leave, Placement, Precaution, Program, Site
from programs.rules.precautions import Precaution as Kind

ALLERGY, APART = "allergy", "keep_apart"


@dataclass(frozen=True)
class Away:
    """A leave: its words and when it is expected to end."""

    pk: int
    kind: str
    expected_at: datetime


@dataclass(frozen=True)
class Minded:
    """What is minded about a client: precautions, an allergy, and who (client ids) is kept apart from them."""

    kinds: frozenset[Kind] = frozenset()
    allergy: bool = False
    apart: frozenset[int] = frozenset()


NOTHING = Minded()


@dataclass(frozen=True)
class Rows:
    """By bed: stays, holds, closures and jobs; by client what is minded; by episode the date of the next review."""

    beds: Sequence[Bed]
    stays: Mapping[int, BedStay]
    holds: Mapping[int, Hold]
    closures: Mapping[int, Closure]
    jobs: Mapping[int, CleaningJob]
    minded: Mapping[int, Minded]
    reviews: Mapping[int, date]

    def leave(self, stay: BedStay | None) -> Away | None:
        """The leave that whoever has the bed is on."""
        pk = getattr(stay, "leave_pk", None)
        if stay is None or pk is None:
            return None
        return Away(
            pk, Leave.Kind(getattr(stay, "leave_kind", "")).label, getattr(stay, "leave_expected", stay.started_at)
        )

    def level(self, stay: BedStay | None) -> str:
        """The level of care of whoever has the bed, '' where there is none."""
        return getattr(stay, "level_now", None) or ""

    def expected(self, stay: BedStay | None) -> datetime | None:
        """When they are expected to leave."""
        found: datetime | None = getattr(stay, "expected", None)
        return found

    def free_since(self, bed: Bed) -> datetime | None:
        """The last end of a stay, a cleaning or a closure."""
        found: datetime | None = getattr(bed, "last_end", None)
        return found


def rows(
    site: Site, at: datetime, wanted: Collection[int] | None = None, reviewed: Collection[int] | None = None
) -> Rows:
    """What holds at this instant of the site's beds, or of these. ``reviewed``: the beds (None: all) whose next review is read,
    which costs as much as all the rest. Seven queries."""
    found = _beds(site, at)
    beds = list(found if wanted is None else found.filter(pk__in=wanted))
    ids = [bed.pk for bed in beds]
    stays = {stay.bed_id: stay for stay in _stays(at).filter(bed_id__in=ids)}
    holds = Hold.objects.current(at).filter(bed_id__in=ids).select_related("client")
    closures = Closure.objects.current(at).filter(bed_id__in=ids)
    jobs = CleaningJob.objects.current(at).filter(bed_id__in=ids).select_related("accepted_by", "after")
    return Rows(
        beds=beds,
        stays=stays,
        holds={hold.bed_id: hold for hold in holds},
        closures={closure.bed_id: closure for closure in closures},
        jobs={job.bed_id: job for job in jobs},
        minded=_minded([stay.client_id for stay in stays.values()], at),
        reviews=reviews([stay.episode_id for pk, stay in stays.items() if reviewed is None or pk in reviewed], at),
    )


def _beds(site: Site, at: datetime) -> QuerySet[Bed]:
    def last_end(model: type[BedStay] | type[CleaningJob] | type[Closure]) -> Subquery:
        ended = model.objects.filter(bed=OuterRef("pk"), ended_at__lte=at).order_by("-ended_at")
        return Subquery(ended.values("ended_at")[:1])

    return (
        Bed.objects.filter(room__unit__site=site)
        .select_related("room__unit__program")
        .annotate(last_end=Greatest(last_end(BedStay), last_end(CleaningJob), last_end(Closure)))
        .order_by("room__unit__position", "room__unit_id", "room__position", "room_id", "label")
    )


def _stays(at: datetime) -> QuerySet[BedStay]:
    of_episode = {"episode": OuterRef("episode")}
    leave = Leave.objects.current(at).filter(**of_episode)
    placed = Placement.objects.current(at).filter(kind=Program.Kind.TREATMENT, **of_episode)
    expected = ExpectedDischarge.objects.current(at).filter(**of_episode)
    return (
        BedStay.objects.current(at)
        .select_related("client", "episode")
        .annotate(
            leave_pk=Subquery(leave.values("pk")[:1]),
            leave_kind=Subquery(leave.values("kind")[:1]),
            leave_expected=Subquery(leave.values("expected_at")[:1]),
            level_now=Subquery(placed.values("level")[:1]),
            expected=Subquery(expected.values("expected_at")[:1]),
        )
    )


def _minded(clients: Collection[int], at: datetime) -> dict[int, Minded]:
    """Precautions, allergies and keep-apart rules in one query: (client, word, the other one) rows."""
    allergies = Allergy.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), client_id__in=clients, noted_at__lte=at)
    apart = KeepApart.objects.current(at)
    nobody = Cast(Value(None), BigIntegerField())
    lines = (
        Precaution.objects.current(at)
        .filter(client_id__in=clients)
        .values_list("client_id", "kind", nobody)
        .union(
            allergies.values_list("client_id", Value(ALLERGY), nobody),
            apart.filter(first_id__in=clients).values_list("first_id", Value(APART), "second_id"),
            apart.filter(second_id__in=clients).values_list("second_id", Value(APART), "first_id"),
        )
    )
    words: defaultdict[int, set[str]] = defaultdict(set)
    others: defaultdict[int, set[int]] = defaultdict(set)
    for client_id, word, other in lines:
        words[client_id].add(word)
        if other is not None:
            others[client_id].add(other)
    kinds = {kind.value: kind for kind in Kind}
    return {
        client_id: Minded(
            frozenset(kinds[word] for word in said if word in kinds), ALLERGY in said, frozenset(others[client_id])
        )
        for client_id, said in words.items()
    }
