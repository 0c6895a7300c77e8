"""Simulated colleagues work through the real actions, and keep their hands off what a visitor is at."""

import logging
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from threading import Event as Stop
from threading import Timer
from time import monotonic

import pytest

from admissions.actions import leaves as admission_leaves
from audit.models import Event
from audit.rules.findings import Refused, stop
from beds.actions import cleaning
from beds.models import BedStay, CleaningJob
from config.demo.activity import beds, doses, groups, leaves, loop
from config.demo.activity.colleagues import touched, visitors
from emar.models import Administration
from groups.actions import mark
from groups.models import Attendance, Session
from groups.rules.minutes import AttendanceStatus
from programs.models import Client, ExpectedDischarge, Leave, Placement, Site
from staff.models import Person
from tests.seeded import NOW

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.usefixtures("short_demonstration")]


def test_colleagues_act_and_none_of_them_is_someone_a_visitor_can_be() -> None:
    dice, seeded = Random(5), Event.objects.latest("pk").pk
    done = Counter(loop.one(dice, NOW + timedelta(seconds=12 * number)) for number in range(60))
    assert {"give", "take", "clean"} <= set(done)
    assert {"expect", "go", "hand_back", "move"} & set(done)
    new = Event.objects.filter(pk__gt=seeded)
    assert new.count() >= 50
    assert not set(new.values_list("by_id", flat=True)) & set(visitors())


def test_only_every_other_client_is_given_doses() -> None:
    before = set(Administration.objects.values_list("pk", flat=True))
    quiet = touched(NOW)
    while doses.give(Random(1), NOW, quiet):
        pass
    fresh = Administration.objects.exclude(pk__in=before).select_related("order")
    assert fresh
    assert all(row.order.client_id % 2 == 0 for row in fresh)
    assert all(row.due_at and abs(row.given_at - row.due_at) <= timedelta(hours=2) for row in fresh)


def test_a_group_that_a_visitor_marks_in_is_left_alone() -> None:
    session = Session.objects.get(started_at__lte=NOW, ended_at__gt=NOW, series__name__startswith="Relapse")
    roster = Placement.objects.current(session.started_at).filter(program__series=session.series_id)
    seen = roster.exclude(episode__client__attendance__session=session).values_list("episode__client_id", flat=True)
    visitor = Person.objects.get(username="facilitator")
    mark(by=visitor, at=NOW, session_id=session.pk, client_id=seen[0], status=AttendanceStatus.HERE, seen_version=0)
    marked = Attendance.objects.filter(session=session).count()
    while groups.take(Random(1), NOW, touched(NOW)):
        pass
    assert Attendance.objects.filter(session=session).count() == marked
    later = NOW + timedelta(minutes=11)
    assert session.pk not in touched(later).sessions


def test_a_bed_and_a_client_that_a_visitor_touched_are_left_alone() -> None:
    job = CleaningJob.objects.get(accepted_at=None)
    cleaning.accept(by=Person.objects.get(username="housekeeping"), at=NOW, job_id=job.pk)
    assert job.bed_id in touched(NOW).beds
    client = Client.objects.first()
    assert client is not None
    nurse = Person.objects.get(username="nurse")
    Event.objects.create(
        at=NOW,
        verb="chart.open",
        by_id=nurse.pk,
        by_name="RN Ames",
        client_id=client.pk,
        subject_kind="",
        summary="Opened",
    )
    assert client.pk in touched(NOW + timedelta(minutes=9)).clients
    for minutes in range(9):
        while beds.clean(Random(1), NOW + timedelta(minutes=minutes), touched(NOW + timedelta(minutes=minutes))):
            pass
    job.refresh_from_db()
    assert job.ended_at is None


def test_somebody_goes_out_and_comes_back_and_whom_a_visitor_let_out_stays_out() -> None:
    away = set(Leave.objects.current(NOW).values_list("pk", flat=True))
    visitor, stay = Person.objects.get(username="nurse"), free_to_go(NOW)
    by_visitor = admission_leaves.go(
        by=visitor, at=NOW, episode_id=stay.episode_id, kind=Leave.Kind.PASS, expected_at=NOW + timedelta(hours=1)
    )
    assert leaves.go(Random(1), NOW, touched(NOW))
    [gone] = Leave.objects.current(NOW).exclude(pk__in=away).exclude(pk=by_visitor.pk)
    soon, later = NOW + timedelta(minutes=2), NOW + timedelta(minutes=40)
    assert not leaves.come_back(Random(1), soon, touched(soon))
    assert leaves.come_back(Random(1), later, touched(later))
    assert not leaves.come_back(Random(1), later, touched(later))
    gone.refresh_from_db()
    assert gone.ended_at == later
    assert set(Leave.objects.filter(ended_at=None).values_list("pk", flat=True)) == away | {by_visitor.pk}


def test_discharges_are_expected_of_no_more_than_half() -> None:
    before = ExpectedDischarge.objects.current(NOW).count()
    for minutes in range(60):
        beds.expect(Random(minutes), NOW + timedelta(minutes=minutes), touched(NOW))
    known = ExpectedDischarge.objects.current(NOW + timedelta(hours=1)).values("episode_id")
    assert before < known.count()
    for site in Site.objects.all():
        here = BedStay.objects.current(NOW).filter(bed__room__unit__site=site)
        assert here.filter(episode__in=known).count() <= here.count() / 2 + 1


def test_a_bed_is_handed_back_once_and_never_by_a_visitor() -> None:
    waits = CleaningJob.objects.get(accepted_at=None, ended_at=None)
    cleaning.accept(by=Person.objects.get(username="housekeeping"), at=NOW, job_id=waits.pk)
    later, back = NOW + timedelta(minutes=20), set()
    while beds.hand_back(Random(1), later, touched(later)):
        back = set(CleaningJob.objects.filter(handed_back=True, ended_at=later).values_list("accepted_by", flat=True))
    assert back and not back & set(visitors())
    while beds.clean(Random(1), later, touched(later)):
        pass
    waits.refresh_from_db()
    assert waits.ended_at is None


def free_to_go(at: datetime) -> BedStay:
    """Somebody in a bed of Cedar who is not on leave."""
    away = Leave.objects.current(at).values("episode_id")
    here = BedStay.objects.current(at).filter(bed__room__unit__program__level="3.5").exclude(episode__in=away)
    return here.order_by("pk")[0]


def test_a_refusal_is_swallowed_and_a_failure_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> bool:
        raise Refused(stop("bed.occupied", "Taken by E. N. before you."))

    def broken(*_: object) -> bool:
        raise RuntimeError("a hole in the floor")

    monkeypatch.setattr(loop, "ACTS", ((refused, 1),))
    assert loop.one(Random(1), NOW) == ""
    monkeypatch.setattr(loop, "ACTS", ((broken, 1),))
    with caplog.at_level(logging.ERROR):
        assert loop.one(Random(1), NOW) == ""
    assert "a hole in the floor" in caplog.text


def test_it_stops_at_once() -> None:
    told = Stop()
    Timer(0.1, told.set).start()
    began = monotonic()
    loop.run(told, pause=(30, 60))
    assert monotonic() - began < 5
