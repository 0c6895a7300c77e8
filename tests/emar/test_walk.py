"""A pass is begun, walked by several people and finished: who is where, and nothing left behind."""

from datetime import timedelta

import pytest

from audit.rules.findings import Refused
from emar import actions
from emar.actions.walk import be_with, begin_pass, finish_pass, leave_client
from emar.models import PassClient, PassRun
from emar.queries import PassPage, pass_page
from emar.rules.administration import Outcome
from programs.models import Episode, Leave
from staff.access import NotAllowed
from staff.models import Person
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.emar.test_administer import NOT_TAKEN
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order

MINUTE = timedelta(minutes=1)


def wale(morning: Morning) -> int:
    """A second client, with one dose at 08:00."""
    here = morning.here
    episode = admit(here, client(here, "Wale", "Tunde"), here.residential, here.beds[1])
    order(episode, medication("Gabapentin", "300 mg"), at_times("08:00"), by=here.prescriber)
    return episode.client_id


def seen(morning: Morning, by: Person, *, minutes: int = 0) -> PassPage:
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW + minutes * MINUTE, viewer_id=by.pk)
    assert page is not None
    return page


def opens(morning: Morning, by: Person, client_id: int, *, device: str = "a", minutes: int = 0) -> PassClient:
    return be_with(
        by=by, at=NOW + minutes * MINUTE, site_id=morning.here.site.pk, unit_id=morning.here.unit.pk,
        client_id=client_id, device=device,
    )  # fmt: skip


def run(morning: Morning, act: object = finish_pass, *, by: Person | None = None, minutes: int = 0) -> PassRun:
    made: PassRun = act(  # type: ignore[operator]
        by=by or morning.here.on_unit, at=NOW + minutes * MINUTE, site_id=morning.here.site.pk,
        unit_id=morning.here.unit.pk, pass_at=EIGHT,
    )  # fmt: skip
    return made


def test_the_others_see_who_has_a_client_open_and_one_does_not_see_oneself(morning: Morning) -> None:
    opens(morning, morning.here.on_unit, morning.elin.pk)
    [theirs] = seen(morning, morning.here.second_nurse).clients
    assert (theirs.here, theirs.look, theirs.said) == (("RN Cole",), "taken", "RN Cole is here")
    [mine] = seen(morning, morning.here.on_unit).clients
    assert (mine.here, mine.look) == ((), "due")


def test_going_on_leaves_the_client_before(morning: Morning) -> None:
    other = wale(morning)
    opens(morning, morning.here.on_unit, morning.elin.pk)
    opens(morning, morning.here.on_unit, other, minutes=1)
    assert [card.here for card in seen(morning, morning.here.second_nurse, minutes=1).clients] == [(), ("RN Cole",)]
    assert PassClient.objects.filter(ended_at=None).count() == 1


def test_two_tablets_of_one_person_are_two_places(morning: Morning) -> None:
    other = wale(morning)
    opens(morning, morning.here.on_unit, morning.elin.pk, device="a")
    opens(morning, morning.here.on_unit, other, device="b")
    page = seen(morning, morning.here.second_nurse)
    assert [card.here for card in page.clients] == [("RN Cole",), ("RN Cole",)]


def test_a_tablet_not_heard_of_for_two_minutes_shows_nobody(morning: Morning) -> None:
    opens(morning, morning.here.on_unit, morning.elin.pk)
    assert seen(morning, morning.here.second_nurse, minutes=1).clients[0].here
    assert not seen(morning, morning.here.second_nurse, minutes=2).clients[0].here
    opens(morning, morning.here.on_unit, morning.elin.pk, minutes=3)
    assert seen(morning, morning.here.second_nurse, minutes=4).clients[0].here
    assert PassClient.objects.count() == 1


def test_leaving_a_client_that_was_left_already_changes_nothing(morning: Morning) -> None:
    other = wale(morning)
    opens(morning, morning.here.on_unit, morning.elin.pk)
    opens(morning, morning.here.on_unit, other)
    leave_client(by=morning.here.on_unit, at=NOW, client_id=morning.elin.pk, device="a")
    assert seen(morning, morning.here.second_nurse).clients[1].here == ("RN Cole",)
    leave_client(by=morning.here.on_unit, at=NOW, client_id=other, device="a")
    assert not PassClient.objects.filter(ended_at=None).exists()


def test_having_a_client_open_keeps_nobody_out(morning: Morning) -> None:
    opens(morning, morning.here.second_nurse, morning.elin.pk)
    assert morning.chart().pk


def test_who_does_not_sleep_here_cannot_be_opened(morning: Morning) -> None:
    stranger = client(morning.here, "Nova", "Elsewhere")
    with pytest.raises(Refused, match="is not on this pass any more"):
        opens(morning, morning.here.on_unit, stranger.pk)


def test_next_is_who_waits_with_nobody_beside_them(morning: Morning) -> None:
    here, other = morning.here, wale(morning)
    third = admit(here, client(here, "Ola", "Persson"), here.residential, here.beds[2])
    order(third, medication("Gabapentin", "300 mg"), at_times("08:00"), by=here.prescriber)
    opens(morning, here.second_nurse, other)
    page = seen(morning, here.on_unit)
    after = page.after(page.clients[0])
    assert after is not None and after.name == "Ola Persson"
    opens(morning, here.second_nurse, third.client_id, device="b")
    page = seen(morning, here.on_unit)
    after = page.after(page.clients[0])
    assert after is not None and after.name == "Wale Tunde", "with nobody else left, one goes there all the same"


def test_a_pass_is_not_finished_while_a_dose_is_open_and_says_whose(morning: Morning) -> None:
    other = wale(morning)
    away = Episode.objects.get(client=other)
    Leave.objects.create(episode=away, kind="pass", started_at=NOW, expected_at=NOW + 60 * MINUTE)
    with pytest.raises(Refused) as refused:
        run(morning)
    assert [(finding.code, finding.message) for finding in refused.value.findings] == [
        ("pass.open", "Elin Novak, Rm 1-A: Thiamine 100 mg 08:00 is not charted."),
        ("pass.open", "Wale Tunde, Rm 1-B (on pass: chart as absent): Gabapentin 300 mg 08:00 is not charted."),
    ]
    assert refused.value.findings[1].detail["client_id"] == other
    assert not PassRun.objects.exclude(ended_at=None).exists()


def test_with_every_dose_accounted_for_it_is_finished_once(morning: Morning) -> None:
    run(morning, begin_pass)
    morning.chart(outcome=Outcome.REFUSED, reason="nausea", **NOT_TAKEN)
    first = run(morning, minutes=5)
    again = run(morning, by=morning.here.second_nurse, minutes=6)
    assert (again.pk, again.ended_by, again.ended_at) == (first.pk, morning.here.on_unit, NOW + 5 * MINUTE)
    page = seen(morning, morning.here.on_unit, minutes=6)
    assert (page.finished, page.open, page.outcomes) == (True, 0, "1 refused")


def test_a_dose_on_hold_does_not_keep_a_pass_open(morning: Morning) -> None:
    actions.hold_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="Sedated")
    assert run(morning).ended_at == NOW


def test_what_is_undone_later_shows_as_open(morning: Morning) -> None:
    row = morning.chart()
    run(morning)
    actions.undo(by=morning.here.on_unit, at=NOW + MINUTE, administration_id=row.pk, note="Wrong tap")
    page = seen(morning, morning.here.on_unit, minutes=2)
    assert (page.finished, page.open) == (True, 1)


def test_beginning_twice_is_one_run_and_a_pass_whose_hour_moved_is_the_same(morning: Morning) -> None:
    first = run(morning, begin_pass)
    assert run(morning, begin_pass, by=morning.here.second_nurse).pk == first.pk
    for number in range(1, 4):
        here = morning.here
        episode = admit(here, client(here, f"Kim{number}", "Lee"), here.residential, here.beds[number])
        order(episode, medication("Gabapentin", "300 mg"), at_times("08:30"), by=here.prescriber)
    page = seen(morning, morning.here.on_unit)
    assert page.at == EIGHT + 30 * MINUTE
    assert page.run is not None and page.run.pk == first.pk


def test_who_may_not_chart_neither_begins_nor_finishes_nor_is_shown(morning: Morning) -> None:
    for act in (begin_pass, finish_pass):
        with pytest.raises(NotAllowed):
            run(morning, act, by=morning.here.prescriber)
    with pytest.raises(NotAllowed):
        opens(morning, morning.here.prescriber, morning.elin.pk)
