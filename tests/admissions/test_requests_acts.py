"""How far the asking has come: every act, every refusal, two people at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from admissions.actions import onlist, requests
from admissions.actions.admit import admit
from admissions.queries.line import line_page, version_of
from audit.models import Event
from programs.models import PlacementRequest
from staff.access import NotAllowed
from tests.admissions.asks import asks, settled
from tests.beds.racing import WON, race, said
from tests.factories import World, world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def line(here: World) -> PlacementRequest:
    return asks(here, level_wanted="3.5")


class Coordinator:
    """Does acts on one line, each a minute after the other, always seeing it as it is."""

    def __init__(self, here: World, line: PlacementRequest) -> None:
        self.here, self.line, self.at = here, line, here.now

    def do(self, act: str, *, seen: str | None = None, **values: object) -> PlacementRequest:
        self.at += MINUTE
        seen_state = settled(self.line).state if seen is None else seen
        function: Callable[..., PlacementRequest] = getattr(requests, act)
        return function(by=self.here.intake, at=self.at, request_id=self.line.pk, seen_state=seen_state, **values)

    def change(self, **values: object) -> PlacementRequest:
        self.at += MINUTE
        now = settled(self.line)
        names = ("level_wanted", "payer", "contact", "ready_on", "pregnant", "injects")
        known = {name: getattr(now, name) for name in names} | {"seen": version_of(now.pk), "by": self.here.intake}
        return requests.change(at=self.at, request_id=now.pk, **(known | values))


@pytest.fixture
def does(here: World, line: PlacementRequest) -> Coordinator:
    return Coordinator(here, line)


def test_a_line_goes_from_inquiry_to_a_date(does: Coordinator, line: PlacementRequest) -> None:
    assert does.do("screen").state == "screened"
    assert does.do("approve", level_wanted="3.7").level_wanted == "3.7"
    assert does.do("schedule", on=date(2025, 11, 20)).scheduled_on == date(2025, 11, 20)
    assert does.do("schedule", on=date(2025, 11, 21)).state == "scheduled"
    assert list(Event.objects.order_by("pk").values_list("summary", flat=True)) == [
        "S. Amari asked for a place, with a new record",
        "S. Amari was screened",
        "S. Amari was approved for 3.7",
        "S. Amari is expected on Thu 20 Nov",
        "S. Amari is expected on Fri 21 Nov",
    ]


def test_a_line_goes_back_step_by_step(does: Coordinator) -> None:
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    does.do("schedule", on=date(2025, 11, 20))
    assert (does.do("unschedule").state, settled(does.line).scheduled_on) == ("approved", None)
    assert does.do("unapprove").state == "screened"


def test_an_act_out_of_order_is_refused_with_what_comes_first(does: Coordinator) -> None:
    assert (
        said(lambda: does.do("approve", level_wanted="3.5"))
        == "S. Amari is inquiry: only who was screened is approved."
    )
    assert "only who is approved gets a date" in said(lambda: does.do("schedule", on=date(2025, 11, 20)))
    assert "only a line that withdrew" in said(lambda: does.do("reopen"))


def test_nobody_is_approved_without_a_level_there_is(does: Coordinator) -> None:
    does.do("screen")
    assert said(lambda: does.do("approve", level_wanted="")) == "Choose the level that was approved."
    assert "no such level" in said(lambda: does.do("approve", level_wanted="3.6"))


def test_a_date_is_today_or_later_on_the_clock_of_the_site(here: World, does: Coordinator) -> None:
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    does.at = datetime(2025, 11, 19, 4, 30, tzinfo=UTC)  # 23:30 of the 18th in New York
    assert said(lambda: does.do("schedule", on=date(2025, 11, 17))).startswith("17 November 2025 has passed")
    assert does.do("schedule", on=date(2025, 11, 18)).scheduled_on == date(2025, 11, 18)
    assert "expected on 18 November already" in said(lambda: does.do("schedule", on=date(2025, 11, 18)))


def test_who_withdraws_or_is_referred_out_leaves_the_list_with_a_reason(does: Coordinator) -> None:
    assert said(lambda: does.do("withdraw", why=" ")) == "Say why they no longer ask."
    assert "200 fit" in said(lambda: does.do("withdraw", why="x" * 201))
    over = does.do("withdraw", why="went  home")
    assert (over.state, over.settled_at, over.why) == ("withdrawn", does.at, "went home")
    does.do("reopen")
    assert said(lambda: does.do("refer", to="", why="full")) == "Say where they were referred to."
    assert does.do("refer", to="Hill House", why="no bed").referred_to == "Hill House"
    page = line_page(settled(does.line), does.at, does.here.site.tz)
    assert page.history[0].reasons == ("no bed",)
    assert "no bed" not in Event.objects.latest("pk").summary


def test_a_settled_line_is_reopened_as_it_was_within_thirty_days(does: Coordinator) -> None:
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    does.do("schedule", on=date(2025, 11, 20))
    does.do("withdraw", why="went home")
    back = does.do("reopen")
    assert (back.state, back.settled_at, back.scheduled_on, back.why) == ("approved", None, None, "")
    does.do("withdraw", why="went home")
    does.at += 31 * DAY
    assert said(lambda: does.do("reopen")) == (
        "This line ended on 18 November 2025, more than 30 days ago. Write a new inquiry."
    )


def test_a_line_is_not_reopened_beside_another_open_one(here: World, does: Coordinator) -> None:
    does.do("withdraw", why="went home")
    asks(here, at=does.at, client_id=does.line.client_id)
    assert "Go on with that line" in said(lambda: does.do("reopen"))


def test_an_admitted_line_is_never_moved_again(here: World, does: Coordinator) -> None:
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    admit(by=here.intake, at=does.at, request_id=does.line.pk, bed_id=here.beds[0].pk, reasons={})
    assert "S. Amari is admitted" in said(lambda: does.do("reopen"))
    assert "S. Amari is admitted now" in said(lambda: does.do("withdraw", seen="approved", why="went home"))


def test_who_was_slower_is_told_who_did_what_and_when(here: World, does: Coordinator) -> None:
    does.do("screen")
    assert said(lambda: does.do("screen", seen="inquiry")) == (
        "Imani Clarke was quicker, at 10:43 on 18 Nov: S. Amari was screened. Look at the line as it stands."
    )


def test_the_same_key_does_an_act_once(does: Coordinator) -> None:
    key = uuid4()
    does.do("screen", key=key)
    assert does.do("screen", seen="inquiry", key=key).state == "screened"
    assert Event.objects.filter(verb="admissions.screen").count() == 1


def test_what_is_changed_moves_the_person_in_the_federal_order(here: World, does: Coordinator) -> None:
    early = asks(here, at=here.now - DAY, first_name="Elin", last_name="Novak")
    assert list(PlacementRequest.objects.in_order()) == [early, does.line]
    changed = does.change(pregnant=True, payer="Medicaid")
    assert changed.priority_words == "Pregnant"
    assert list(PlacementRequest.objects.in_order()) == [does.line, early]
    assert Event.objects.latest("pk").summary == "S. Amari: pregnant, payer changed"


def test_a_change_over_someone_elses_change_is_refused(here: World, does: Coordinator) -> None:
    seen = version_of(does.line.pk)
    does.change(payer="Medicaid")
    sentence = said(lambda: does.change(contact="mornings", seen=seen, by=here.director))
    assert sentence.startswith("Imani Clarke was quicker, at 10:43 on 18 Nov: S. Amari: payer changed.")
    assert "it stands as it was" in said(does.change)


def test_an_approved_level_is_changed_by_approving_anew(does: Coordinator) -> None:
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    assert "Take the approval back first" in said(lambda: does.change(level_wanted="3.7"))
    assert does.change(contact="mornings").contact == "mornings"


def test_interim_services_stop_the_clock_once(does: Coordinator) -> None:
    assert "Change that first if it is so" in said(lambda: does.do("begin_interim", begun_at=does.here.now))
    does.change(injects=True)
    before, later = does.here.now - MINUTE, does.here.now + DAY
    for instant in (before, later):
        assert "between 10:42 on 18 Nov, when they asked, and now" in said(
            lambda instant=instant: does.do("begin_interim", begun_at=instant)  # type: ignore[misc]
        )
    does.at += HOUR
    assert does.do("begin_interim", begun_at=does.here.now + HOUR).interim_at == does.here.now + HOUR
    assert said(lambda: does.do("begin_interim", begun_at=does.here.now)) == (
        "Interim services began at 11:42 on 18 Nov already. Imani Clarke wrote it down."
    )


def test_every_act_tells_the_boards_of_the_site(does: Coordinator, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(onlist, "publish", lambda changes: told.append(changes))
    site = does.here.site.pk
    does.do("screen")
    does.do("approve", level_wanted="3.5")
    assert told == [{"beds.board.riverbend": (f"placement:{site}", f"counts:{site}")}, {"beds.board.riverbend": ()}]


@pytest.mark.parametrize("name", ["on_unit", "facilitator", "elsewhere", "without_role"])
def test_who_may_not_keep_the_list_moves_nobody(here: World, line: PlacementRequest, name: str) -> None:
    with pytest.raises(NotAllowed):
        requests.screen(by=getattr(here, name), at=here.now, request_id=line.pk, seen_state="inquiry")
    assert settled(line).state == "inquiry"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_screen_at_once_one_is_told_who_did(now: datetime) -> None:
    here = world(now)
    line = asks(here)

    def screens(by: object) -> Callable[[], object]:
        return lambda: requests.screen(by=by, at=now + MINUTE, request_id=line.pk, seen_state="inquiry")  # type: ignore[arg-type]

    answers = race(screens(here.intake), screens(here.director))
    assert sorted(one == WON for one in answers) == [False, True]
    winner = Event.objects.get(verb="admissions.screen").by_name
    assert next(one for one in answers if one != WON).startswith(f"{winner} was quicker, at 10:43 on 18 Nov")
