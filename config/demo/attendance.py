"""Who came to each group, for how long, what was written and signed about it, and which missed groups are made up for."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from chart.models import Objective
from config.demo import plans, texts
from config.demo.sessions import MAKE_UP, Meeting
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from groups.models import Attendance, Cosign, Guest, Part, Presence, Session
from groups.packs import packs
from groups.rules.minutes import NOT_THERE, AttendanceFacts, AttendanceStatus, SessionFacts, counted_interval
from groups.rules.notes import digest
from staff.models import Signature

S = AttendanceStatus
RECENT = 14 * DAY  # notes are written out for two weeks; older ones are short
SINGLE = 45 * DAY  # and older than this, only the shared parts were brought over
OPEN = 30 * HOUR  # notes of groups this recent may still wait for a signature


def write(stage: Stage, meetings: list[Meeting], objectives: dict[int, list[Objective]]) -> None:
    """Attendance marks and note parts of every group that has begun; ``objectives`` of each client's plan, which parts name."""
    dice = stage.dice("attendance")
    marks: list[Attendance] = []
    parts: list[Part] = []
    busy: dict[int, datetime] = {}  # until when a client is counted: nobody is in two groups at once
    owed: dict[int, tuple[Path, Attendance]] = {}  # by client: the last group of a day program they missed
    made_up: list[Guest] = []
    for meeting in meetings:
        if meeting.session.started_at > stage.now:
            continue
        there = []
        for path in meeting.roster:
            mark = _mark(stage, dice, meeting, path)
            if mark is not None and busy.get(path.who.pk, stage.since) > meeting.session.started_at:
                continue
            if mark is not None:
                marks.append(mark)
                if AttendanceStatus(mark.status) not in NOT_THERE:
                    busy[path.who.pk] = meeting.session.ended_at
                if AttendanceStatus(mark.status) not in NOT_THERE:
                    there.append(path)
            if mark is not None and AttendanceStatus(mark.status) in NOT_THERE and meeting.program[0] == "2":
                owed[path.who.pk] = path, mark
        for path, lost in _guests(meeting, owed, busy):
            made_up.append(
                Guest(session=meeting.session, client=path.who, repairs=lost.session, at=lost.at, by=lost.by)
            )
            marks.append(_came_to_make_up(meeting, path))
            busy[path.who.pk] = meeting.session.ended_at
            there.append(path)
        parts += _parts(stage, dice, meeting, there)
    Guest.objects.bulk_create(made_up)
    Attendance.objects.bulk_create(marks, batch_size=2_000)
    Presence.objects.bulk_create(filter(None, map(_presence, marks)), batch_size=2_000)
    for part in parts:
        if part.signed_at:
            part.sha256 = digest(part.session.pk, part.section, part.client_id, part.text)
    plans.link(stage, parts, objectives)
    recent = [part for part in parts if part.signed_at and part.signed_at > stage.now - RECENT]
    cosigns = list(filter(None, (_cosign(stage, part) for part in recent)))
    Cosign.objects.bulk_create(cosigns)
    Signature.objects.bulk_create([_signature(part) for part in recent], batch_size=2_000)
    Signature.objects.bulk_create([_signature(row.part, row) for row in cosigns if row.at], batch_size=2_000)
    _complete(stage, meetings, parts, cosigns)
    _make_ups(stage, dice, meetings, marks)


def _guests(
    meeting: Meeting, owed: dict[int, tuple[Path, Attendance]], busy: dict[int, datetime]
) -> list[tuple[Path, Attendance]]:  # fmt: skip
    """Who comes to a make-up group: every second of those who missed a group in the same week, and the missed one."""
    session = meeting.session
    if session.series is None or session.series.name != MAKE_UP:
        return []
    week = session.started_at.isocalendar()[:2]
    found = [
        (path, lost)
        for path, lost in owed.values()
        if lost.session.started_at.isocalendar()[:2] == week
        and lost.session.site == session.site
        and not path.away_at(session.started_at)
        and any(
            step.starts <= session.started_at and (step.ends is None or session.started_at < step.ends)
            for step in path.steps
        )
        and busy.get(path.who.pk, lost.session.ended_at) <= session.started_at
    ][::2]
    for path, _ in found:
        del owed[path.who.pk]
    return found


def _came_to_make_up(meeting: Meeting, path: Path) -> Attendance:
    return Attendance(
        session=meeting.session, client=path.who, version=1, status=S.HERE.value,
        at=meeting.session.started_at + 2 * MINUTE, by=meeting.leads[0],
    )  # fmt: skip


def _presence(mark: Attendance) -> Presence | None:
    """The minutes that a mark counts."""
    facts = AttendanceFacts(AttendanceStatus(mark.status), mark.arrived_at, mark.left_at)
    counts = counted_interval(facts, SessionFacts(mark.session.started_at, mark.session.ended_at))
    if counts is None:
        return None
    return Presence(session=mark.session, client=mark.client, mark=mark, started_at=counts[0], ended_at=counts[1])


def _cosign(stage: Stage, part: Part) -> Cosign | None:
    """The supervisor's name, where the author's credential is provisional: given within a day, open for the newest."""
    assert part.author is not None and part.signed_at is not None
    rule = packs().cosign(part.author.credentials, part.signed_at.date())
    if rule is None:
        return None
    given = part.signed_at + 20 * HOUR
    waits = given > stage.now
    return Cosign(
        part=part, due_at=part.signed_at + rule.hours * HOUR, rule=rule.source[:200],
        by=None if waits else stage.people["director"], at=None if waits else given,
    )  # fmt: skip


def _complete(stage: Stage, meetings: list[Meeting], parts: list[Part], cosigns: list[Cosign]) -> None:
    """Notes in which every part that was written is signed stand complete; older ones were brought over as they were."""
    open_ones = {part.session.pk for part in parts if part.signed_at is None}
    open_ones |= {row.part.session_id for row in cosigns if row.at is None}
    last = {part.session.pk: part.signed_at for part in parts if part.signed_at}
    last |= {row.part.session_id: row.at for row in cosigns if row.at}
    done = []
    for meeting in meetings:
        session = meeting.session
        if session.ended_at <= stage.now and session.pk not in open_ones:
            session.completed_at = last.get(session.pk, session.ended_at)
            done.append(session)
    Session.objects.bulk_update(done, ["completed_at"], batch_size=1_000)


def _make_ups(stage: Stage, dice: Random, meetings: list[Meeting], marks: list[Attendance]) -> None:
    """Half of this week's missed groups of day clients are made up for in another group that is still to come."""
    days = {each.session.pk for each in meetings if each.program[0] == "2"}
    for mark in marks:
        if AttendanceStatus(mark.status) not in NOT_THERE or mark.session.started_at < stage.now - 6 * DAY:
            continue
        if mark.session.pk not in days:
            continue
        coming = [
            each.session
            for each in meetings
            if stage.now < each.session.started_at
            and each.session.started_at.isocalendar()[:2] == mark.session.started_at.isocalendar()[:2]
            and each.program[0] == "2"
            and each.session.site == mark.session.site
            and all(path.who != mark.client for path in each.roster)
        ]
        if coming and dice.random() < 0.5 and not Guest.objects.filter(client=mark.client).exists():
            Guest.objects.create(
                session=dice.choice(coming), client=mark.client, repairs=mark.session, at=mark.at, by=mark.by
            )


def _mark(stage: Stage, dice: Random, meeting: Meeting, path: Path) -> Attendance | None:
    session = meeting.session
    if meeting.running and dice.random() < 0.5:
        return None  # not marked yet
    status, arrived, left = _came(dice, meeting)
    if path.away_at(session.started_at):
        status, arrived, left = S.EXCUSED, None, None
    if meeting.running and left is not None:
        status, left = S.HERE, None
    at = min((arrived or session.started_at) + dice.randrange(1, 9) * MINUTE, stage.now - MINUTE)
    return Attendance(
        session=session, client=path.who, version=1, status=status.value, arrived_at=arrived, left_at=left, at=at,
        by=dice.choice(meeting.leads),
    )  # fmt: skip


def _came(dice: Random, meeting: Meeting) -> tuple[AttendanceStatus, datetime | None, datetime | None]:
    session, throw = meeting.session, dice.random()
    residential = meeting.program[0] == "3"
    long = (session.ended_at - session.started_at) // MINUTE
    if meeting.running:
        long = 15
    if throw < (0.9 if residential else 0.8):
        return S.HERE, None, None
    if throw < (0.94 if residential else 0.87):
        return S.LATE, session.started_at + dice.randrange(4, max(6, long // 3)) * MINUTE, None
    if throw < 0.96 and not meeting.running:
        return S.LEFT_EARLY, None, session.ended_at - dice.randrange(10, max(12, long // 2)) * MINUTE
    if throw < 0.96 or (throw < 0.975 and residential):
        return S.EXCUSED, None, None
    if throw < 0.98 and not residential:
        return S.VIDEO, None, None
    return S.ABSENT, None, None


def _parts(stage: Stage, dice: Random, meeting: Meeting, there: list[Path]) -> Iterator[Part]:
    """Shared parts and members' own parts. Today's are partly unsigned; the running group has just a beginning."""
    session, age = meeting.session, stage.now - meeting.session.ended_at
    if not there or age > SINGLE * 2:
        return
    topic, process = Part.Section.TOPIC, Part.Section.PROCESS
    if meeting.running:
        yield _part(meeting, topic, f"{session.topic}. Opened with a round.", session.started_at + 10 * MINUTE, None)
        return
    written = min(session.ended_at + dice.randrange(8, 50) * MINUTE, stage.now - MINUTE)
    waits = age < OPEN
    yield _part(meeting, topic, texts.interventions(dice, session.topic), written, written)
    yield _part(
        meeting, process, texts.process(dice), written, None if waits and dice.random() < 0.3 else written, second=True
    )
    if age > SINGLE:
        return
    for number, path in enumerate(there):
        text = texts.member(dice, short=age > RECENT)
        signed = None if waits and number % 5 == 0 else written
        yield _part(meeting, Part.Section.MEMBER, text, written, signed, path=path, second=number % 2 == 1)


def _part(
    meeting: Meeting,
    section: str,
    text: str,
    saved: datetime,
    signed: datetime | None,
    *,
    path: Path | None = None,
    second: bool = False,
) -> Part:
    author = meeting.leads[-1 if second else 0]
    return Part(
        session=meeting.session,
        section=section,
        client=path.who if path else None,
        text=text,
        author=author,
        version=1,
        saved_at=saved,
        signed_at=signed,
    )


def _signature(part: Part, cosign: Cosign | None = None) -> Signature:
    """The author's name under a signed part, or the supervisor's, as the action would have put it."""
    who, at = (cosign.by, cosign.at) if cosign else (part.author, part.signed_at)
    assert who is not None and at is not None
    return Signature(
        person=who,
        credentials=who.credentials,
        meaning="cosign" if cosign else "author",
        subject_kind=part._meta.label,
        subject_id=part.pk,
        content_sha256=part.sha256,
        at=at,
    )
