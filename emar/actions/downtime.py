"""Work without the system: say from when until when a site worked on paper, and enter afterwards what stands there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from emar.actions.administer import Answer, administer_all
from emar.actions.asked import Asked
from emar.models import Outage, PaperEntry
from emar.queries.downtime import backlog
from emar.rules.administration import TAKEN, Outcome, say_clock
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=7)
LONGEST_WHY = 200
ON_PAPER = frozenset({"dose.late_entry", "dose.outside_window"})
"""Findings that the paper itself answers: it is entered late because there was nothing else."""


@dataclass(frozen=True)
class PaperDose:
    """One line of the paper: which dose, what became of it and when; ``given_by_id`` is whose initials stand there.

    ``amount`` in ``unit``: what was taken, None where nothing was. ``key`` names the line, so that a retry enters nothing twice.
    """

    order_id: int
    due_at: datetime
    outcome: Outcome
    at: datetime
    given_by_id: int
    reason: str = ""
    note: str = ""
    amount: Decimal | None = None
    unit: str | None = None
    key: UUID | None = None


def _overlap(asked: Mapping[str, Any]) -> Finding:
    return stop(
        "downtime.overlap", "Part of that stretch is recorded as paper already. Choose other hours, or open that one."
    )


@action("emar.begin_outage", explain={"emar_outages_never_overlap": _overlap})
def begin_outage(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    started_at: datetime,
    why: str,
    ended_at: datetime | None = None,
    key: UUID | None = None,
) -> Outage:
    """Record that a site works on paper since ``started_at``; with ``ended_at``, that it did until then.

    Raises Refused for hours to come, more than seven days, an end before the beginning, no reason, and a stretch that overlaps
    another; NotAllowed.
    """
    require(by, Capability.DOWNTIME, site_id, at)
    site = Site.objects.get(pk=site_id)
    findings = list(_wrong(started_at, ended_at, at, why, site))
    if findings:
        raise Refused(*findings)

    made = Outage.objects.create(
        site=site, started_at=started_at, ended_at=ended_at, why=why.strip(), by=by, recorded_at=at
    )
    trail.record(
        "emar.begin_outage", by=by, at=at, subject=made, site_id=site_id,
        summary=f"On paper since {say_clock(started_at, site.tz, at)}",
    )  # fmt: skip
    return made


@action("emar.end_outage")
def end_outage(*, by: Person, at: datetime, outage_id: int, ended_at: datetime, key: UUID | None = None) -> Outage:
    """The system is back since ``ended_at``. Refused where it ended before, or the hour does not fit; NotAllowed."""
    found = Outage.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=outage_id)
    require(by, Capability.DOWNTIME, found.site_id, at)
    if found.ended_at is not None:
        when = say_clock(found.ended_at, found.site.tz, at)
        raise Refused(stop("downtime.over", f"It ended at {when} already. Enter what stands on the paper."))
    findings = list(_wrong(found.started_at, ended_at, at, found.why, found.site))
    if findings:
        raise Refused(*findings)

    found.ended_at = ended_at
    found.save(update_fields=["ended_at"])
    trail.record(
        "emar.end_outage", by=by, at=at, subject=found, site_id=found.site_id,
        summary=f"Back from paper at {say_clock(ended_at, found.site.tz, at)}",
    )  # fmt: skip
    return found


def enter_paper(
    *, by: Person, at: datetime, outage_id: int, client_id: int, identified: bool, lines: Sequence[PaperDose]
) -> tuple[Answer, ...]:
    """Enter a client's lines of the paper, each judged like a dose that is charted late; one that is refused leaves the others.

    ``identified``: the paper says that two identifiers were checked. What was given keeps who gave it and who entered it. Raises
    Refused where the stretch has no end yet, or a line lies outside of it; NotAllowed.
    """
    with transaction.atomic():
        outage = Outage.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=outage_id)
        require(by, Capability.DOWNTIME, outage.site_id, at)
        if outage.ended_at is None:
            raise Refused(
                stop("downtime.open", "Say first until when you worked on paper. Then enter what stands there.")
            )
        people = {person.pk: person for person in Person.objects.filter(pk__in={line.given_by_id for line in lines})}
        if any(line.given_by_id not in people for line in lines):
            raise Refused(stop("downtime.giver", "Say for each line whose initials stand on the paper."))
        if any(not outage.started_at <= line.at <= outage.ended_at for line in lines):
            begun, over = (say_clock(moment, outage.site.tz, at) for moment in (outage.started_at, outage.ended_at))
            words = f"The paper is from {begun} to {over}. What happened at another hour is charted on the pass."
            raise Refused(stop("downtime.hour", words))

        answers = administer_all(
            by=by, at=at, client_id=client_id,
            doses=[_asked(line, outage, people[line.given_by_id], identified=identified) for line in lines],
        )  # fmt: skip

        fresh = [
            (line, answer.row) for line, answer in zip(lines, answers, strict=True) if answer.row and not answer.again
        ]
        PaperEntry.objects.bulk_create(
            PaperEntry(administration=row, outage=outage, given_by=people[line.given_by_id]) for line, row in fresh
        )
    return answers


@action("emar.finish_paper")
def finish_paper(*, by: Person, at: datetime, outage_id: int, key: UUID | None = None) -> Outage:
    """Say that all paper of a stretch is entered. Refused, with who still waits for what, until every dose is accounted for."""
    found = Outage.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=outage_id)
    require(by, Capability.DOWNTIME, found.site_id, at)
    if found.ended_at is None:
        raise Refused(stop("downtime.open", "Say first until when you worked on paper."))
    left = backlog(found, at)
    if left.open:
        raise Refused(
            *(
                stop(
                    "downtime.not_entered",
                    f"{card.short_name}: {card.waiting} dose{'' if card.waiting == 1 else 's'} not entered. Enter what the paper "
                    "says; where it says nothing, look on the MAR and chart what you know.",
                    client=card.client_id,
                )
                for card in left.clients
                if card.waiting
            )
        )
    if found.entered_at is not None:
        return found

    found.entered_at, found.entered_by = at, by
    found.save(update_fields=["entered_at", "entered_by"])
    trail.record(
        "emar.finish_paper", by=by, at=at, subject=found, site_id=found.site_id,
        summary=f"All paper entered: {left.done} doses",
    )  # fmt: skip
    return found


def _asked(line: PaperDose, outage: Outage, giver: Person, *, identified: bool) -> Asked:
    said = f"On paper, {outage.why}: signed by {giver.signature}."
    reasons = dict.fromkeys(ON_PAPER, said)
    note = f"{line.note.strip()} {said}".strip()[:300]
    asked = Asked(
        order_id=line.order_id, due_at=line.due_at, outcome=line.outcome, given_at=line.at, reason=line.reason, note=note,
        overrides=reasons, key=line.key, identifiers=("name", "birth_date") if identified else (),
    )  # fmt: skip
    return replace(asked, amount=line.amount, unit=line.unit) if line.outcome in TAKEN else asked


def _wrong(started_at: datetime, ended_at: datetime | None, at: datetime, why: str, site: Site) -> list[Finding]:
    found = []
    if not 1 <= len(why.strip()) <= LONGEST_WHY:
        found.append(stop("downtime.why", f"Say what was down, in at most {LONGEST_WHY} characters."))
    if max(started_at, ended_at or started_at) > at:
        now = say_clock(at, site.tz)
        found.append(stop("downtime.future", f"That hour has not come yet: it is {now}. Choose {now} or earlier."))
    if (ended_at or at) - started_at > LONGEST:
        found.append(stop("downtime.long", "That is more than seven days. Check the dates."))
    if ended_at is not None and ended_at <= started_at:
        found.append(stop("downtime.end", "It would end before it began. Check the hours."))
    return found
