"""Who is in the building now: everybody once, in walking order, with totals that add up; and door cards that tell nothing."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from beds.models import Bed, Room, Unit
from beds.pdf.doors import on_the_door
from beds.queries.evacuation import Evacuation, evacuation
from groups.models import Session
from groups.rules.minutes import AttendanceStatus as S
from programs.models import Client, Leave, Precaution
from programs.rules.precautions import Precaution as Kind
from tests.factories import World, admit, client
from tests.factories.sessions import attended, group, members, on_pass, series, session
from tests.signing import signed_in


def sleeper(here: World, first: str, last: str, bed: int) -> Client:
    who = client(here, first, last)
    admit(here, who, here.residential, here.beds[bed])
    return who


def minds(here: World, who: Client, *kinds: Kind) -> None:
    for kind in kinds:
        Precaution.objects.create(client=who, kind=kind, started_at=here.now - timedelta(hours=1), by=here.on_unit)


def read(here: World) -> Evacuation:
    return evacuation(here.site, here.now)


def names(found: Evacuation) -> list[str]:
    return [one.name for walk in found.units for one in walk.people]


def pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_who_has_a_bed_is_listed_in_the_order_in_which_people_walk(here: World) -> None:
    annex = Unit.objects.create(site=here.site, program=here.residential, name="Annex", position=1)
    bed = Bed.objects.create(room=Room.objects.create(unit=annex, name="9"), label="A")
    last = client(here, "Zoe", "Last")
    admit(here, last, here.residential, bed)
    for first, number in (("Third", 3), ("First", 0), ("Second", 1)):
        sleeper(here, first, "Alder", number)
    found = read(here)
    assert names(found) == ["First Alder", "Second Alder", "Third Alder", "Zoe Last"]
    assert [(walk.unit, [one.bed for one in walk.people]) for walk in found.units] == [
        ("Alder", ["1-A", "1-B", "2-B"]), ("Annex", ["9-A"]),
    ]  # fmt: skip
    assert found.total == "4 in the building: 4 with a bed, 0 day clients; 0 on leave"


def test_who_needs_help_to_leave_and_who_is_never_alone_is_said(here: World) -> None:
    lena, kay = sleeper(here, "Lena", "Harmon", 0), sleeper(here, "Kay", "Osei", 1)
    minds(here, lena, Kind.NEEDS_HELP, Kind.WHEELCHAIR, Kind.CONSTANT_WATCH)
    minds(here, kay, Kind.CLOSE_WATCH, Kind.LOWER_BUNK)
    found = read(here)
    [one, two] = found.units[0].people
    assert (one.help, one.watched) == ((Kind.WHEELCHAIR, Kind.NEEDS_HELP), True)
    assert (two.help, two.watched) == ((), False)
    assert found.helped == 1


def test_who_is_on_leave_is_not_in_the_building_until_a_group_marks_them(here: World) -> None:
    lena, kay = sleeper(here, "Lena", "Harmon", 0), sleeper(here, "Kay", "Osei", 1)
    on_pass(lena, here.now - timedelta(hours=2), here.now + timedelta(hours=3))
    late = on_pass(kay, here.now - timedelta(hours=9), here.now - timedelta(hours=1))
    Leave.objects.filter(pk=late.pk).update(kind="hospital")
    found = read(here)
    assert found.total == "0 in the building: 0 with a bed, 0 day clients; 2 on leave"
    assert [(one.name, one.bed, one.kind, one.late) for one in found.away] == [
        ("Lena Harmon", "Alder 1-A", "On pass", False),
        ("Kay Osei", "Alder 1-B", "In hospital", True),
    ]
    running = session(series(here, here.residential), here.now - timedelta(minutes=18), here.facilitator)
    attended(running, lena, here.facilitator)
    found = read(here)
    assert found.total == "1 in the building: 1 with a bed, 0 day clients; 1 on leave"
    assert found.units[0].people[0].now == "Room B"


@pytest.mark.parametrize(
    ("status", "came", "left", "inside"),
    [
        (S.HERE, None, None, True), (S.LATE, -5, None, True), (S.LATE, 5, None, False), (S.LATE, None, None, True),
        (S.LEFT_EARLY, None, None, False), (S.LEFT_EARLY, None, -5, False), (S.LEFT_EARLY, None, 5, True),
        (S.HERE, None, -1, False), (S.VIDEO, None, None, False), (S.ABSENT, None, None, False),
        (S.EXCUSED, None, None, False),
    ],
)  # fmt: skip
def test_a_day_client_is_here_while_a_running_group_has_them_marked_in_the_room(
    here: World, status: S, came: int | None, left: int | None, inside: bool
) -> None:
    running, [who] = group(here, 1)
    times = [None if minutes is None else here.now + timedelta(minutes=minutes) for minutes in (came, left)]
    attended(running, who, here.facilitator, status, arrived_at=times[0], left_at=times[1])
    assert [one.name for one in read(here).day] == (["Amira Saleh"] if inside else [])


def test_only_the_newest_mark_of_a_running_group_of_this_site_counts(here: World) -> None:
    running, [amira, ben] = group(here, 2)
    attended(running, amira, here.facilitator)
    attended(running, amira, here.facilitator, S.ABSENT, version=2)
    attended(running, ben, here.facilitator, S.ABSENT)
    attended(running, ben, here.facilitator, S.HERE, version=2)
    assert [(one.name, one.bed, one.now) for one in read(here).day] == [("Ben Torres", "", "Room B")]
    assert evacuation(here.other_site, here.now).total.startswith("0 in the building")
    Session.objects.update(ended_at=here.now)
    assert read(here).day == ()


@pytest.mark.parametrize("plan", range(8))
def test_everybody_stands_on_the_list_once_and_the_totals_add_up(here: World, plan: int) -> None:
    running = session(series(here, here.residential, here.iop), here.now - timedelta(minutes=18), here.facilitator)
    for number in range(4):
        who = sleeper(here, f"Bedded{number}", "One", number)
        if (plan + number) % 2:
            on_pass(who, here.now - timedelta(hours=1), here.now + timedelta(hours=1))
        if (plan + number) % 3 == 0:
            attended(running, who, here.facilitator)
    for number, who in enumerate(members(here, 3)):
        if (plan >> number) % 2:
            attended(running, who, here.facilitator)
    found = read(here)
    listed = [*names(found), *(one.name for one in found.day), *(one.name for one in found.away)]
    assert len(listed) == len(set(listed)) == 4 + bin(plan).count("1")
    assert found.bedded + len(found.away) == 4
    assert found.inside == found.bedded + len(found.day)


def test_the_list_takes_four_queries_however_many_people(here: World) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(here)
        return len(queries)

    running, people = group(here, 2)
    attended(running, people[0], here.facilitator)
    sleeper(here, "Lena", "Harmon", 0)
    assert count() == 4
    for number in (1, 2, 3):
        on_pass(sleeper(here, f"More{number}", "People", number), here.now, here.now + timedelta(hours=1))
    attended(running, people[1], here.facilitator)
    assert count() == 4


@pytest.mark.parametrize("name", ["on_unit", "intake", "facilitator"])
def test_the_page_names_everybody_for_all_who_see_beds(here: World, name: str) -> None:
    lena = sleeper(here, "Lena", "Harmon", 0)
    lena.preferred_name = "Leo"
    lena.save()
    minds(here, lena, Kind.WHEELCHAIR)
    answer = signed_in(getattr(here, name)).get("/beds/evacuation/")
    page = answer.content.decode()
    assert "Leo Harmon" in page and "Uses a wheelchair" in page and "1-A" in page
    assert "1 in the building: 1 with a bed, 0 day clients; 0 on leave" in page
    assert answer["Cache-Control"] == "private, no-store"
    assert "Lena" not in page


def test_nobody_else_sees_it_nor_gets_the_worker(here: World) -> None:
    for address in ("/beds/evacuation/", "/beds/evacuation.pdf", "/offline-worker.js"):
        assert signed_in(here.housekeeper).get(address).status_code == 403
        assert Browser().get(address).status_code == 302


def test_the_worker_is_served_for_the_root_and_asked_for_anew(here: World) -> None:
    answer = signed_in(here.on_unit).get("/offline-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_paper_says_the_same(here: World) -> None:
    lena, kay = sleeper(here, "Lena", "Harmon", 0), sleeper(here, "Kay", "Osei", 1)
    minds(here, lena, Kind.WHEELCHAIR, Kind.CONSTANT_WATCH)
    on_pass(kay, here.now - timedelta(hours=9), here.now - timedelta(hours=1))
    answer = signed_in(here.on_unit).get("/beds/evacuation.pdf")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    text = pdf(answer.content)
    assert "Lena Harmon" in text and "Uses a wheelchair, Constant watch" in " ".join(text.split())
    assert "Kay Osei" in text and "(late)" in text


# Door cards


def test_a_door_card_tells_nothing_but_how_to_call_and_to_knock(here: World) -> None:
    lena = sleeper(here, "Lena", "Harmon", 0)
    lena.preferred_name = "Leo"
    lena.save()
    minds(here, lena, Kind.ISOLATION, Kind.CONSTANT_WATCH)
    assert on_the_door(lena) == "Leo H."
    answer = signed_in(here.intake).get(f"/beds/doors.pdf?unit={here.unit.pk}")
    text = pdf(answer.content)
    assert "Leo H." in text and "Please knock" in text
    assert text.count("Please knock") == 1
    for word in ("Harmon", "Lena", "Isolation", "watch", "Residential", "3.5"):
        assert word not in text
    assert all(f"Bed {letter}" in text for letter in "AB") and text.count("Alder, room") == 4


def test_one_bed_has_one_card_and_another_sites_bed_none(here: World) -> None:
    sleeper(here, "Lena", "Harmon", 0)
    intake = signed_in(here.intake)
    text = pdf(intake.get(f"/beds/doors.pdf?bed={here.beds[3].pk}").content)
    assert "Bed B" in text and "Lena" not in text and "Please knock" not in text
    assert intake.get("/beds/doors.pdf?bed=999999").status_code == 404
    assert intake.get("/beds/doors.pdf?unit=999999").status_code == 404
    assert intake.get("/beds/doors.pdf?unit=nothing").status_code == 200
    assert signed_in(here.on_unit).get("/beds/doors.pdf").status_code == 403
