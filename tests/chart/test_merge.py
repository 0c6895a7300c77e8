"""Two records of one person: read as one under the number that stays, warned of both, and taken apart again as they were."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from chart.access import at_sites
from chart.actions.merge import merge, unmerge
from chart.models import Allergy, NoKnownAllergies, Score
from chart.queries import newest, page
from chart.queries.clients import listed
from chart.queries.merge import merged, pairs
from chart.rules.find import birth_dates
from programs.models import Client, Episode, KeepApart, Merge, Placement, PlacementRequest, Precaution
from programs.people import ids_of, stays
from staff.access import NotAllowed
from tests.factories import World, admit, client, keep_apart, precaution
from tests.signing import signed_in

HOUR = timedelta(hours=1)


@pytest.fixture
def two(here: World) -> tuple[Client, Client]:
    """Who is in care, and the record of an earlier stay that was made a second time."""
    kept, old = client(here, "Sara", "Amari"), client(here, "Sarah", "Amari")
    admit(here, kept, here.residential, here.beds[0])
    past = admit(here, old, here.php, days=400)
    Placement.objects.filter(episode=past).update(ended_at=here.now - timedelta(days=380))
    past.ended_at, past.ended_as = here.now - timedelta(days=380), "completed"
    past.save()
    return kept, old


def as_one(here: World, kept: Client, goes: Client, **more: Any) -> Merge:
    asked: dict[str, Any] = {
        "by": here.director,
        "at": here.now,
        "site_id": here.site.pk,
        "why": "Same photograph and birth date",
    }
    return merge(client_id=goes.pk, into_id=kept.pk, **(asked | more))


def told(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.findings[0].code


def everything() -> dict[str, str]:
    """Every row of every table but what tells that something was done."""
    quiet = {"audit", "sessions", "contenttypes", "auth", "admin"}
    return {
        f"{model._meta.label}.{row.pk}": json.dumps(serializers.serialize("python", [row]), default=str)
        for model in apps.get_models()
        if model._meta.app_label not in quiet
        for row in model._base_manager.all()
    }


# What it does


def test_both_histories_stand_in_one_chart_under_the_number_that_stays(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    as_one(here, kept, old)
    shown = page(Client.objects.get(pk=kept.pk), here.site, here.now)
    assert [course.episode.client_id for course in (shown.course, *shown.past) if course] == [kept.pk, old.pk]
    last = page(Client.objects.get(pk=kept.pk), here.site, here.now, asked_of(shown.past[0].last))
    assert "Discharged from PHP, Riverbend campus" in [entry.title for day in last.days for entry in day.entries]


def asked_of(day: date) -> Any:
    from chart.queries.page import Asked

    return Asked(to=day.isoformat())


def test_the_list_names_the_person_once_and_the_old_number_finds_them(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    as_one(here, kept, old)
    sites = frozenset({here.site.pk})
    assert list(at_sites(sites)) == [kept]
    for text in (old.record_number, "Sarah", kept.record_number, "14 Mar 1988"):
        assert list(listed(here.site, here.now, text=text)) == [kept], text
    nurse = signed_in(here.on_unit)
    answer = nurse.get(f"/clients/{old.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/clients/{kept.pk}/")
    assert (ids_of(kept), stays(old.pk), stays(kept.pk)) == ((kept.pk, old.pk), kept.pk, kept.pk)


def test_whoever_reads_the_record_that_stays_is_warned_of_what_the_other_one_knew(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    other = client(here, "Ben", "Tran")
    before = here.now - HOUR
    Allergy.objects.create(client=old, substance="Penicillin", reaction="hives", severity="severe", noted_at=before)
    Allergy.objects.create(client=old, substance="latex", reaction="rash", noted_at=before)
    Allergy.objects.create(client=kept, substance="Latex", reaction="rash", noted_at=before)
    precaution(old, "close_watch", since=before)
    keep_apart(old, other, here.director, why="A fight")
    as_one(here, kept, old)
    assert sorted(Allergy.objects.filter(client=kept).values_list("substance", "severity")) == [
        ("Latex", "unknown"), ("Penicillin", "severe"),
    ]  # fmt: skip
    assert list(Precaution.objects.current(here.now).filter(client=kept).values_list("kind", flat=True)) == [
        "close_watch"
    ]
    [rule] = KeepApart.objects.filter(ended_at=None, first=min(kept.pk, other.pk), second=max(kept.pk, other.pk))
    assert rule.why == "A fight"
    words = signed_in(here.on_unit).get(f"/clients/{kept.pk}/").content.decode()
    assert "Penicillin (hives, severe)" in words


def test_nobody_knew_of_an_allergy_ends_where_the_other_record_knows_one(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    NoKnownAllergies.objects.create(client=kept, started_at=here.now - HOUR, by=here.on_unit)
    Allergy.objects.create(client=old, substance="penicillin", noted_at=here.now - HOUR)
    made = as_one(here, kept, old)
    assert not NoKnownAllergies.objects.current(here.now).filter(client=kept).exists()
    unmerge(by=here.director, at=here.now + HOUR, merge_id=made.pk, site_id=here.site.pk, why="Twins")
    assert NoKnownAllergies.objects.current(here.now + HOUR).filter(client=kept).exists()


# Undone


def test_taken_apart_every_row_is_as_it_was_and_nothing_that_came_over_still_holds(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    other = client(here, "Ben", "Tran")
    before = here.now - HOUR
    Allergy.objects.create(client=old, substance="penicillin", reaction="hives", noted_at=before)
    precaution(old, "close_watch", since=before)
    keep_apart(old, other, here.director)
    was = everything()
    made = as_one(here, kept, old)
    assert {name: row for name, row in everything().items() if name in was} == was  # a merge changes no row
    unmerge(by=here.director, at=here.now + HOUR, merge_id=made.pk, site_id=here.site.pk, why="They are twins")

    after = everything()
    assert {name: row for name, row in after.items() if name in was} == was
    for model in (Allergy, Precaution, KeepApart):
        added = [row for row in model.objects.all() if f"{model._meta.label}.{row.pk}" not in was]
        assert added and all(row.ended_at == here.now + HOUR for row in added), model
    assert list(at_sites(frozenset({here.site.pk})).order_by("pk")) == [kept, old]
    assert [each.episode.client_id for each in [page(kept, here.site, here.now + HOUR).course] if each] == [kept.pk]
    assert page(kept, here.site, here.now + HOUR).past == ()
    row = Merge.objects.get(pk=made.pk)
    assert (row.ended_by, row.ended_why) == (here.director, "They are twins")
    verbs = list(Event.objects.filter(verb__in=["chart.merge", "chart.unmerge"]).values_list("verb", "client_id"))
    assert sorted(verbs) == sorted(
        [(verb, pk) for verb in ("chart.merge", "chart.unmerge") for pk in (kept.pk, old.pk)]
    )


def test_a_second_taking_apart_is_told_who_did_it(here: World, two: tuple[Client, Client]) -> None:
    made = as_one(here, *two)
    asked: dict[str, Any] = {"by": here.director, "merge_id": made.pk, "site_id": here.site.pk, "why": "Twins"}
    unmerge(at=here.now + HOUR, **asked)
    with pytest.raises(Refused, match="LCSW Desai already took these records apart"):
        unmerge(at=here.now + 2 * HOUR, **asked)
    as_one(here, *two, at=here.now + 3 * HOUR)  # and they can be merged again


def test_the_same_key_merges_once(here: World, two: tuple[Client, Client]) -> None:
    key = uuid4()
    assert as_one(here, *two, key=key) == as_one(here, *two, key=key)
    assert Merge.objects.count() == 1


# What is refused


def test_two_open_episodes_are_refused_until_one_is_ended(here: World, two: tuple[Client, Client]) -> None:
    kept, _ = two
    other = client(here, "Sara", "Amari")
    admit(here, other, here.iop)
    with pytest.raises(Refused, match="Discharge one first") as refusal:
        as_one(here, kept, other)
    assert told(refusal) == "merge.both_in_care"


def test_the_record_in_care_is_the_one_that_stays(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    with pytest.raises(Refused, match=f"keep {kept.record_number} and merge {old.record_number} into it") as refusal:
        as_one(here, old, kept)
    assert told(refusal) == "merge.wrong_way"
    asks = client(here, "Sara", "Amari", asks_for="2.1")
    with pytest.raises(Refused, match="settle that line first"):
        as_one(here, kept, asks)


def test_no_chain_is_made(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    third = client(here, "Sara", "Amari")
    as_one(here, kept, old)
    with pytest.raises(Refused) as refusal:
        as_one(here, old, third)
    assert told(refusal) == "merge.kept_is_part"
    with pytest.raises(Refused) as refusal:
        as_one(here, third, old)
    assert told(refusal) == "merge.already"
    fourth, fifth = client(here, "Sara", "Amari"), client(here, "Sara", "Amari")
    as_one(here, fourth, fifth)
    with pytest.raises(Refused) as refusal:
        as_one(here, third, fourth)
    assert told(refusal) == "merge.holds_others"


def test_people_who_are_not_alike_need_a_reason(here: World, two: tuple[Client, Client]) -> None:
    kept, _ = two
    other = client(here, "Ben", "Tran")
    Client.objects.filter(pk=other.pk).update(born_on=date(1950, 1, 1))
    with pytest.raises(Refused) as refusal:
        as_one(here, kept, other)
    assert told(refusal) == "merge.unlike"
    made = as_one(here, kept, other, overrides={"merge.unlike": "Changed name by court order"})
    assert Event.objects.filter(verb="chart.merge", subject_id=made.pk).count() == 2


def test_only_a_director_merges_and_says_why(here: World, two: tuple[Client, Client]) -> None:
    with pytest.raises(NotAllowed):
        as_one(here, *two, by=here.on_unit)
    with pytest.raises(Refused) as refusal:
        as_one(here, *two, why="  ")
    assert told(refusal) == "merge.why"
    with pytest.raises(Refused) as refusal:
        as_one(here, two[0], two[0])
    assert told(refusal) == "merge.same"
    assert signed_in(here.on_unit).get(f"/clients/{two[0].pk}/merge/{two[1].pk}/").status_code == 403


def test_the_database_refuses_what_the_rule_would(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two

    def made(client_id: int, into_id: int, why: str = "x") -> Merge:
        with transaction.atomic():
            return Merge.objects.create(
                client_id=client_id, into_id=into_id, why=why, started_at=here.now, by=here.director
            )

    for client_id, into_id, why, named in (
        (kept.pk, kept.pk, "x", "programs_merge_"), (old.pk, kept.pk, "", "programs_merge_says_why"),
        (kept.pk, old.pk, "x", "programs_merge_at_rest"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as refusal:
            made(client_id, into_id, why)
        assert str(refusal.value.__cause__.diag.constraint_name).startswith(named)  # type: ignore[union-attr]
    row = made(old.pk, kept.pk)
    third = client(here, "Sara", "Amari")
    for client_id, into_id in ((third.pk, old.pk), (kept.pk, third.pk)):
        with pytest.raises(IntegrityError):
            made(client_id, into_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Episode.objects.create(client=old, started_at=here.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlacementRequest.objects.create(client=old, site=here.site, state="inquiry", asked_at=here.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(pk=row.pk).update(into=third)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(pk=row.pk).delete()
    assert connection.needs_rollback is False


# The pages


def test_a_director_finds_the_pair_compares_it_merges_and_takes_it_apart(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    assert [(pair.one, pair.other) for pair in pairs(here.site)] == [(kept, old)]
    director = signed_in(here.director)
    assert "Sarah Amari" in director.get("/clients/duplicates/").content.decode()
    address = f"/clients/{kept.pk}/merge/{old.pk}/"
    wrong_way = director.get(f"/clients/{old.pk}/merge/{kept.pk}/").content.decode()
    assert "is in care now" in wrong_way
    assert director.get(address).status_code == 200
    answer = director.post(address, {"why": "", "key": str(uuid4())})
    assert answer.status_code == 422 and "Say how you know" in answer.content.decode()
    assert director.post(address, {"why": "Same photograph", "key": str(uuid4())}).status_code == 302
    [row] = merged(here.site)
    assert pairs(here.site) == []
    assert "is read as" in director.get("/clients/duplicates/").content.decode()
    apart = f"/clients/{kept.pk}/apart/{row.pk}/"
    assert director.get(apart).status_code == 200
    assert director.post(apart, {"why": "", "key": str(uuid4())}).status_code == 422
    assert director.post(apart, {"why": "Twins", "key": str(uuid4())}).status_code == 302
    assert merged(here.site) == []


def test_scores_of_both_records_are_on_one_timeline(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    episode = Episode.objects.get(client=old)
    Score.objects.create(
        client=old, episode=episode, scale="cows", edition="x", answers={"a": 1}, total=9, by=here.on_unit,
        at=here.now - timedelta(days=385), written_at=here.now - timedelta(days=385),
    )  # fmt: skip
    as_one(here, kept, old)
    shown = page(Client.objects.get(pk=kept.pk), here.site, here.now, asked_of(here.day(-380)))
    assert [entry.title for day in shown.days for entry in day.entries if entry.kind == "score"] == ["COWS 9"]
    assert newest(kept.pk, ["cows"], here.now)["cows"].total == 9


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1988-03-14", {date(1988, 3, 14)}), ("14 Mar 1988", {date(1988, 3, 14)}), ("March 14, 1988", {date(1988, 3, 14)}),
        ("3/4/1988", {date(1988, 3, 4), date(1988, 4, 3)}), ("14.3.1988", {date(1988, 3, 14)}),
        ("31/31/1988", set()), ("Amari", set()), ("R10240", set()), ("", set()),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_as_people_write_it(text: str, dates: set[date]) -> None:
    assert birth_dates(text) == dates


def test_two_directors_at_one_moment_merge_once(here: World, two: tuple[Client, Client]) -> None:
    as_one(here, *two)
    with pytest.raises(Refused) as refusal:
        as_one(here, *two, at=datetime(2025, 11, 18, 16, 0, tzinfo=UTC))
    assert told(refusal) == "merge.already"
