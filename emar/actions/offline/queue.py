"""Take what a tablet charted without the network: each dose once, judged again by all rules, and kept where one refuses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.many import Entry, record_all
from audit.rules.findings import Finding, Refused, stop
from emar.actions.administer import MOST_DOSES, administer_all
from emar.actions.asked import Asked
from emar.actions.offline.standing import standing_of, unit_of
from emar.models import Administration, Order, Tablet, TabletDose, Unsettled
from emar.queries.policy import policy_of
from emar.rules.offline import MOST_IN_A_QUEUE, Clocks, Entered, clock_findings, late_words, same_act
from emar.rules.policy import SitePolicy
from live.actions import publish
from programs.models import Client, Placement, Program
from programs.topics import pass_topic
from staff.models import Person

LATE = "dose.late_entry"


@dataclass(frozen=True, kw_only=True)
class Queued:
    """One dose as a tablet sent it: ``place`` in its order, in whose name, and its times corrected to the server's clock.

    ``said`` is word for word what came; ``asked`` is None where it cannot be read, ``trouble`` what was wrong with it before any
    rule saw it.
    """

    key: UUID
    place: int
    person_id: int
    client_id: int
    said: Mapping[str, Any]
    clocks: Clocks
    asked: Asked | None
    trouble: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What became of one dose: on the record, or kept for a person to settle with the findings that say why."""

    key: UUID
    administration_id: int | None
    unsettled_id: int | None
    findings: tuple[Finding, ...] = ()


def take_queue(*, by: Person, at: datetime, tablet: Tablet, doses: Sequence[Queued]) -> tuple[Taken, ...]:
    """Take up to 200 doses of a tablet in the order it charted them; ``by`` is in whose session they are sent.

    A client's doses are one transaction: what was answered is written, what was not can be sent again, and the same key always
    gets the first answer. What no rule stands against is charted under the name of who charted it; everything else becomes
    ``Unsettled``. The number of queries grows with the clients, not with the doses. Raises Refused for a request that makes
    no sense as a whole.
    """
    if not 1 <= len(doses) <= MOST_IN_A_QUEUE:
        raise Refused(stop("request.doses", f"Send 1 to {MOST_IN_A_QUEUE} doses in one request."))
    if len({dose.key for dose in doses}) < len(doses):
        raise Refused(stop("request.key_reused", "Two doses of this request have one key. Give each its own."))
    policy = policy_of(tablet.site_id, at)
    answers: dict[UUID, Taken] = {}
    for (client_id, person_id), group in _groups(doses):
        person = by if person_id == by.pk else Person.objects.get(pk=person_id)
        for start in range(0, len(group), MOST_DOSES):
            with transaction.atomic():
                taken = _Client(tablet, policy, client_id, person, by, at).take(group[start : start + MOST_DOSES])
            answers |= {each.key: each for each in taken}
    return tuple(answers[dose.key] for dose in doses)


def _groups(doses: Iterable[Queued]) -> list[tuple[tuple[int, int], list[Queued]]]:
    """By client and person, in the order of each client's first dose; within a client in the order charted."""
    first: dict[tuple[int, int], int] = {}
    for dose in sorted(doses, key=lambda each: each.place):
        first.setdefault((dose.client_id, dose.person_id), dose.place)
    ordered = sorted(doses, key=lambda each: (first[each.client_id, each.person_id], each.client_id, each.place))
    return [
        (whose, list(group)) for whose, group in groupby(ordered, key=lambda each: (each.client_id, each.person_id))
    ]


@dataclass(frozen=True)
class _Client:
    """The doses of one client that one person charted on one tablet."""

    tablet: Tablet
    policy: SitePolicy
    client_id: int
    person: Person
    by: Person
    at: datetime

    def take(self, doses: Sequence[Queued]) -> list[Taken]:
        """Answer each; under the client's lock, so that a queue sent twice at once is answered one after the other."""
        client = Client.objects.select_for_update(no_key=True).filter(pk=self.client_id).first()
        known = {
            row.key: row
            for row in TabletDose.objects.filter(key__in=[dose.key for dose in doses]).select_related("unsettled")
        }
        fresh = [dose for dose in doses if dose.key not in known]
        if fresh:
            known |= {row.key: row for row in self._write(client, fresh)}
        return [_told(dose, known[dose.key]) for dose in doses]

    def _write(self, client: Client | None, doses: Sequence[Queued]) -> list[TabletDose]:
        here = client is not None and self._here()
        orders = Order.objects.filter(client=self.client_id, pk__in=[d.asked.order_id for d in doses if d.asked])
        mine = {order.pk: order for order in orders.select_related("medication")} if here else {}
        findings = {dose.key: self._before(dose, here=here) for dose in doses}
        charted = self._chart([dose for dose in doses if not findings[dose.key]], findings)
        wrong = [dose for dose in doses if findings[dose.key]]
        others = standing_of([dose.asked for dose in wrong if dose.asked and dose.asked.order_id in mine])
        for dose in wrong:
            other = None if dose.asked is None else others.get(_dose(dose.asked))
            first = any(finding.code == "dose.already_charted" for finding in findings[dose.key])
            if first and other is not None and dose.asked is not None and self._same(dose.asked, other):
                charted[dose.key], findings[dose.key] = other.pk, ()
        rows = TabletDose.objects.bulk_create(
            TabletDose(
                key=dose.key, tablet=self.tablet, place=dose.place, person=self.person, sent_by=self.by,
                client=client if here else None, order=mine.get(dose.asked.order_id) if dose.asked else None,
                due_at=dose.asked.due_at if dose.asked else None, said=dict(dose.said), device_at=dose.clocks.device_at,
                contact_at=dose.clocks.contact_at, offset_ms=_ms(dose.clocks.offset),
                offset_now_ms=_ms(dose.clocks.offset_now), charted_at=dose.clocks.charted_at, received_at=self.at,
                administration_id=charted.get(dose.key),
            )
            for dose in doses
        )  # fmt: skip
        self._keep([(dose, row) for dose, row in zip(doses, rows, strict=True) if findings[dose.key]], findings, others)
        return rows

    def _here(self) -> bool:
        """Whether the client ever was in a treatment program of the tablet's site."""
        where = {"program__site": self.tablet.site_id, "kind": Program.Kind.TREATMENT}
        return Placement.objects.filter(episode__client=self.client_id, **where).exists()

    def _before(self, dose: Queued, *, here: bool) -> tuple[Finding, ...]:
        """What stands against an entry before the rules of the pass are asked."""
        if self.tablet.revoked_at is not None:
            words = (
                f"{self.tablet.name} was revoked: nothing it sends is charted. Ask who charted it whether it is right."
            )
            return (stop("tablet.revoked", words),)
        if not here:
            return (stop("dose.wrong_client", "The tablet names a client who was never at this site."),)
        if dose.trouble:
            return dose.trouble
        skew = self.policy.giving.clock_skew
        return tuple(clock_findings(dose.clocks, skew))

    def _chart(self, doses: Sequence[Queued], findings: dict[UUID, tuple[Finding, ...]]) -> dict[UUID, int]:
        """Put on the record what the rules let through; the findings of the rest go into ``findings``."""
        asked = [self._said_late(dose) for dose in doses]
        if not asked:
            return {}
        try:
            answers = administer_all(by=self.person, at=self.at, client_id=self.client_id, doses=asked)
        except Refused as refused:  # all of them: the person's role ended, say
            findings |= {dose.key: refused.findings for dose in doses}
            return {}
        except Order.DoesNotExist:
            unknown = stop("dose.wrong_client", "None of these orders is this client's. Look at the chart.")
            findings |= {dose.key: (unknown,) for dose in doses}
            return {}
        pairs = list(zip(doses, answers, strict=True))
        findings |= {dose.key: answer.findings for dose, answer in pairs}
        return {dose.key: answer.row.pk for dose, answer in pairs if answer.row is not None}

    def _said_late(self, dose: Queued) -> Asked:
        """The entry with the reason it comes late: it waited for the network. Whoever entered it late then, said why then."""
        asked, charted_at = dose.asked, dose.clocks.charted_at
        assert asked is not None
        if asked.given_at is not None and charted_at - asked.given_at > self.policy.giving.late_entry_after:
            return replace(asked, device=self.tablet.name)
        late = asked.overrides.get(LATE, "").strip() or late_words(charted_at, self.tablet.site.tz)
        return replace(asked, device=self.tablet.name, overrides={**asked.overrides, LATE: late})

    def _same(self, asked: Asked, other: Administration) -> bool:
        assert asked.given_at is not None
        mine = Entered(self.person.pk, asked.outcome.value, asked.amount, asked.given_at)
        return same_act(mine, Entered(other.by_id, other.outcome, other.amount, other.given_at))

    def _keep(
        self,
        kept: Sequence[tuple[Queued, TabletDose]],
        findings: Mapping[UUID, tuple[Finding, ...]],
        others: Mapping[tuple[int, datetime | None], Administration],
    ) -> None:
        """Write down what a person has to settle, and tell the pages of the client's unit."""
        rows = Unsettled.objects.bulk_create(
            Unsettled(
                dose=row, site=self.tablet.site, client=row.client, at=self.at, findings=_plain(findings[dose.key]),
                other=others.get(_dose(dose.asked)) if dose.asked else None,
            )
            for dose, row in kept
        )  # fmt: skip
        record_all([self._event(row) for row in rows], by=self.by)
        unit_id = unit_of(self.tablet.site_id, self.client_id, self.at) if rows else None
        if unit_id is not None:
            publish({pass_topic(unit_id): [f"unsettled:{self.client_id}"]})

    def _event(self, row: Unsettled) -> Entry:
        return Entry(
            "emar.unsettled", at=self.at, subject=row, site_id=self.tablet.site_id, client_id=row.client_id,
            summary=f"A dose charted on {self.tablet.name} without the network waits to be settled",
            detail={"codes": [each["code"] for each in row.findings], "person": self.person.pk},
        )  # fmt: skip


def _told(dose: Queued, row: TabletDose) -> Taken:
    """The first answer, whenever it is asked for; a key that meant something else is no answer at all."""
    if row.said != dict(dose.said):
        words = (
            "This key was already used for another dose. Write the dose down and tell whoever looks after the tablets."
        )
        return Taken(dose.key, None, None, (stop("request.key_reused", words),))
    if row.administration_id is not None:
        return Taken(dose.key, row.administration_id, None)
    findings = tuple(stop(each["code"], each["message"]) for each in row.unsettled.findings)
    return Taken(dose.key, None, row.unsettled.pk, findings)


def _dose(asked: Asked) -> tuple[int, datetime | None]:
    return asked.order_id, asked.due_at


def _plain(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [{"code": each.code, "severity": each.severity.value, "message": each.message} for each in findings]


def _ms(offset: timedelta) -> int:
    return round(offset.total_seconds() * 1000)
