"""A hundred ways to change the past, by somebody who owns the database: each is found, and an honest chain never is."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from audit import chain, trail
from audit.models import Event, Override, Seal
from audit.rules.anchors import Anchor
from audit.rules.findings import override
from programs.models import Organisation
from tests.factories import person

pytestmark = pytest.mark.django_db
LINKS = 24
LATER = timedelta(minutes=5)
COLUMNS = {
    "audit_event": {
        "at": "'2020-01-01'", "recorded_at": "recorded_at - interval '1 microsecond'", "verb": "verb || 'x'", "by_id": "by_id + 1",
        "by_name": "'Nobody'", "as_role": "'Director'", "site_id": "7", "client_id": "coalesce(client_id, 0) + 1",
        "subject_kind": "'beds.Hold'", "subject_id": "subject_id + 1", "summary": "summary || ' '", "request_id": "'r'",
        "detail": "detail || '{\"n\": -1}'::jsonb", "id": "id + 100000",
    },
    "audit_seal": {
        "digest": "sha256(digest)", "sealed_at": "sealed_at + interval '1 microsecond'", "version": "3 - version",
        "event_id": "event_id + 100000", "position": "position + 100000",
    },
    "audit_override": {
        "code": "code || 'x'", "message": "'Nothing'", "reason": "reason || '.'", "second_person_id": "9",
        "id": "id + 100000", "event_id": "event_id + 1",
    },
}  # fmt: skip


@pytest.fixture
def anchor() -> Iterator[Anchor]:
    """A sealed chain with overrides, anchored at its end; the guards of the database are off from here on."""
    who, place = person("cole", "Robin Cole", "RN"), Organisation.objects.create(name="Riverbend")
    for number in range(LINKS):
        finding = override("bed.upper_bunk", "Upper bunk, needs a lower")
        trail.record(
            "beds.hold", by=who, at=datetime(2026, 3, 4, 15, number, tzinfo=UTC), subject=place, site_id=1,
            client_id=number if number % 2 else None, summary=f"Bed {number} held", detail={"n": number},
            overridden=[finding] * (number % 3), reasons={finding.code: "Asked for it"},
        )  # fmt: skip
    while chain.seal_new(limit=7):
        pass
    position, head = chain.head()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
    yield Anchor(datetime.now(UTC), position, head)


def sql(words: str, *values: int | bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        assert cursor.rowcount, f"nothing was tampered with: {words}"


def faults(anchor: Anchor) -> tuple[str, ...]:
    return chain.verify(datetime.now(UTC) + LATER, anchors=[anchor]).faults


def alter(chance: random.Random) -> None:
    """One column of one row."""
    table = chance.choice(list(COLUMNS))
    column, value = chance.choice(list(COLUMNS[table].items()))
    key = "position" if table == "audit_seal" else "id"
    row = chance.randrange({"audit_event": LINKS, "audit_seal": LINKS, "audit_override": LINKS}[table])
    sql(
        f"UPDATE {table} SET {column} = {value} WHERE {key} = (SELECT {key} FROM {table} ORDER BY {key} OFFSET %s LIMIT 1)",
        row,
    )


def remove(chance: random.Random) -> None:
    """A row, alone or with what belongs to it."""
    position = chance.randrange(1, LINKS + 1)
    event = Seal.objects.get(position=position).event_id
    what = chance.choice(["event", "seal", "both", "override"])
    if what in {"event", "both"}:
        sql("DELETE FROM audit_event WHERE id = %s", event)
    if what in {"seal", "both"}:
        sql("DELETE FROM audit_seal WHERE position = %s", position)
    if what == "override":
        sql(
            "DELETE FROM audit_override WHERE id = (SELECT id FROM audit_override ORDER BY id OFFSET %s LIMIT 1)",
            position % 20,
        )


def close_up(chance: random.Random) -> None:
    """A link taken out, and those after it moved up."""
    position = chance.randrange(1, LINKS)
    sql("DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_seal WHERE position = %s)", position)
    sql("DELETE FROM audit_seal WHERE position = %s", position)
    sql("UPDATE audit_seal SET position = -position WHERE position > %s", position)
    sql("UPDATE audit_seal SET position = -position - 1 WHERE position < 0")


def reorder(chance: random.Random) -> None:
    """Two links exchanged: whole, their events alone, or their digests alone."""
    one, two = chance.sample(range(1, LINKS + 1), 2)
    what = chance.choice(["position", "event_id", "digest"])
    if what == "digest":
        words = "UPDATE audit_seal one SET digest = other.digest FROM (SELECT * FROM audit_seal) other "
        sql(words + "WHERE (one.position, other.position) IN ((%s, %s), (%s, %s))", one, two, two, one)
        return
    first, second = (getattr(Seal.objects.get(position=each), what) for each in (one, two))
    for now, then in ((first, -1), (second, first), (-1, second)):
        sql(f"UPDATE audit_seal SET {what} = %s WHERE {what} = %s", then, now)


def insert(chance: random.Random) -> None:
    """An event that never happened: without a seal, or with one at the end or in the middle."""
    sql(
        "INSERT INTO audit_event (at, recorded_at, verb, by_name, as_role, subject_kind, summary, detail, request_id) "
        "SELECT at, recorded_at, verb, by_name, as_role, subject_kind, 'Bed 99 held', detail, request_id FROM audit_event "
        "ORDER BY id OFFSET %s LIMIT 1", chance.randrange(LINKS),
    )  # fmt: skip
    where = chance.choice([None, LINKS + 1, chance.randrange(1, LINKS)])
    if where is None:
        return
    sql("UPDATE audit_seal SET position = -position - 1 WHERE position >= %s", where) if where <= LINKS else None
    sql("UPDATE audit_seal SET position = -position WHERE position < 0") if where <= LINKS else None
    sql(
        "INSERT INTO audit_seal (position, event_id, digest, sealed_at, version) "
        "SELECT %s, max(id), sha256('made up'), now(), 2 FROM audit_event", where,
    )  # fmt: skip


def cut(chance: random.Random) -> None:
    """The newest end, events and seals together."""
    keep = chance.randrange(LINKS)
    sql("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_seal WHERE position > %s)", keep)
    sql("DELETE FROM audit_seal WHERE position > %s", keep)


def rewrite(chance: random.Random) -> None:
    """One event changed and the whole chain after it reckoned anew, without a fault of its own."""
    position = chance.randrange(1, LINKS + 1)
    sql(
        "UPDATE audit_event SET summary = 'Quite harmless' WHERE id = (SELECT event_id FROM audit_seal WHERE position = %s)",
        position,
    )
    digest = chain.START
    for seal, event, overrides in list(chain._links(chain.MAIN)):
        assert event is not None
        digest = chain.digest_of(digest, seal, event, overrides)
        sql("UPDATE audit_seal SET digest = %s WHERE position = %s", digest, seal.position)
    assert chain.verify(datetime.now(UTC) + LATER).faults == (), "without the anchor nobody would know"


def add_override(chance: random.Random) -> None:
    """A reason that nobody gave."""
    sql(
        "INSERT INTO audit_override (event_id, code, message, reason) SELECT event_id, 'x', 'y', 'z' FROM audit_seal WHERE position = %s",
        chance.randrange(1, LINKS + 1),
    )


WAYS: tuple[Callable[[random.Random], None], ...] = (
    alter, alter, alter, remove, close_up, reorder, insert, cut, rewrite, add_override,
)  # fmt: skip


def test_each_of_a_hundred_random_tamperings_is_found_and_nothing_else(anchor: Anchor) -> None:
    chance = random.Random(9)
    assert (Event.objects.count(), Seal.objects.count(), Override.objects.count()) == (LINKS, LINKS, LINKS)
    assert faults(anchor) == ()
    missed = []
    for number in range(100):
        way = WAYS[number % len(WAYS)]
        with transaction.atomic():
            way(chance)
            if not faults(anchor):
                missed.append((number, way.__name__))
            transaction.set_rollback(True)
        if number % 25 == 24:
            assert faults(anchor) == (), "the chain as it was"
    assert missed == []


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in COLUMNS.items() for column in columns]
)
def test_every_column_of_the_trail_is_covered(anchor: Anchor, table: str, column: str) -> None:
    key = "position" if table == "audit_seal" else "id"
    value = COLUMNS[table][column]
    sql(
        f"UPDATE {table} SET {column} = {value} WHERE {key} = (SELECT {key} FROM {table} ORDER BY {key} OFFSET 5 LIMIT 1)"
    )
    assert faults(anchor)


def test_no_column_was_forgotten() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)", [list(COLUMNS)]
        )
        assert set(cursor.fetchall()) == {(table, name) for table, names in COLUMNS.items() for name in names}
