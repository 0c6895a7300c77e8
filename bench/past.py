"""The history of a 200-bed site: who had each bed for how long, what was held, cleaned and closed, and the trail of it all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, models

from asam.actions.catalogs import kept
from asam.models import Assessment
from asam.queries.catalogs import shipped
from beds.models import Bed, BedStay, CleaningJob, Closure, Hold
from bench.place import DAY, HOUR, Place
from chart.models import Allergy
from programs.models import Client, Episode, ExpectedDischarge, Leave, Placement, Precaution
from programs.rules.precautions import Precaution as Kind

BATCH = 2000
PAYERS = ("Medicaid", "Medicare", "Commercial", "Self-pay", "")


@dataclass(frozen=True)
class Period:
    """A bed is someone's; ``end`` None: they have it now. ``clean`` is when the bed was clean again."""

    bed: Bed
    start: datetime
    end: datetime | None
    clean: datetime | None


def live_through(place: Place, days: int, dice: Random) -> int:
    """Write ``days`` days of stays up to now, oldest first, with all that goes with them; how many stays."""
    periods = sorted(
        (
            period
            for bed in (*place.taken, *place.empty)
            for period in _backwards(bed, place.at, days, dice, now=bed in place.taken)
        ),
        key=lambda period: period.start,
    )
    for first in range(0, len(periods), BATCH):
        _write(place, periods[first : first + BATCH], first, dice)
    _trail(place)
    return len(periods)


def _backwards(bed: Bed, at: datetime, days: int, dice: Random, *, now: bool) -> Iterator[Period]:
    """About twelve days a stay, an hour or three of cleaning after each, then some hours free."""
    since = at - days * DAY
    start = at
    if now:
        start = at - (0.2 + min(dice.random() * 20, days - 1)) * DAY
        yield Period(bed, start, None, None)
    while True:
        clean = start - dice.uniform(2, 30) * HOUR
        end = clean - dice.uniform(1, 3) * HOUR
        start = end - min(max(dice.gauss(12, 5), 1), 30) * DAY
        if end < since:
            return
        yield Period(bed, start, end, clean)


def _write(place: Place, periods: list[Period], first: int, dice: Random) -> None:
    """One batch, table by table."""
    by, levels = place.intake, {period.bed.pk: period.bed.room.unit.program for period in periods}
    source = kept(shipped(), place.at)

    def save(rows: list[Any]) -> list[Any]:
        model: type[models.Model] | None = type(rows[0]) if rows else None
        return model._default_manager.bulk_create(rows, batch_size=BATCH) if model else []

    clients = save([
        Client(
            organisation=place.site.organisation, record_number=f"P{first + n}", first_name=dice.choice("ABCDEFGHIJ") + "li",
            last_name=f"Person{first + n}", born_on=(place.at - dice.randint(19, 75) * 365 * DAY).date(),
            housing_preference=dice.choice(("any", "women", "men")),
        )
        for n in range(len(periods))
    ])  # fmt: skip
    both = list(zip(clients, periods, strict=True))
    episodes = save([
        Episode(
            client=client, started_at=p.start, ended_at=p.end, ended_as="completed" if p.end else "",
            payer=dice.choice(PAYERS),
        )
        for client, p in both
    ])  # fmt: skip
    of = list(zip(episodes, periods, strict=True))
    save([
        Placement(
            episode=episode, program=levels[p.bed.pk], kind=levels[p.bed.pk].kind, level=levels[p.bed.pk].level,
            started_at=p.start, ended_at=p.end,
        )
        for episode, p in of
    ])  # fmt: skip
    save([
        Assessment(
            episode=episode, kind="level", edition="4", catalog="adult-4", catalog_version="1", source=source, ratings={}, by=by,
            recommendation={"level": "3.5", "recovery_residence": False, "complete": True}, at=p.start,
        )
        for episode, p in of
        if levels[p.bed.pk].level
    ])  # fmt: skip
    stays = save([
        BedStay(bed=p.bed, episode=episode, client_id=episode.client_id, started_at=p.start, ended_at=p.end)
        for episode, p in of
    ])  # fmt: skip
    past = [(stay, p, p.end, p.clean) for stay, p in zip(stays, periods, strict=True) if p.end and p.clean]
    save([
        CleaningJob(
            bed=p.bed, after=stay, started_at=end, accepted_at=end + (clean - end) / 3, accepted_by=by, ended_at=clean
        )
        for stay, p, end, clean in past
    ])  # fmt: skip
    save([
        Hold(
            bed=p.bed, client_id=stay.client_id, started_at=p.start - HOUR, until=p.start + HOUR, ended_at=p.start, by=by
        )
        for stay, p, *_ in past[::3]
    ])  # fmt: skip
    save([
        Closure(bed=p.bed, why="A new lock", started_at=clean, ended_at=clean + HOUR) for _, p, _, clean in past[::15]
    ])  # fmt: skip
    save([
        Leave(
            episode_id=stay.episode_id, kind="pass", started_at=end - timedelta(hours=20),
            expected_at=end - timedelta(hours=15), ended_at=end - timedelta(hours=15),
        )
        for stay, _, end, _ in past[::5]
    ])  # fmt: skip
    save([
        ExpectedDischarge(episode_id=stay.episode_id, expected_at=end, started_at=p.start, ended_at=end, by=by)
        for stay, p, end, _ in past[::2]
    ])  # fmt: skip
    save([
        Precaution(client_id=stay.client_id, kind=dice.choice(list(Kind)).value, started_at=p.start, ended_at=end, by=by)
        for stay, p, end, _ in past[::3]
    ])  # fmt: skip
    save([
        Allergy(client_id=stay.client_id, substance="penicillin", reaction="rash", noted_at=p.start)
        for stay, p, *_ in past[1::4]
    ])  # fmt: skip


TRAIL = """
    INSERT INTO audit_event (at, recorded_at, verb, by_id, by_name, as_role, site_id, client_id, subject_kind, subject_id,
                             summary, detail, request_id)
    SELECT at, at, verb, %(by)s, 'Bea Intake', 'intake', %(site)s, client_id, kind, id, words, '{}', '' FROM (
        SELECT started_at, 'beds.assign', client_id, 'beds.BedStay', id, 'A. Person came to Unit 1 101-A' FROM beds_bedstay
        UNION ALL
        SELECT ended_at, 'beds.vacate', client_id, 'beds.BedStay', id, 'A. Person left Unit 1 101-A; it needs cleaning'
        FROM beds_bedstay WHERE ended_at IS NOT NULL
        UNION ALL
        SELECT unnest(ARRAY[started_at, accepted_at, ended_at]), 'beds.clean', NULL, 'beds.CleaningJob', id,
               'Unit 1 101-A is being cleaned' FROM beds_cleaningjob
        UNION ALL
        SELECT started_at, 'beds.hold', client_id, 'beds.Hold', id, 'Unit 1 101-A held for A. Person' FROM beds_hold
        UNION ALL
        SELECT given, 'emar.administer', client_id, 'emar.Administration', id, 'A dose given in Unit 1'
        FROM beds_bedstay,
             generate_series(started_at + interval '1 hour', coalesce(ended_at, %(at)s), interval '1 day') given
    ) said (at, verb, client_id, kind, id, words) WHERE at IS NOT NULL ORDER BY at
"""


def _trail(place: Place) -> None:
    """What was done to beds, and a dose a day for each person in one, in the order in which it happened."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIL, {"by": place.intake.pk, "site": place.site.pk, "at": place.at})
