"""The privacy officer's pages: the trail is searched, odd patterns are judged once, and a client learns who has looked."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from audit import sight
from audit.models import Event
from audit.rules.findings import Refused
from audit.sight import Told
from config.watching import watch
from privacy.actions.watch import end_mark, judge, mark
from privacy.models import Judgement, RecordMark
from privacy.rules.patterns import Flag, Pattern
from programs.models import Client
from staff.models import Duty, Person
from staff.rules.capabilities import Role
from tests.asam.care import in_residential
from tests.factories import World, assign, last_noon, person
from tests.signing import signed_in

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    """Pages read the clock, and who looks at night is odd."""
    return last_noon()


@pytest.fixture
def sara(here: World) -> Client:
    return in_residential(here).client


@pytest.fixture
def officer(here: World) -> Person:
    return assign(person("wexcombe", "Thandi Wexcombe", ""), here.site, Role.PRIVACY, at=here.now)


@pytest.fixture
def browser(officer: Person) -> Browser:
    return signed_in(officer)


def opened(
    here: World, by: Person, client: Client | None, at: datetime, verb: str = sight.OPENED, role: str = "Nurse"
) -> Event:
    told = Told(
        f"Chart of {client.record_number if client else 'nobody'} opened",
        client.pk if client else None,
        {"part": "chart"},
    )
    return sight.write(verb, by=by, at=at, site_id=here.site.pk, told=told)


def page(browser: Browser, address: str, **asked: Any) -> str:
    answer = browser.get(address, asked)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


# The trail


@pytest.mark.parametrize(
    "asked",
    [
        lambda here, sara: {"person": here.on_unit.pk}, lambda here, sara: {"record": sara.record_number.lower()},
        lambda here, sara: {"kind": "opened"}, lambda here, sara: {"q": "CHART OF"}, lambda here, sara: {"q": "chart."},
        lambda here, sara: {"from": f"{here.day(-2)}", "person": here.on_unit.pk},
    ],
)  # fmt: skip
def test_the_trail_is_searched_by_what_one_knows(
    here: World, browser: Browser, sara: Client, asked: Callable[[World, Client], dict[str, Any]]
) -> None:
    opened(here, here.on_unit, sara, here.now - HOUR)
    sight.write("beds.hold", by=here.intake, at=here.now, site_id=here.site.pk, told=Told("Bed 99 held"))
    words = page(browser, "/audit/", **asked(here, sara))
    assert f"Chart of {sara.record_number} opened" in words and "Bed 99 held" not in words


def test_a_search_that_hides_its_words_is_found_by_the_words(here: World, browser: Browser, sara: Client) -> None:
    nurse = signed_in(here.on_unit)
    nurse.get("/clients/", {"q": "Novak"})
    nurse.get("/clients/", {"q": "Tran"})
    words = page(browser, "/audit/", q="novak")
    assert words.count("Searched for a client") == 1


def test_what_makes_no_sense_is_said_beside_the_field(browser: Browser) -> None:
    for asked, said in (
        ({"from": "soon"}, "Write a date"), ({"from": "2025-01-02", "to": "2025-01-01"}, "before the first"),
        ({"record": "R99999"}, "no record of this number"), ({"to": "0001-01-01"}, "Write a date"),
    ):  # fmt: skip
        answer = browser.get("/audit/", asked)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert browser.get("/audit/trail.csv", asked).status_code == 422
    assert (
        browser.get("/audit/", {"before": "-1", "person": "x", "site": "0", "kind": "'", "q": "\x00%_"}).status_code
        == 200
    )


def test_the_pages_of_the_trail_follow_each_other_without_a_gap(here: World, browser: Browser) -> None:
    same = here.now - HOUR
    for number in range(120):
        told = Told(f"Bed {number:03} held")
        sight.write("beds.hold", by=here.intake, at=same - MINUTE * (number // 3), site_id=here.site.pk, told=told)
    seen: list[str] = []
    address = "/audit/?kind=&q="
    for _ in range(5):
        words = page(browser, address)
        seen += [part.split(" held")[0] for part in words.split(">Bed ")[1:]]
        older = words.partition('href="?before=')[2].partition('"')[0]
        if not older:
            break
        address = f"/audit/?before={older}"
    assert len(seen) == len(set(seen)) == 120


def test_a_page_costs_the_same_in_a_long_history(here: World, browser: Browser) -> None:
    counts = []
    for _ in range(2):
        for number in range(60):
            sight.write(
                "beds.hold", by=here.intake, at=here.now - MINUTE * number, site_id=here.site.pk, told=Told("Held")
            )
        with CaptureQueriesContext(connection) as caught:
            page(browser, "/audit/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_another_sites_trail_is_not_shown(here: World, browser: Browser) -> None:
    sight.write("beds.hold", by=here.elsewhere, at=here.now, site_id=here.other_site.pk, told=Told("Bed 77 held"))
    assert "Bed 77" not in page(browser, "/audit/", site=here.other_site.pk)


def test_the_export_is_on_the_trail_and_an_auditor_gets_none(here: World, browser: Browser, sara: Client) -> None:
    opened(here, here.on_unit, sara, here.now)
    answer = browser.get("/audit/trail.csv", {"kind": "opened"})
    assert answer.status_code == 200 and answer.content.decode().count("\r\n") == 2
    event = Event.objects.get(verb=sight.EXPORTED)
    assert event.detail["address"] == "audit:export"
    auditor = signed_in(assign(person("clear", "Astrid Clear", ""), here.site, Role.AUDITOR, at=here.now))
    assert auditor.get("/audit/").status_code == 200
    assert "trail.csv" not in auditor.get("/audit/").content.decode()
    for address in ("/audit/trail.csv", "/audit/flags/", "/audit/watched/", f"/audit/looked/{sara.pk}/list.pdf"):
        assert auditor.get(address).status_code == 403


# Odd patterns


def test_every_pattern_is_found_in_the_trail(here: World, sara: Client) -> None:
    at = datetime.combine((here.now - DAY).date(), datetime.min.time(), UTC) + 17 * HOUR  # about noon in New York
    sara.last_name = "Cole"
    sara.save()
    RecordMark.objects.create(client=sara, why="Known", started_at=here.now - DAY, by=here.director)
    Duty.objects.create(person=here.on_unit, site=here.site, started_at=at - 300 * HOUR, ended_at=at - 295 * HOUR)
    for hour in (0, 2, 4):
        opened(here, here.on_unit, sara, at + hour * HOUR)
    opened(here, here.prescriber, sara, at + 12 * HOUR, role="Prescriber")
    for number in range(8):
        opened(here, here.housekeeper, None, at + MINUTE * number, sight.NOT_ALLOWED)
    found = watch(here.site, at - HOUR, at + DAY, at + DAY)
    assert {flag.pattern for flag in found.flags} == set(Pattern) - {Pattern.MASS, Pattern.GLASS}


def test_who_cares_for_somebody_is_no_stranger_and_who_never_comes_on_duty_is_not_judged_by_it(
    here: World, sara: Client
) -> None:
    midnight = datetime.combine((here.now - DAY).date(), datetime.min.time(), UTC) + 5 * HOUR
    for hour in range(3):
        opened(here, here.prescriber, sara, midnight + hour * HOUR)
    assert [flag.pattern for flag in watch(here.site, midnight, midnight + DAY, here.now).flags] == [Pattern.NIGHT]
    told = Told("Order written", sara.pk)
    sight.write("emar.order", by=here.prescriber, at=midnight + HOUR, site_id=here.site.pk, told=told)
    assert watch(here.site, midnight, midnight + DAY, here.now).flags == ()


def test_a_flag_is_judged_once_and_not_shown_again(
    here: World, browser: Browser, officer: Person, sara: Client
) -> None:
    event = opened(here, here.on_unit, sara, here.now - MINUTE)
    RecordMark.objects.create(client=sara, why="Known", started_at=here.now - DAY, by=here.director)
    words = page(browser, "/audit/flags/")
    assert "opened the watched chart" in words
    sent = {"flag": f"marked:{event.pk}", "outcome": "fine", "note": "She was his nurse", "key": uuid4()}
    refused = browser.post("/audit/flags/judge/", sent | {"note": " ", "key": uuid4()})
    assert refused.status_code == 422 and "Write a sentence about what you found" in refused.content.decode()
    for _ in range(2):
        assert browser.post("/audit/flags/judge/", sent).status_code == 302, "a retry is the same answer"
    words = page(browser, "/audit/flags/")
    assert (
        words.count("opened the watched chart") == 1 and "She was his nurse" in words and "Nothing odd is left" in words
    )
    row = Judgement.objects.get()
    assert (row.outcome, row.by, row.client, row.person) == ("fine", officer, sara, here.on_unit)
    assert Event.objects.get(verb="privacy.judge_flag").detail["events"] == [event.pk]
    gone = browser.post("/audit/flags/judge/", sent | {"flag": "marked:999999", "key": uuid4()})
    assert gone.status_code == 422 and "no longer there" in gone.content.decode()


def test_more_of_the_same_stretch_is_the_same_flag_and_another_day_is_another(
    here: World, officer: Person, sara: Client
) -> None:
    RecordMark.objects.create(client=sara, why="Known", started_at=here.now - 9 * DAY, by=here.director)
    start = here.now - 4 * DAY
    opened(here, here.on_unit, sara, start)
    (flag,) = watch(here.site, start - DAY, here.now, here.now).flags
    judge(
        by=officer,
        at=here.now,
        site_id=here.site.pk,
        flag=flag,
        until=start,
        outcome="incident",
        note="Asked her",
        key=uuid4(),
    )
    opened(here, here.on_unit, sara, start + MINUTE)
    opened(here, here.on_unit, sara, start + 2 * DAY)
    left = watch(here.site, start - DAY, here.now, here.now).flags
    assert [each.at for each in left] == [start + 2 * DAY]


def test_what_stays_fine_is_not_told_again_for_this_person_and_record(
    here: World, officer: Person, sara: Client
) -> None:
    sara.last_name = "Cole"
    sara.save()
    start = here.now - 4 * DAY
    for who in (here.on_unit, here.second_nurse):
        opened(here, who, sara, start)
    (flag,) = watch(here.site, start - DAY, here.now, here.now).flags
    judge(
        by=officer, at=here.now, site_id=here.site.pk, flag=flag, until=start, outcome="fine", note="Not related", lasting=True
    )  # fmt: skip
    opened(here, here.on_unit, sara, start + 2 * DAY)
    assert watch(here.site, start - DAY, here.now, here.now).flags == ()


FLAG = Flag("mass:1", Pattern.MASS, 0, "RN Cole", None, datetime(2025, 1, 1, tzinfo=UTC), "Many", (1,))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"outcome": "maybe"}, "flag.outcome"), ({"note": ""}, "flag.note"), ({"note": "x" * 401}, "flag.note_long"),
        ({"lasting": True}, "flag.lasting"), ({"lasting": True, "outcome": "incident"}, "flag.lasting"),
    ],
)  # fmt: skip
def test_a_judgement_says_something(here: World, officer: Person, more: dict[str, Any], code: str) -> None:
    flag = Flag(**{**FLAG.__dict__, "person_id": here.on_unit.pk})
    sent = {"outcome": "fine", "note": "Looked into it"} | more
    with pytest.raises(Refused) as refusal:
        judge(by=officer, at=here.now, site_id=here.site.pk, flag=flag, until=flag.at, **sent)
    assert refusal.value.findings[0].code == code


def test_nobody_judges_what_they_did_themselves(here: World, officer: Person, browser: Browser, sara: Client) -> None:
    flag = Flag(**{**FLAG.__dict__, "person_id": officer.pk})
    with pytest.raises(Refused, match="what you did yourself"):
        judge(by=officer, at=here.now, site_id=here.site.pk, flag=flag, until=flag.at, outcome="fine", note="It was me")
    RecordMark.objects.create(client=sara, why="Known", started_at=here.now - DAY, by=here.director)
    opened(here, officer, sara, here.now - MINUTE)
    assert "Somebody else judges it" in page(browser, "/audit/flags/")


def test_judgements_and_marks_are_never_changed(here: World, officer: Person, sara: Client) -> None:
    flag = Flag(**{**FLAG.__dict__, "person_id": here.on_unit.pk})
    row = judge(by=officer, at=here.now, site_id=here.site.pk, flag=flag, until=flag.at, outcome="fine", note="Looked")
    held = mark(by=officer, at=here.now, site_id=here.site.pk, client_id=sara.pk, why="Known")
    for words in (
        f"UPDATE privacy_judgement SET outcome = 'incident' WHERE id = {row.pk}", "DELETE FROM privacy_judgement",
        "DELETE FROM privacy_recordmark", f"UPDATE privacy_recordmark SET why = 'x' WHERE id = {held.pk}",
    ):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="never changed or deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(words)
    wrong = {"note": " "}, {"outcome": "maybe"}, {"lasting": True}, {"until_at": flag.at - HOUR}, {"key": row.key}
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Judgement.objects.create(**{
                "key": "x", "pattern": "mass", "site": here.site, "person": here.on_unit, "happened_at": flag.at,
                "until_at": flag.at, "line": "x", "outcome": "fine", "note": "x", "by": officer, "at": here.now, **change,
            })  # fmt: skip


# Watched records


def test_a_record_is_watched_over_until_it_is_not(here: World, browser: Browser, officer: Person, sara: Client) -> None:
    sent = {"record": sara.record_number, "why": "Known from the news", "key": uuid4()}
    for _ in range(2):
        assert browser.post("/audit/watched/mark/", sent).status_code == 302
    again = browser.post("/audit/watched/mark/", sent | {"key": uuid4()})
    assert again.status_code == 422 and "watched over already" in again.content.decode()
    for wrong, said in (({"record": "R99999"}, "no record of this number"), ({"why": ""}, "Write why")):
        answer = browser.post("/audit/watched/mark/", sent | {"key": uuid4()} | wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
    row = RecordMark.objects.get()
    assert row.why in page(browser, "/audit/watched/")
    for _ in range(2):
        assert browser.post(f"/audit/watched/{row.pk}/end/").status_code == 302
    assert Event.objects.filter(verb="privacy.end_mark").count() == 1
    assert row.why not in page(browser, "/audit/watched/")
    assert browser.post("/audit/watched/0/end/").status_code == 404


def test_the_database_keeps_one_open_mark_for_a_record(here: World, officer: Person, sara: Client) -> None:
    first = mark(by=officer, at=here.now, site_id=here.site.pk, client_id=sara.pk, why="Known")
    for change in (
        {},
        {"why": " ", "ended_at": here.now, "ended_by": officer},
        {"ended_at": here.now, "ended_by": officer},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordMark.objects.create(
                **{"client": sara, "why": "Known", "started_at": here.now, "by": officer, **change}
            )
    end_mark(by=officer, at=here.now + MINUTE, site_id=here.site.pk, mark_id=first.pk)
    mark(by=officer, at=here.now + HOUR, site_id=here.site.pk, client_id=sara.pk, why="Again")


def test_a_mark_refuses_nobody_and_a_colleague_does_not_see_it(here: World, officer: Person, sara: Client) -> None:
    mark(by=officer, at=here.now, site_id=here.site.pk, client_id=sara.pk, why="Known from the news")
    answer = signed_in(here.on_unit).get(f"/clients/{sara.pk}/")
    assert answer.status_code == 200 and "Known from the news" not in answer.content.decode()


# Who has looked


def test_a_client_learns_who_has_looked(here: World, browser: Browser, sara: Client) -> None:
    nurse = signed_in(here.on_unit)
    for part in ("", "plan/", "papers/face/"):
        nurse.get(f"/clients/{sara.pk}/{part}")
    opened(here, here.director, sara, here.now - 500 * DAY, role="Clinical director")
    found = browser.get("/audit/looked/", {"record": sara.record_number.lower()})
    assert found["Location"] == f"/audit/looked/{sara.pk}/"
    words = page(browser, f"/audit/looked/{sara.pk}/")
    assert "RN Cole" in words and "chart, plan, 1 files" in words and "Desai" not in words
    paper = browser.get(f"/audit/looked/{sara.pk}/list.pdf", {"from": f"{here.day(-600)}"})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert sara.record_number in text and "RN Cole" in text and "LCSW Desai" in text
    printed = Event.objects.filter(verb=sight.PRINTED, client_id=sara.pk).latest("pk")
    assert printed.detail["address"] == "audit:looked_pdf"


def test_who_has_looked_asks_for_dates_that_are(browser: Browser, sara: Client) -> None:
    assert browser.get("/audit/looked/", {"record": "R99999"}).status_code == 422
    assert browser.get(f"/audit/looked/{sara.pk}/", {"from": "soon"}).status_code == 422
    assert browser.get(f"/audit/looked/{sara.pk}/list.pdf", {"from": "soon"}).status_code == 404
    assert browser.get("/audit/looked/987654/").status_code == 404
