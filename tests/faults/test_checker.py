"""The checker finds what a fault would do: every kind of wrong that it is there for is done here by hand, in SQL, and taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from audit.chain import seal_new
from beds.actions import holds, stays
from beds.models import BedStay
from emar import actions
from emar.rules.administration import Outcome
from emar.rules.schedule import Once
from groups.actions.attendance import mark
from groups.rules.minutes import AttendanceStatus
from tests.factories import World, admit, client, world
from tests.factories.meds import medication, order
from tests.factories.sessions import group
from tests.faults.checker import check, refusals
from tests.faults.logs import Asked, Try

Db = psycopg.Connection[tuple[object, ...]]


@dataclass
class Wrong:
    """A database in which all is well, what was asked of it, and a hand to spoil it with."""

    db: Db
    asked: list[Asked]

    def found(self, *statements: str, asked: list[Asked] | None = None) -> str:
        """What the checker says after these statements, which are taken back again."""
        with self.db.transaction(force_rollback=True):
            self.db.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
            for each in statements:
                assert self.db.execute(each.encode()).rowcount, each  # -1: it made or dropped something
            return " ".join(check(self.db, self.asked if asked is None else asked))


def said(verb: str, at: datetime, key: str = "", /, **what: object) -> Asked:
    tried = Try(1, at, at + timedelta(seconds=1), 200)
    return Asked("somebody", verb, key or str(uuid4()), what, [tried])


@pytest.fixture
def all_well(transactional_db: None) -> Iterator[Wrong]:
    here = world(datetime.now(UTC))
    asked = [*_doses(here), *_marks(here), *_beds(here)]
    seal_new()
    named = connection.settings_dict
    with psycopg.connect(dbname=named["NAME"], host=named["HOST"], user=named["USER"]) as db:
        yield Wrong(db, asked)


def _doses(here: World) -> Iterator[Asked]:
    episode = admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])
    due = (here.now - timedelta(minutes=3)).replace(second=0, microsecond=0)
    for number in range(2):
        made = order(episode, medication(f"Drug {number}", "100 mg"), Once(), by=here.prescriber, started_at=due)
        row = actions.administer(
            by=here.on_unit, at=here.now, order_id=made.pk, due_at=due, outcome=Outcome.GIVEN, client_id=episode.client_id,
            identifiers=("wristband",), amount=Decimal(100), unit="mg",
        )  # fmt: skip
        what = {"order": made.pk, "due": due, "outcome": "given", "amount": "100", "by": here.on_unit.pk}
        yield replace(said("dose", here.now, **what), said={"id": row.pk})


def _marks(here: World) -> Iterator[Asked]:
    where, members = group(here, 1)
    for version, status in enumerate((AttendanceStatus.HERE, AttendanceStatus.ABSENT)):
        mark(
            by=here.facilitator, at=here.now, session_id=where.pk, client_id=members[0].pk, status=status, seen_version=version
        )  # fmt: skip
        what = {"session": where.pk, "client": members[0].pk, "status": status.value, "version": version + 1}
        yield said("mark", here.now, **what)


def _beds(here: World) -> Iterator[Asked]:
    waits, key = client(here, "Kay", "Osei", asks_for="3.5"), uuid4()
    until = here.now + timedelta(days=1)
    held = holds.hold(by=here.intake, at=here.now, bed_id=here.beds[1].pk, client_id=waits.pk, until=until, key=key)
    yield said("hold", here.now, str(key), bed=here.beds[1].pk, client=waits.pk)
    holds.release(by=here.intake, at=here.now + timedelta(seconds=1), hold_id=held.pk)
    yield said("release", here.now, bed=here.beds[1].pk, hold=held.pk)
    stay, key = BedStay.objects.get(), uuid4()
    stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=here.beds[2].pk, key=key)
    yield said("move", here.now, str(key), bed=here.beds[2].pk, stay=stay.pk)


ONE = "(SELECT min(id) FROM emar_administration)"
SPOILT: dict[str, tuple[tuple[str, ...], str]] = {
    "a dose is lost": ((f"DELETE FROM emar_administration WHERE id = {ONE}",), "was acknowledged and is lost"),
    "a dose is there twice": (
        (
            "DROP INDEX emar_each_dose_once",
            "CREATE TEMP TABLE two ON COMMIT DROP AS SELECT * FROM emar_administration LIMIT 1",
            "UPDATE two SET id = id + 1000",
            "INSERT INTO emar_administration SELECT * FROM two",
        ),
        "is there 2 times",
    ),
    "a dose is another": ((f"UPDATE emar_administration SET amount = 50 WHERE id = {ONE}",), "otherwise than it was asked"),
    "a dose is another's": ((f"UPDATE emar_administration SET by_id = by_id + 1 WHERE id = {ONE}",), "otherwise than"),
    "a dose is in the future": (
        (f"UPDATE emar_administration SET given_at = given_at + '1 h', recorded_at = recorded_at + '1 h' WHERE id = {ONE}",),
        "otherwise than it was asked",
    ),
    "nobody asked for a dose": (
        (f"UPDATE emar_administration SET due_at = due_at + '1 h' WHERE id = {ONE}",), "nobody asked for it"
    ),
    "a mark is lost": (("DELETE FROM groups_attendance WHERE version = 2",), "is there 0 times"),
    "a mark between is lost": (("DELETE FROM groups_attendance WHERE version = 1",), "are numbered [2]"),
    "a mark is another": (("UPDATE groups_attendance SET status = 'late' WHERE version = 2",), "nobody asked for it"),
    "a hold is lost": (("DELETE FROM beds_hold",), "was acknowledged and is lost"),
    "a hold is another's": (("UPDATE beds_hold SET client_id = client_id - 1",), "otherwise than it was asked"),
    "a hold stands still": (("UPDATE beds_hold SET ended_at = until",), "was let go, says the answer, and is not"),
    "a move is lost": (("DELETE FROM beds_bedstay WHERE ended_at IS NULL",), "was acknowledged and is lost"),
    "two in a bed": (
        (
            "ALTER TABLE beds_bedstay DROP CONSTRAINT beds_one_stay_a_bed",
            "ALTER TABLE beds_bedstay DROP CONSTRAINT beds_one_bed_a_person",
            "UPDATE beds_bedstay SET ended_at = NULL",
        ),
        "two stays at a time",
    ),
    "an event is lost": (("DELETE FROM audit_event WHERE verb = 'emar.administer'",), "is on the trail 0 times"),
    "an event is there twice": (
        (
            "CREATE TEMP TABLE two ON COMMIT DROP AS SELECT * FROM audit_event WHERE verb = 'groups.mark' LIMIT 1",
            "UPDATE two SET id = id + 1000",
            "INSERT INTO audit_event SELECT * FROM two",
        ),
        "is on the trail 2 times",
    ),
    "an event was changed": (("UPDATE audit_event SET summary = 'Nothing' WHERE verb = 'beds.hold'",), "is not the hash"),
    "a link is lost": (("DELETE FROM audit_seal WHERE position = 2",), "has no link 2"),
    "the chain is cut off": (("DELETE FROM audit_seal WHERE position > 3",), "is not in the chain"),
}  # fmt: skip


def test_nothing_is_found_where_nothing_is_wrong_and_every_wrong_is_found(all_well: Wrong) -> None:
    assert all_well.found() == ""
    silent = {name: said for name, (how, words) in SPOILT.items() if words not in (said := all_well.found(*how))}
    assert silent == {}
    assert all_well.found() == "", "and all is as it was"


def test_what_the_clients_say_counts_too(all_well: Wrong) -> None:
    asked = all_well.asked
    dose = next(each for each in asked if each.verb == "dose")
    invented = said("dose", dose.began, **{**dose.what, "order": 10**6})
    assert "was acknowledged and is lost" in all_well.found(asked=[*asked, invented])
    open_still = Asked("somebody", "dose", "k", invented.what, [Try(1, dose.began, dose.ended, None)])
    assert all_well.found(asked=[*asked, open_still]) == "", "what nobody answered may be there or not"
    refused = replace(dose, tries=[replace(dose.tries[0], status=422, words="Not due")])
    assert "was refused and is there" in all_well.found(asked=[refused, *(each for each in asked if each is not dose)])
    twice = replace(dose, key="another", said={})
    assert "acknowledged to two people" in all_well.found(asked=[*asked, twice])
    assert refusals(asked) == []
    assert "was refused (422" in refusals([refused])[0]
    assert refusals([refused], lambda _: True) == []
