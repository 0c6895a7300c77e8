"""What waits at a site: refusals to look at, signatures and effects that are owed, missed doses. Derived, never stored.

Each line comes from rows that are there anyway, and goes when the thing is done: nothing is ticked off.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from chart.models import Note
from emar.models import Order, OrderHold, Reassessment
from emar.queries.known import Stand, marks_known
from emar.queries.mar.words import title_of
from emar.queries.orders import VerbalRow, cosigns
from emar.queries.policy import policy_of
from emar.queries.report.load import load
from emar.queries.stock import CountDue, VarianceRow, counts_due, open_variances
from emar.queries.unsettled import count_unsettled
from emar.queries.walked import walked
from emar.queries.withdrawal import standings
from emar.rules.administration import TAKEN, Outcome, say_clock
from emar.rules.policy import SitePolicy
from emar.rules.refusals import Limits, Refusals, refusals
from emar.rules.windows import missed_from
from programs.contributions import Place
from programs.models import Client, Placement, Program, Site
from staff.models import RoleAssignment
from staff.rules.capabilities import Capability, roles_with

LOOK_BACK = timedelta(days=35)  # how far refusals in a row are followed: four weekly doses
MISSED_FOR = timedelta(hours=24)
LONGEST_WINDOW = timedelta(hours=12)  # the widest a site may set


@dataclass(frozen=True)
class Whose:
    """Whose task it is about: the client, and where they sleep (None: no bed here)."""

    client_id: int
    client: str
    place: Place | None


@dataclass(frozen=True)
class Refused:
    """An order that was refused too often, until a prescriber has looked at it."""

    whose: Whose
    order_id: int
    title: str
    found: Refusals


@dataclass(frozen=True)
class Owed:
    """A dose as needed that nobody has looked at again."""

    whose: Whose
    reassessment_id: int
    title: str
    why: str
    given_at: datetime
    due_at: datetime
    by: str
    overdue: bool


@dataclass(frozen=True)
class Missed:
    """A dose whose window closed in the last 24 hours with nothing charted."""

    whose: Whose
    order_id: int
    title: str
    due_at: datetime
    closed_at: datetime


@dataclass(frozen=True)
class ScoreDue:
    """A score that an order's protocol asks for by now, and nobody has taken. ``scale`` is its name, ``code`` its code."""

    whose: Whose
    order_id: int
    scale: str
    code: str
    title: str
    due_at: datetime
    last: str  # 'CIWA-Ar 12 at 14:02 by RN Cole', '' before the first


@dataclass(frozen=True)
class Tasks:
    """Everything that waits at a site, the most urgent first in each list; ``at`` is when it was read (UTC)."""

    at: datetime
    refused: tuple[Refused, ...] = ()
    cosigns: tuple[VerbalRow, ...] = ()
    owed: tuple[Owed, ...] = ()
    missed: tuple[Missed, ...] = ()
    scores: tuple[ScoreDue, ...] = ()
    policy: SitePolicy = field(default_factory=SitePolicy)
    unsettled: int = 0
    counts: tuple[CountDue, ...] = ()
    variances: tuple[VarianceRow, ...] = ()

    @property
    def late(self) -> int:
        """How many are overdue: signatures and effects past their time, missed doses, what is to be settled, counts and reports."""
        return (
            sum(row.overdue for row in self.cosigns)
            + sum(row.overdue for row in self.owed)
            + len(self.missed)
            + len(self.scores)
            + self.unsettled
            + sum(row.late for row in self.counts)
            + sum(row.late for row in self.variances)
        )

    @property
    def count(self) -> int:
        """How many lines there are."""
        lines = (self.refused, self.cosigns, self.owed, self.missed, self.scores, self.counts, self.variances)
        return sum(map(len, lines)) + self.unsettled


def tasks(site: Site, at: datetime) -> Tasks:
    """What waits at a site at ``at``. A constant number of queries; the cost grows with five weeks, not with the history."""
    where, policy = walked(site.pk, at), policy_of(site.pk, at)
    missed = sorted(_missed(site, where, at), key=lambda row: (row.due_at, row.order_id))
    owed = sorted(_owed(site, where, at), key=lambda row: (row.due_at, row.reassessment_id))
    refused = sorted(_refused(site, where, at, policy), key=lambda row: (row.found.last_at, row.order_id), reverse=True)
    scores = sorted(_scores(site, where, at), key=lambda row: (row.due_at, row.order_id))
    return Tasks(
        at, tuple(refused), tuple(cosigns(site.pk, at=at)), tuple(owed), tuple(missed), tuple(scores), policy,
        count_unsettled(site.pk), tuple(counts_due(site, at)), tuple(open_variances(site, at)),
    )  # fmt: skip


def _whose(client: Client, episode_id: int, where: Mapping[int, Place]) -> Whose:
    return Whose(client.pk, client.called, where.get(episode_id))


def _here(site: Site, at: datetime) -> QuerySet[Order]:
    """The orders of episodes whose program is, or last was, at the site."""
    last = Placement.objects.filter(episode=OuterRef("episode"), kind=Program.Kind.TREATMENT, started_at__lte=at)
    newest = Subquery(last.order_by("-started_at").values("program__site")[:1])
    return Order.objects.annotate(site=newest).filter(site=site.pk)


def _missed(site: Site, where: Mapping[int, Place], at: datetime) -> Iterator[Missed]:
    """Once it is charted, whatever the outcome, it is explained and goes."""
    facts = load(site, at - MISSED_FOR - LONGEST_WINDOW - timedelta(minutes=1), at, at)
    for dose in facts.scheduled:
        closed_at = missed_from(dose.due_at, dose.window)
        if dose.stand is Stand.MISSED and closed_at > at - MISSED_FOR:
            order = dose.order
            whose = _whose(order.client, order.episode_id, where)
            yield Missed(whose, order.pk, title_of(order), dose.due_at, closed_at)


def _owed(site: Site, where: Mapping[int, Place], at: datetime) -> Iterator[Owed]:
    """Open while no result names it; a correction of a dose takes its reassessment along, an undone dose owes none."""
    rows = Reassessment.objects.filter(
        results=None, administration__corrected_by=None, administration__outcome__in=TAKEN,
        administration__order__in=_here(site, at).values("pk"),
    )  # fmt: skip
    for row in rows.select_related(
        "administration__order__medication", "administration__order__client", "administration__by"
    ):
        dose = row.administration
        yield Owed(
            _whose(dose.order.client, dose.order.episode_id, where), row.pk, title_of(dose.order), dose.prn_reason,
            dose.given_at, row.due_at, dose.by.signature, row.due_at <= at,
        )  # fmt: skip


def _scores(site: Site, where: Mapping[int, Place], at: datetime) -> Iterator[ScoreDue]:
    """Overdue until somebody scores, whoever is on duty then; each scale of a client once."""
    going = _here(site, at).filter(Q(ended_at=None) | Q(ended_at__gt=at), protocol__isnull=False, started_at__lte=at)
    held = OrderHold.objects.current(at).values("order")
    seen: set[tuple[int, str]] = set()
    for each in standings(going.exclude(pk__in=held).select_related("client", "medication"), at).values():
        order, due = each.order, each.next.at
        if due is None or due > at or each.ended or (order.client_id, each.protocol.scale) in seen:
            continue
        seen.add((order.client_id, each.protocol.scale))
        last = (
            ""
            if each.last is None
            else f"{each.scale} {each.last.total} at {say_clock(each.last.at, site.tz, at)} by {each.last.by}"
        )
        whose = _whose(order.client, order.episode_id, where)
        yield ScoreDue(whose, order.pk, each.scale, each.protocol.scale, title_of(order), due, last)


def _refused(site: Site, where: Mapping[int, Place], at: datetime, policy: SitePolicy) -> Iterator[Refused]:
    """Refused too often, the order still runs, and no prescriber has written about the client or touched the order since."""
    limits = Limits(policy.refusals_in_a_row, policy.refusals_in_days, policy.refusal_days)
    since = at - max(LOOK_BACK, policy.refusal_days)
    lately = marks_known(at).filter(outcome=Outcome.REFUSED, due_at__gt=since, due_at__lte=at)
    running = {
        order.pk: order
        for order in _here(site, at)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at), pk__in=lately.values("order"))
        .select_related("medication", "client")
    }
    offered: dict[int, list[tuple[datetime, Outcome]]] = defaultdict(list)
    marks = marks_known(at).filter(order__in=list(running), due_at__gt=since).exclude(due_at=None)
    recorded: dict[int, datetime] = {}
    for order_id, due_at, outcome, recorded_at in marks.values_list("order", "due_at", "outcome", "recorded_at"):
        assert due_at is not None
        offered[order_id].append((due_at, Outcome(outcome)))
        if outcome == Outcome.REFUSED:
            recorded[order_id] = max(recorded_at, recorded.get(order_id, recorded_at))
    noted = _noted(site, {order.client_id for order in running.values()}, at)
    touched = dict(
        OrderHold.objects.filter(order__in=list(running), started_at__lte=at)
        .values_list("order")
        .annotate(Max("started_at"))
    )
    for order in running.values():
        found = refusals(offered[order.pk], at, limits)
        seen = [each for each in (noted.get(order.client_id), touched.get(order.pk)) if each is not None]
        if found is not None and not any(each > recorded[order.pk] for each in seen):
            yield Refused(_whose(order.client, order.episode_id, where), order.pk, title_of(order), found)


def _noted(site: Site, client_ids: set[int], at: datetime) -> Mapping[int, datetime]:
    """When somebody who may write orders at the site last wrote a note about each of these clients."""
    prescribers = RoleAssignment.objects.filter(site=site, role__in=list(roles_with(Capability.WRITE_ORDERS)))
    notes = Note.objects.filter(episode__client__in=client_ids, written_at__lte=at, by__in=prescribers.values("person"))
    return dict(notes.values_list("episode__client").annotate(Max("written_at")))
