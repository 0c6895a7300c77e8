"""The daily life of one client: notes, scores, vitals, doses and groups of every day, written as rows."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Model

from chart.models import Note, Score, Vitals
from emar.models import Administration, Medication, Order
from emar.rules.schedule import FixedTimes, to_json
from groups.models import Attendance, Presence, Session
from programs.models import Episode, Site
from staff.models import Person

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def live(episode: Episode, site: Site, by: Person, days: int, until: datetime) -> int:
    """The ``days`` before ``until`` of an episode that was open by then; every fifth day a dose is refused. How many rows were written."""
    mornings = [until - DAY * back - 6 * HOUR for back in range(days - 1, -1, -1)]
    return sum(
        len(rows)
        for rows in (
            _notes(episode, site, by, mornings), _scores(episode, by, mornings), _vitals(episode, by, mornings),
            _doses(episode, by, mornings), _groups(episode, site, by, mornings),
        )
    )  # fmt: skip


def _notes(episode: Episode, site: Site, by: Person, mornings: list[datetime]) -> list[Model]:
    notes = []
    for number, morning in enumerate(mornings):
        note = Note(
            episode=episode, site=site, kind="progress", text=f"Day {number}: slept, ate, spoke of the week. " * 4,
            about_at=morning, written_at=morning + HOUR, by=by,
        )  # fmt: skip
        note.sha256 = note.digest()
        notes.append(note)
    return list(Note.objects.bulk_create(notes, batch_size=500))


def _scores(episode: Episode, by: Person, mornings: list[datetime]) -> list[Model]:
    return list(Score.objects.bulk_create([
        Score(
            client_id=episode.client_id, episode=episode, scale="cows", edition="bench", answers={"a": number % 9},
            total=number % 9, at=morning, written_at=morning, by=by,
        )
        for number, morning in enumerate(mornings)
    ]))  # fmt: skip


def _vitals(episode: Episode, by: Person, mornings: list[datetime]) -> list[Model]:
    return list(Vitals.objects.bulk_create([
        Vitals(
            client_id=episode.client_id, episode=episode, systolic=118 + number % 60, diastolic=76, pulse=70 + number % 50,
            at=morning, written_at=morning, by=by,
        )
        for number, morning in enumerate(mornings)
    ]))  # fmt: skip


def _doses(episode: Episode, by: Person, mornings: list[datetime]) -> list[Model]:
    drug, _ = Medication.objects.get_or_create(
        name="Thiamine", strength="100 mg", defaults={"ingredient": "thiamine", "form": "tablet", "route": "by mouth"}
    )
    order = Order.objects.create(
        episode=episode, client_id=episode.client_id, medication=drug, dose=Decimal(100), unit="mg", route="by mouth",
        schedule=to_json(FixedTimes((time(8), time(14), time(20)))), started_at=mornings[0] - HOUR, by=by,
    )  # fmt: skip
    rows = []
    for number, morning in enumerate(mornings):
        for place in range(3):
            refused = number % 5 == 0 and place == 1
            given = morning + place * HOUR
            rows.append(
                Administration(
                    order=order, due_at=given, outcome="refused" if refused else "given", reason="nausea" if refused else "",
                    amount=None if refused else Decimal(100), unit="" if refused else "mg", given_at=given, recorded_at=given,
                    wall_clock=f"{given.astimezone(UTC):%H:%M} +0000", by=by,
                )
            )  # fmt: skip
    return list(Administration.objects.bulk_create(rows, batch_size=1000))


def _groups(episode: Episode, site: Site, by: Person, mornings: list[datetime]) -> list[Model]:
    sessions = Session.objects.bulk_create([
        Session(
            site=site, kind="individual", client_id=episode.client_id, service="H0004", room="Office 2",
            started_at=morning + 3 * HOUR, ended_at=morning + 4 * HOUR,
        )
        for morning in mornings
    ])  # fmt: skip
    marks = Attendance.objects.bulk_create([
        Attendance(session=session, client_id=episode.client_id, version=1, status="here", at=session.started_at, by=by)
        for session in sessions
    ])  # fmt: skip
    return list(Presence.objects.bulk_create([
        Presence(
            session=session, client_id=episode.client_id, mark=mark, started_at=session.started_at, ended_at=session.ended_at
        )
        for session, mark in zip(sessions, marks, strict=True)
    ]))  # fmt: skip
