"""Who saw, printed, searched and was refused is on the trail: once where once is enough, always where a file left, and never a name."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from audit import sight
from audit.models import Event, Sight
from audit.rules.findings import Refused
from audit.sight import Told, kept_words
from chart.actions import write_note
from config.parts import KEYS, PARTS, PKS, SHARED, client_of, names_somebody
from programs.models import Client, Merge
from tests.asam.care import in_residential
from tests.factories import World, client, person
from tests.signing import signed_in

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)


def told(verb: str = sight.OPENED) -> list[tuple[str, int | None, str]]:
    return list(Event.objects.filter(verb=verb).order_by("pk").values_list("summary", "client_id", "as_role"))


@pytest.fixture
def sara(here: World) -> Client:
    return in_residential(here).client


def test_each_part_of_a_chart_is_told_once_an_hour(here: World, sara: Client) -> None:
    nurse = signed_in(here.on_unit)
    for _ in range(3):
        for part in ("", "plan/", "notes/", "notes/", "vitals/", "facts/record/"):
            assert nurse.get(f"/clients/{sara.pk}/{part}").status_code == 200
    number = sara.record_number
    parts = ["Chart", "Plan", "Notes", "Vitals", "Face sheet"]
    assert told() == [(f"{part} of {number} opened", sara.pk, "Nurse") for part in parts]
    event = Event.objects.filter(verb=sight.OPENED).first()
    assert event is not None
    assert event.detail == {"part": "chart", "consents": []} and event.request_id
    assert (event.subject_kind, event.subject_id, event.site_id) == ("programs.Client", sara.pk, here.site.pk)


def test_another_person_or_another_hour_is_told_again(here: World, sara: Client) -> None:
    for who in (here.on_unit, here.second_nurse, here.on_unit):
        signed_in(who).get(f"/clients/{sara.pk}/")
    assert len(told()) == 2
    Sight.objects.update(hour=NOW - timedelta(days=400))
    signed_in(here.on_unit).get(f"/clients/{sara.pk}/")
    assert len(told()) == 3
    assert sight.forget(datetime.now(UTC)) == 2


def test_two_addresses_of_one_part_are_one_sight(here: World, sara: Client) -> None:
    episode = sara.episodes.get()
    director = signed_in(here.director)
    for address in (f"/levels/{episode.pk}/", f"/levels/{episode.pk}/begin/"):
        assert director.get(address).status_code == 200
    assert told() == [(f"Level of {sara.record_number} opened", sara.pk, "Clinical director")]


def test_a_page_that_refuses_opens_nothing(here: World, sara: Client) -> None:
    assert signed_in(here.housekeeper).get(f"/clients/{sara.pk}/").status_code == 403
    assert signed_in(here.elsewhere).get(f"/clients/{sara.pk}/").status_code == 404
    assert signed_in(None).get(f"/clients/{sara.pk}/").status_code == 302
    assert told() == []


def test_a_refusal_is_told_with_its_code_and_what_was_asked_for(here: World, sara: Client) -> None:
    signed_in(here.housekeeper).get(f"/clients/{sara.pk}/")
    event = Event.objects.get(verb=sight.NOT_ALLOWED)
    assert (event.by_id, event.as_role, event.client_id) == (here.housekeeper.pk, "Housekeeping", sara.pk)
    assert event.detail == {"address": "chart:chart", "codes": ["staff.not_allowed"]}
    signed_in(here.without_role).get(f"/clients/{sara.pk}/")
    assert Event.objects.filter(verb=sight.NOT_ALLOWED, site_id=None).count() == 1


def test_a_record_that_is_not_there_and_one_of_another_site_are_refused_alike(here: World, sara: Client) -> None:
    stranger = signed_in(here.elsewhere)
    pages = [stranger.get(f"/clients/{pk}/").content for pk in (sara.pk, 987654)]
    assert pages[0] == pages[1]
    first, second = Event.objects.filter(verb=sight.NOT_FOUND).order_by("pk")
    assert (first.client_id, second.client_id) == (sara.pk, 987654)
    assert (first.summary, first.detail) == (second.summary, second.detail)
    stranger.get(f"/clients/{2**70}/")
    assert Event.objects.filter(verb=sight.NOT_FOUND, client_id=None).count() == 1


def test_a_rule_that_refuses_is_heard_whoever_catches_it(here: World, sara: Client) -> None:
    heard: list[Refused] = []
    token = sight.refusals.set(heard)
    try:
        with pytest.raises(Refused):
            write_note(by=here.on_unit, at=here.now, episode_id=sara.episodes.get().pk, kind="nursing", text=" ")
    finally:
        sight.refusals.reset(token)
    assert len(heard) == 1


def test_a_printed_paper_is_told_every_time_with_its_hash(here: World, sara: Client) -> None:
    nurse = signed_in(here.on_unit)
    for _ in range(2):
        paper = nurse.get(f"/clients/{sara.pk}/papers/face/")
        assert paper["Content-Type"] == "application/pdf"
    events = Event.objects.filter(verb=sight.PRINTED)
    assert [event.client_id for event in events] == [sara.pk, sara.pk]
    detail = events[1].detail
    assert detail["file"] == f"face-sheet-{sara.record_number}.pdf" and detail["bytes"] == len(paper.content)
    assert len(detail["sha256"]) == 64 and detail["consents"] == [] and detail["address"] == "chart:face_paper"


def test_a_spreadsheet_is_told_as_an_export(here: World, sara: Client) -> None:
    assert signed_in(here.director).get("/beds/census.csv").status_code == 200
    event = Event.objects.get(verb=sight.EXPORTED)
    assert (event.client_id, event.by_id) == (None, here.director.pk) and event.summary.endswith(".csv exported")


def test_a_search_is_told_once_without_its_words(here: World, sara: Client) -> None:
    nurse = signed_in(here.on_unit)
    for words in ("Amari", "amari ", "AMARI", "R0"):
        nurse.get("/clients/", {"q": words})
    nurse.get("/clients/")
    assert "Amari" in nurse.post("/clients/", {"q": "amari"}).content.decode(), "the page sends a form"
    events = list(Event.objects.filter(verb=sight.SEARCHED).order_by("pk"))
    assert [event.detail["words"] for event in events] == [kept_words(words, hidden=True) for words in ("amari", "r0")]
    assert "mari" not in f"{events[0].summary} {events[0].detail}".lower()
    with override_settings(AUDIT_HIDES_SEARCHES=False):
        nurse.get("/clients/", {"q": "Novak"})
    assert Event.objects.filter(verb=sight.SEARCHED).latest("pk").detail == {"words": "novak", "own_name": False}


def test_a_search_by_ones_own_family_name_says_so(here: World) -> None:
    signed_in(here.on_unit).get("/clients/", {"q": "cole, r"})
    event = Event.objects.get(verb=sight.SEARCHED)
    assert event.detail["own_name"] is True
    assert event.summary == "Searched for a client by their own family name"


def test_a_sight_that_is_known_costs_one_statement(here: World, sara: Client, django_assert_num_queries: Any) -> None:
    def look() -> Event | None:
        return sight.once(
            ["plan", "client", "1"], verb=sight.OPENED, by=here.on_unit, at=here.now, site_id=1,
            tell=lambda: ("plan client 1", Told("Plan opened", 1)),
        )  # fmt: skip

    with django_assert_num_queries(2):
        assert look() is not None
    with django_assert_num_queries(1):
        assert look() is None


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_write_one_event() -> None:
    who, both, wrote = person("cole", "Robin Cole", "RN"), threading.Barrier(2, timeout=10), []

    def look() -> None:
        try:
            both.wait()
            made = sight.once(
                ["plan"], verb=sight.OPENED, by=who, at=NOW, site_id=1, tell=lambda: ("plan", Told("Plan opened", 1))
            )  # fmt: skip
            wrote.append(made)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert Event.objects.count() == 1 and len([each for each in wrote if each]) == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_that_cannot_be_written_leaves_no_reminder() -> None:
    who = person("cole", "Robin Cole", "RN")

    def fails() -> tuple[str, Told]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        sight.once(["plan"], verb=sight.OPENED, by=who, at=NOW, site_id=1, tell=fails)
    assert not Sight.objects.exists()


# No address is forgotten


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, set[str]]]:
    """The name and the keys of every address of ours."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            yield space + str(each.name), set(each.pattern.converters)
        elif not str(each.pattern).startswith(("accounts/", "configuration/", "demo/")):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            for name, keys in addresses(each, inner):
                yield name, keys | set(each.pattern.converters)


def test_no_address_that_could_lead_to_a_client_is_forgotten() -> None:
    """Keys that say whose they are lead there by themselves; a key named pk says nothing, so its address is named or known to be none."""
    found = dict(addresses())
    assert sum(names_somebody(name, dict.fromkeys(keys)) for name, keys in found.items()) > 90
    assert [name for name in {**PARTS, **PKS, **SHARED} if name not in found] == [], "gone"
    unsaid = {name for name, keys in found.items() if "pk" in keys and not names_somebody(name, dict.fromkeys(keys))}
    assert unsaid - set(SHARED) - NO_ONES == set()


NO_ONES = {
    f"{room}:{name}"
    for room, names in {
        "admissions": "back discharge expect expect-nothing later leave resume take-back take_back",
        "admissions:requests": "told_state",
        "asam": "attach confirm_review drop save",
        "beds": "accept ask close extend finish give hand-back hold move not-needed release reopen swap unit",
        "chart": "finish_task hand_on_task leave_pack take_task",
        "groups": "add all_here amend_series begin change_series choose cosign end_series name_objectives plan plan_act series sign "
        "sign_in_pdf take_over write",
        "privacy": "agreement_end agreement_new counseling_end engagement_step incident_assess incident_close incident_notice "
        "incident_person recipient recipient_end",
        "staff": "close_service end end_session_of give_token revoke_token sessions_of take_pin",
        "unit": "incident_pdf incident_review incident_told",
    }.items()
    for name in names.split()
}
"""Acts on what a page told already, papers that the trail tells as files, and things that belong to no client."""


def test_every_path_to_a_client_leads_there(here: World) -> None:
    for name, key in [*((name, "pk") for name in PKS), *(("x:y", key) for key in KEYS)]:
        assert client_of(name, {key: 0}) is None, "a path of fields that does not exist would raise"
    assert client_of("chart:chart", {"client_id": 0}) is None
    assert client_of("beds:sheet", {"pk": here.beds[0].pk}) is None, "nobody sleeps in it"


def test_a_merged_record_is_told_under_the_one_that_stays(here: World, sara: Client) -> None:
    twin = client(here, "Sara", "Amari")
    Merge.objects.create(client=twin, into=sara, why="The same person", started_at=here.now, by=here.director)
    assert client_of("chart:plan", {"client_id": twin.pk}) == sara
