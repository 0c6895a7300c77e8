"""Who came to each group, for how long, and what was written and signed about it."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from random import Random

from config.demo import texts
from config.demo.sessions import Meeting
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from groups.models import Attendance, Part
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from staff.models import Signature

S = AttendanceStatus
RECENT = 14 * DAY  # notes are written out for two weeks; older ones are short
SINGLE = 45 * DAY  # and older than this, only the shared parts were brought over
OPEN = 30 * HOUR  # notes of groups this recent may still wait for a signature


def write(stage: Stage, meetings: list[Meeting]) -> None:
    """Attendance marks and note parts of every group that has begun."""
    dice = stage.dice("attendance")
    marks: list[Attendance] = []
    parts: list[Part] = []
    for meeting in meetings:
        if meeting.session.started_at > stage.now:
            continue
        there = []
        for path in meeting.roster:
            mark = _mark(stage, dice, meeting, path)
            if mark is not None:
                marks.append(mark)
                if AttendanceStatus(mark.status) not in NOT_THERE:
                    there.append(path)
        parts += _parts(stage, dice, meeting, there)
    Attendance.objects.bulk_create(marks, batch_size=2_000)
    Part.objects.bulk_create(parts, batch_size=2_000)
    Signature.objects.bulk_create(
        [_signature(part) for part in parts if part.signed_at and part.signed_at > stage.now - RECENT], batch_size=2_000
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


def _signature(part: Part) -> Signature:
    """The author's name under a signed part, as the action would have put it."""
    assert part.author is not None and part.signed_at is not None
    return Signature(
        person=part.author,
        credentials=part.author.credentials,
        meaning="author",
        subject_kind=part._meta.label,
        subject_id=part.pk,
        content_sha256=hashlib.sha256(part.text.encode()).hexdigest(),
        at=part.signed_at,
    )
