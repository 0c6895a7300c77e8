"""Clients' requests for their own record with their clock, and the ground of a release that answers one (42 CFR 2.23)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from privacy.models import AccessRequest, AccessStep, Disclosure
from privacy.rules.basis import Basis
from privacy.rules.grounds import OwnAccess
from privacy.rules.own_access import SOON, AccessStepKind, Clock
from programs.rules.dates import said


@dataclass(frozen=True)
class Access:
    """A request on a day of its site's calendar. ``answer`` None: it waits."""

    row: AccessRequest
    steps: tuple[AccessStep, ...]
    answer: AccessStep | None
    clock: Clock
    today: date

    @property
    def left(self) -> int:
        """Days until the last day; negative where it is late."""
        return self.clock.left(self.today)

    @property
    def late(self) -> int:
        """Days since its last day, where it waits; 0 where it does not."""
        return max(0, -self.left) if self.answer is None else 0

    @property
    def near(self) -> bool:
        """True in the last week."""
        return self.left <= SOON

    @property
    def was_late(self) -> bool:
        """True where it was answered after its last day."""
        return self.answer is not None and self.clock.late(self.today)


def requests(site_ids: Collection[int], at: datetime) -> list[Access]:
    """Those of these sites: what waits first, the nearest last day before the others, then the newest answers. Two queries."""
    found = _requests(AccessRequest.objects.filter(site__in=site_ids), at)
    return sorted(
        found, key=lambda each: (each.answer is not None, each.clock.due if each.answer is None else date.max)
    )


def request_of(site_ids: Collection[int], at: datetime, pk: int) -> Access | None:
    """One of them."""
    return next(iter(_requests(AccessRequest.objects.filter(site__in=site_ids, pk=pk), at)), None)


def asked_by(client_ids: Collection[int], at: datetime) -> list[Access]:
    """Those of all records of a client, the oldest first. Two queries, one where there is none."""
    return _requests(AccessRequest.objects.filter(client__in=client_ids), at)[::-1]


def ground_of_access(row: AccessRequest) -> OwnAccess:
    """What the gate is told of one."""
    return OwnAccess(f"Access request {row.pk} of {said(row.asked_on)}", row.pk)


def given_since(row: AccessRequest, client_ids: Collection[int]) -> QuerySet[Disclosure]:
    """The own copies that went to the client since the request was written down, the newest first: what an answer may name."""
    rows = Disclosure.objects.filter(client__in=client_ids, basis=Basis.PATIENT_2_23, recipient=None, at__gte=row.at)
    return rows.order_by("-at", "-pk")


def _requests(rows: QuerySet[AccessRequest], at: datetime) -> list[Access]:
    found = rows.select_related("client", "by", "site").prefetch_related("steps__by", "steps__disclosure")
    return [_request(row, at) for row in found.order_by("-asked_on", "-pk")]


def _request(row: AccessRequest, at: datetime) -> Access:
    tz = row.site.tz
    steps = tuple(sorted(row.steps.all(), key=lambda each: (each.at, each.pk)))
    answer = next((each for each in steps if AccessStepKind(each.kind).answers), None)
    until = next((each.until for each in steps if each.kind == AccessStepKind.EXTENDED), None)
    answered = answer.at.astimezone(tz).date() if answer is not None else None
    return Access(row, steps, answer, Clock(row.asked_on, until, answered), at.astimezone(tz).date())
