"""Makes the demonstration organisation: the same for the same ``seed`` and ``now``, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from config.demo import (
    access,
    asking,
    attendance,
    banding,
    bedding,
    cast,
    charted,
    clients,
    consents,
    counseling,
    doses,
    duties,
    engaging,
    events,
    facts,
    keeping,
    leaving,
    levels,
    measures,
    minding,
    notes,
    orders,
    owed,
    paths,
    people,
    places,
    plans,
    released,
    reviews,
    sessions,
    signing,
    stepping,
    stock,
    tablets,
    twice,
    unit,
    watching,
    withdrawal,
)
from config.demo.stage import Stage
from programs.models import Client, Organisation

STEPS = 10
HISTORY = 90  # days


class NotEmpty(Exception):
    """There are clients already; the sentence says what to do."""


def _say_nothing(words: str) -> None:
    """For tests."""


def seed(*, seed: int, now: datetime, days: int = HISTORY, tell: Callable[[str], None] = _say_nothing) -> Stage:
    """Write it all; ``days`` of history. ``tell`` hears STEPS times what comes next. Raises NotEmpty where clients exist."""
    if Client.objects.exists():
        raise NotEmpty("There are clients already, so nothing was seeded. Start over with: make demo-reset")
    stage = Stage(seed, now, days)
    with transaction.atomic():
        tell("places and people")
        places.build(stage)
        people.build(stage)
        signing.write(stage)
        organisation = Organisation.objects.get()
        asking.write(stage, organisation)
        tell("who is where, by which steps")
        paths.plan(stage)
        bedding.assign(stage)
        cast.choose(stage)
        clients.write(stage, organisation)
        worn = banding.write(stage)
        asking.admitted(stage)
        minding.write(stage)
        tell("beds and leaves")
        stays = bedding.write(stage)
        keeping.write(stage, stays)
        leaving.write(stage)
        tell("medication orders")
        ordered = orders.write(stage)
        tell("doses")
        given = doses.write(stage, ordered, worn)
        owed.write(stage, ordered, given)
        given += withdrawal.write(stage)
        stock.write(stage, given)
        tablets.write(stage, given)
        aimed = plans.write(stage)
        tell("groups")
        meetings = sessions.write(stage)
        tell("attendance and group notes")
        attendance.write(stage, meetings, aimed)
        tell("ratings and decisions")
        levels.write(stage)
        reviews.write(stage)
        measures.write(stage)
        tell("notes")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # notes that wait are written by the acts, which read plans back
        notes.write(stage)
        charted.write(stage)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what a shift is told is read back, by the right indexes
        unit.write(stage)
        facts.write(stage)
        consents.write(stage, organisation)
        counseling.write(stage)
        released.write(stage)
        duties.write(stage)
        engaging.write(stage)
        twice.write(stage)
        access.write(stage)
        stepping.write(stage)
        tell("the trail")
        events.write(stage, given)
        watching.write(stage)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # so that the first pages already read the right indexes
    return stage
