"""What happened stays what happened: events are sealed in order, tampering is found, and auditing makes nobody wait."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from audit import chain, trail
from audit.models import Event, Override, Seal
from audit.rules.findings import override
from programs.models import Organisation
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def act(verb: str = "beds.hold", **more: object) -> Event:
    """One act with its event, in its transaction."""
    who = getattr(act, "who", None) or person(f"p{Event.objects.count()}", "Robin Cole", "RN")
    with transaction.atomic():
        place, _ = Organisation.objects.get_or_create(name="Riverbend")
        return trail.record(
            verb,
            by=who,
            at=NOW,
            subject=place,
            summary="Bed held",
            site_id=None,
            detail={"bed": "4-A"},
            **more,  # type: ignore[arg-type]
        )


@contextmanager
def without_triggers() -> Iterator[None]:
    """As someone who owns the database could: the guards are off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def tamper(sql: str, *values: Any) -> None:
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def faults(kept_head: str = "") -> tuple[str, ...]:
    return chain.verify(datetime.now(UTC), kept_head=kept_head).faults


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs in threads of their own, with connections of their own; their answers."""
    answers: list[object] = [None] * len(jobs)

    def run(number: int, job: Callable[[], object]) -> None:
        try:
            answers[number] = job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def test_an_act_is_sealed_at_the_next_look() -> None:
    event = act()
    assert chain.seal_new() == 1
    assert Seal.objects.get().event_id == event.pk
    assert chain.seal_new() == 0


def test_the_chain_keeps_the_order_and_is_whole() -> None:
    made = [act().pk for _ in range(5)]
    assert chain.seal_new(limit=2) == 2
    assert [chain.seal_new(everywhere=False), chain.seal_new(everywhere=False)] == [3, 0]
    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == made
    report = chain.verify(datetime.now(UTC))
    assert (report.links, report.faults) == (5, ())
    assert report.head == bytes(Seal.objects.get(position=5).digest).hex()


def test_each_link_rests_on_the_one_before() -> None:
    first, second = act(), act()
    chain.seal_new()
    links = list(Seal.objects.order_by("position"))
    one = chain.digest_of(chain.START, links[0], Event.objects.get(pk=first.pk))
    assert bytes(links[1].digest) == chain.digest_of(one, links[1], Event.objects.get(pk=second.pk))


def test_links_of_the_first_kind_are_still_read() -> None:
    """The first kind covered the event and its overrides alone; a chain that began so goes on in the second."""
    first = Event.objects.get(pk=act().pk)
    link = Seal(position=1, event_id=first.pk, version=1)
    link.digest = chain.digest_of(chain.START, link, first)
    link.save(force_insert=True)
    act()
    chain.seal_new()
    assert list(Seal.objects.order_by("position").values_list("version", flat=True)) == [1, 2]
    assert faults() == ()
    tamper("UPDATE audit_seal SET version = 1 WHERE position = 2")
    assert len(faults()) == 1


def test_the_database_refuses_to_change_an_event_or_a_seal() -> None:
    event = act()
    chain.seal_new()
    for rows in (Event.objects.filter(pk=event.pk), Seal.objects.all()):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(summary="Something else")


def test_a_changed_event_is_found() -> None:
    act(), act(), act()
    chain.seal_new()
    changed = Seal.objects.get(position=2).event_id
    tamper("UPDATE audit_event SET summary = 'Nothing to see' WHERE id = %s", changed)
    assert faults() == (f"Event {changed} at link 2 was changed, or the chain before it was.",)


def test_a_changed_reason_of_an_override_is_found() -> None:
    finding = override("bed.upper_bunk", "Upper bunk, needs a lower")
    event = act(overridden=[finding], reasons={finding.code: "Asked for it"})
    chain.seal_new()
    assert faults() == ()
    tamper("UPDATE audit_override SET reason = 'Nobody asked'")
    assert Override.objects.get().reason == "Nobody asked"
    assert faults() == (f"Event {event.pk} at link 1 was changed, or the chain before it was.",)


def test_a_removed_event_is_found() -> None:
    act(), act()
    chain.seal_new()
    tamper("DELETE FROM audit_event WHERE id = %s", Seal.objects.get(position=1).event_id)
    assert faults() == ("The event of link 1 was removed.",)


def test_a_removed_event_and_its_seal_are_found() -> None:
    act(), act(), act()
    chain.seal_new()
    gone = Seal.objects.get(position=2).event_id
    tamper("DELETE FROM audit_seal WHERE position = 2")
    tamper("DELETE FROM audit_event WHERE id = %s", gone)
    assert faults()[0] == "Link 2 is missing."


def test_a_cut_off_end_is_found_with_the_head_kept_elsewhere() -> None:
    act(), act()
    chain.seal_new()
    head = chain.verify(datetime.now(UTC)).head
    act()
    chain.seal_new()
    assert faults(kept_head=head) == ()
    gone = list(Seal.objects.filter(position__gte=2).values_list("event_id", flat=True))
    tamper("DELETE FROM audit_seal WHERE position >= 2")
    tamper("DELETE FROM audit_event WHERE id = ANY(%s)", gone)
    assert faults() == ()
    assert faults(kept_head=head) == (
        "The head that was kept is not in the chain: its end was cut off or written anew.",
    )


def test_an_event_that_waits_too_long_for_its_seal_is_a_fault() -> None:
    act()
    soon, later = datetime.now(UTC), datetime.now(UTC) + chain.GRACE + timedelta(seconds=5)
    assert chain.verify(soon).faults == ()
    assert chain.verify(later).faults == ("1 events are older than 30 s and not sealed: is the sealer running?",)


def test_two_sealers_never_seal_an_event_twice() -> None:
    for _ in range(30):
        act()
    answers = at_once(*[chain.seal_new] * 4)
    assert sum(each for each in answers if isinstance(each, int)) == 30
    assert Seal.objects.count() == 30
    assert faults() == ()


def test_a_sealer_at_work_is_not_waited_for() -> None:
    act()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [chain.SEALER])
        assert at_once(chain.seal_new) == [0]
    assert chain.seal_new() == 1


def test_two_open_acts_write_their_events_without_waiting_for_each_other_or_the_sealer() -> None:
    who = person("cole", "Robin Cole", "RN")
    place = Organisation.objects.create(name="Riverbend")
    both_wrote = threading.Barrier(3, timeout=10)

    def one() -> bool:
        with transaction.atomic():
            trail.record("beds.hold", by=who, at=NOW, subject=place, summary="Held", site_id=None)
            both_wrote.wait()  # reached by all only if nobody's event waits for another's commit
        return True

    def sealer() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [chain.SEALER])
            both_wrote.wait()
        return chain.seal_new()

    answers = at_once(one, one, sealer)
    assert answers[:2] == [True, True]
    chain.seal_new()
    assert Seal.objects.count() == 2


def test_an_event_that_commits_late_is_still_sealed() -> None:
    """The number of an event is taken before it commits, so a later number may be sealed first."""
    who = person("cole", "Robin Cole", "RN")
    place = Organisation.objects.create(name="Riverbend")
    wrote, sealed = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            event = trail.record("beds.hold", by=who, at=NOW, subject=place, summary="Held", site_id=None)
            wrote.set()
            assert sealed.wait(10)
        return event.pk

    def quick() -> int:
        assert wrote.wait(10)
        with transaction.atomic():
            event = trail.record("beds.hold", by=who, at=NOW, subject=place, summary="Held", site_id=None)
        chain.seal_new()
        sealed.set()
        return event.pk

    first, second = at_once(slow, quick)
    assert isinstance(first, int) and isinstance(second, int) and first < second
    assert chain.seal_new() == 1
    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == [second, first]
    assert faults() == ()
