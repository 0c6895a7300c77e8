"""The board's read model: a constant number of queries, counts that add up, and fragments equal to the page."""

from datetime import timedelta

import pytest
from django.test import Client as Session
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from beds.actions import stays
from beds.board import BOARD, Look
from beds.models import CleaningJob, Closure, Hold
from beds.queries import board_page
from beds.queries.page import recent
from programs.models import Leave
from tests.factories import World, admit, client


@pytest.mark.parametrize("people", [1, 3])
def test_the_board_costs_the_same_with_one_client_and_with_three(
    here: World, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(people):
        admit(here, client(here, "Any", f"One{number}"), here.residential, here.beds[number])
        client(here, "Asks", f"Too{number}", asks_for="3.5")
    with django_assert_num_queries(13):
        board_page(here.site, here.now)


def test_the_counts_add_up_in_every_state(here: World) -> None:
    lena = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    Leave.objects.create(
        episode=lena, kind="pass", started_at=here.now - timedelta(hours=1), expected_at=here.now + timedelta(hours=3)
    )
    Closure.objects.create(bed=here.beds[1], why="plumbing", started_at=here.now)
    CleaningJob.objects.create(bed=here.beds[2], started_at=here.now)
    Hold.objects.create(
        bed=here.beds[3], client=client(here, "Kay", "Osei"), started_at=here.now,
        until=here.now + timedelta(hours=1), ended_at=here.now + timedelta(hours=1), by=here.intake,
    )  # fmt: skip
    counts = board_page(here.site, here.now).counts
    assert (counts.on_leave, counts.out_of_service, counts.cleaning, counts.held, counts.free) == (1, 1, 1, 1, 0)
    assert counts.in_service == counts.occupied + counts.on_leave + counts.held + counts.cleaning + counts.free


def test_every_bed_says_why_it_does_not_fit_the_chosen_person(here: World) -> None:
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    who = client(here, "Marisol", "Delgado", asks_for="3.5")
    page = board_page(here.site, here.now, who.requests.get().pk)
    fits = [(one.fit, one.why) for room in page.units[0].rooms for one in room.beds]
    assert fits[0] == ("no", "Occupied by L. H.")
    assert [fit for fit, _ in fits[1:]] == ["fits", "fits", "fits"]
    assert page.fitting == 3


def test_each_fragment_is_what_the_whole_board_shows(here: World) -> None:
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    whole = "".join(html for _, html in BOARD.snapshot(Look("riverbend"), "riverbend").regions)
    beds = [("bed", str(bed.pk)) for bed in here.beds]
    wanted = [*beds, ("unit", str(here.unit.pk)), ("counts", str(here.site.pk)), ("activity", str(here.site.pk))]
    for pieces in (BOARD.fragments(Look("riverbend"), "riverbend", some) for some in (beds, wanted)):
        for piece in pieces:
            assert piece is not None
            assert piece.strip() in whole


def test_what_is_not_on_the_board_is_drawn_as_gone(here: World) -> None:
    strangers = [("bed", "0"), ("unit", "0"), ("weather", "1")]
    assert BOARD.fragments(Look("riverbend"), "riverbend", strangers) == [None, None, None]


def test_what_changed_together_is_read_once(here: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    lena = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    asks = client(here, "Marisol", "Delgado", asks_for="3.5").requests.get()
    beds = [("bed", str(bed.pk)) for bed in here.beds]
    around = [("unit", str(here.unit.pk)), ("counts", str(here.site.pk)), ("activity", str(here.site.pk))]
    assert lena and len(beds) == 4
    for look in (Look("riverbend"), Look("riverbend", chosen=asks.pk), Look("riverbend", wall=True)):
        for wanted in (beds[:1], beds + around):
            with django_assert_max_num_queries(15):
                assert None not in BOARD.fragments(look, look.key, wanted)


def test_a_wall_screen_shows_initials_only(here: World) -> None:
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    regions = BOARD.snapshot(Look("riverbend", wall=True), "riverbend.wall").regions
    html = "".join(html for _, html in regions)
    assert "L. H." in html
    assert "Harmon" not in html


def test_only_who_assigns_beds_watches_with_a_person_chosen(here: World) -> None:
    here.now = timezone.now()
    assert BOARD.may_watch(here.on_unit, "riverbend")
    assert not BOARD.may_watch(here.on_unit, "riverbend.1")
    assert BOARD.may_watch(here.intake, "riverbend.1")
    assert not BOARD.may_watch(here.elsewhere, "riverbend")


def test_a_bed_of_another_site_does_not_exist(here: World) -> None:
    session = Session()
    session.force_login(here.elsewhere)
    assert session.get(f"/beds/{here.beds[0].pk}/").status_code == 404


def page_of(here: World, query: str) -> tuple[int, str]:
    """Status and text of the board for the intake coordinator."""
    session = Session()
    session.force_login(here.intake)
    answer = session.get(f"/beds/{query}")
    return answer.status_code, answer.content.decode()


def test_an_hour_that_came_twice_says_so_and_leads_to_the_other(here: World) -> None:
    status, first = page_of(here, "?at=2025-11-02T01:30")
    assert status == 200
    assert "this hour came twice, and this is the first time" in first.replace("\n", " ")
    assert "?at=2025-11-02T01%3A30&amp;fold=1" in first
    _, second = page_of(here, "?at=2025-11-02T01:30&fold=1")
    assert "this is the second time" in second


@pytest.mark.parametrize("typed", ["2025-03-09T02:30", "2199-01-01T00:00", "<soon>", ""])
def test_a_time_that_cannot_be_shown_is_answered_with_a_sentence_and_kept(here: World, typed: str) -> None:
    status, text = page_of(here, f"?at={typed}")
    assert status == 400
    assert 'id="id_at_error"' in text
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in text
    assert "data-live-board" not in text


def test_a_board_of_the_past_has_no_link_and_is_not_live(here: World) -> None:
    here.now = timezone.now()
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    yesterday = (here.now - timedelta(days=1)).astimezone(here.site.tz)
    status, text = page_of(here, f"?at={yesterday:%Y-%m-%dT%H:%M}")
    assert status == 200
    assert "L. Harmon" in text
    for never in ("data-live-board", "data-live-until", "hx-get", f'href="/beds/{here.beds[0].pk}', "live.js"):
        assert never not in text


def test_lines_of_the_activity_say_initials_to_who_sees_no_names(here: World) -> None:
    here.now = timezone.now()
    lena = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    dana = admit(here, client(here, "Dana", "Petrov"), here.residential, here.beds[2])
    one, two = lena.stays.get(), dana.stays.get()
    stays.swap(by=here.intake, at=here.now, stay_id=one.pk, other_id=two.pk)
    said = [event.summary for event in recent(here.site, here.now, names=False)]
    assert "L. H. changed beds with D. P.: Alder 1-A to Alder 2-A" in said
    assert not [line for line in said if "Harmon" in line or "Petrov" in line]
    assert "L. Harmon changed beds with D. Petrov: Alder 1-A to Alder 2-A" in [
        event.summary for event in recent(here.site, here.now)
    ]
