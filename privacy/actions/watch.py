"""What a privacy officer does with odd patterns: judge one, mark a record to watch over, end a mark."""

from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import plain
from privacy.models import Judgement, RecordMark
from privacy.rules.patterns import Flag
from programs.models import Client
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_NOTE, LONGEST_WHY = 400, 200


def _judged_already(kwargs: object) -> Finding:
    return stop("flag.judged", "Somebody judged this flag already. Reload the page.")


@action(
    "privacy.judge_flag",
    explain={"privacy_judgement_key_key": _judged_already, "privacy_judgement_key_uniq": _judged_already},
)
def judge(
    *, by: Person, at: datetime, site_id: int, flag: Flag, until: datetime, outcome: str, note: str, lasting: bool = False,
    key: UUID | None = None,
) -> Judgement:  # fmt: skip
    """Say what a flag was: fine (``lasting``: the same of this person with this client from now on, too) or an incident; ``until`` is the
    last thing it rests on. It is not shown again. Raises Refused without a note, for one's own doing, or where it was judged."""
    require(by, Capability.WATCH, site_id, at)
    words = plain(note).strip()

    findings = _wrong(by, flag, outcome, words, lasting)
    if Judgement.objects.filter(key=flag.key).exists():
        findings.append(_judged_already(None))
    if findings:
        raise Refused(*findings)

    row = Judgement.objects.create(
        key=flag.key, pattern=flag.pattern.value, site_id=site_id, person_id=flag.person_id, client_id=flag.client_id,
        happened_at=flag.at, until_at=max(until, flag.at), line=flag.line[:300], outcome=outcome, lasting=lasting, note=words, by=by, at=at,
    )  # fmt: skip
    trail.record(
        "privacy.judge_flag", by=by, at=at, subject=row, site_id=site_id, client_id=flag.client_id,
        summary=f"{flag.pattern.label}: {row.get_outcome_display().lower()}", detail={"key": flag.key, "events": list(flag.events)[:200]},
    )  # fmt: skip
    return row


def _wrong(by: Person, flag: Flag, outcome: str, words: str, lasting: bool) -> list[Finding]:
    findings = []
    if flag.person_id == by.pk:
        findings.append(
            stop("flag.own", "This is about what you did yourself. Ask somebody else to judge it.", field="note")
        )
    if outcome not in Judgement.Outcome.values:
        findings.append(stop("flag.outcome", "Choose whether it is fine or an incident.", field="outcome"))
    if not words:
        findings.append(stop("flag.note", "Write a sentence about what you found.", field="note"))
    elif len(words) > LONGEST_NOTE:
        findings.append(stop("flag.note_long", f"Write at most {LONGEST_NOTE} characters.", field="note"))
    if lasting and (outcome != Judgement.Outcome.FINE or flag.client_id is None):
        findings.append(
            stop("flag.lasting", "Only what is fine, of one person with one client, can stay fine.", field="lasting")
        )
    return findings


@action(
    "privacy.mark_record",
    explain={
        "privacy_mark_once": lambda kwargs: stop("mark.twice", "This record is watched over already.", field="record")
    },
)
def mark(*, by: Person, at: datetime, site_id: int, client_id: int, why: str, key: UUID | None = None) -> RecordMark:
    """Watch over a record from now on. Raises Refused without a reason or where it is watched already; Client.DoesNotExist."""
    require(by, Capability.WATCH, site_id, at)
    client = Client.objects.get(pk=client_id)
    words = plain(why).strip()

    if not words or len(words) > LONGEST_WHY:
        raise Refused(stop("mark.why", f"Write why, in at most {LONGEST_WHY} characters.", field="why"))

    row = RecordMark.objects.create(client=client, why=words, started_at=at, by=by)
    trail.record(
        "privacy.mark_record", by=by, at=at, subject=row, site_id=site_id, client_id=client.pk,
        summary=f"Record {client.record_number} is watched over",
    )  # fmt: skip
    return row


@action("privacy.end_mark")
def end_mark(*, by: Person, at: datetime, site_id: int, mark_id: int, key: UUID | None = None) -> RecordMark:
    """Watch over a record no longer. Ended already: nothing happens. Raises RecordMark.DoesNotExist."""
    require(by, Capability.WATCH, site_id, at)
    row = RecordMark.objects.select_for_update(of=("self",)).select_related("client").get(pk=mark_id)
    if row.ended_at is not None:
        return row

    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    trail.record(
        "privacy.end_mark", by=by, at=at, subject=row, site_id=site_id, client_id=row.client_id,
        summary=f"Record {row.client.record_number} is no longer watched over",
    )  # fmt: skip
    return row
