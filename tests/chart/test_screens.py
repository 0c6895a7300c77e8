"""Drug screens: what was collected, what came of it, through whose hands it went; nothing is changed."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from audit.rules.findings import Refused
from chart.actions.screens import collect_screen, write_results, write_step
from chart.models import DrugScreen, ScreenResult, ScreenStep
from chart.panels import panels
from chart.queries.facts_told import raised, screened
from chart.queries.screens import ScreenLine, screens
from chart.rules.screens import panel_from
from programs.models import Client
from staff.access import NotAllowed
from staff.rules.capabilities import Role
from tests.factories import World, admit, assign, client, person

HOUR = timedelta(hours=1)


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def collected(here: World, who: Client, **more: object) -> DrugScreen:
    """RN Cole collects urine an hour ago, observed, in range."""
    asked = {
        "outcome": "collected", "specimen": "urine", "panel": "urine-12", "observed": True, "temperature_ok": True,
        "collected_at": here.now - HOUR, "by": here.on_unit,
    } | more  # fmt: skip
    return collect_screen(at=here.now, client_id=who.pk, **asked)  # type: ignore[arg-type]


def line(here: World, who: Client) -> ScreenLine:
    """The newest of the log."""
    return screens([who.pk], here.now + HOUR)[0][0]


def resulted(here: World, screen: DrugScreen, results: dict[str, str], **more: object) -> DrugScreen:
    """RN Cole writes results over what stands now."""
    seen = dict(ScreenResult.objects.filter(screen=screen, corrected_by=None).values_list("substance", "pk"))
    asked = {"seen": seen} | more
    return write_results(by=here.on_unit, at=here.now, screen_id=screen.pk, results=results, **asked)  # type: ignore[arg-type]


def test_the_panels_that_ship_can_be_read() -> None:
    assert len(panels()["urine-12"].substances) == 12
    with pytest.raises(ValueError, match="small letters"):
        panel_from('code="x"\nname="x"\nspecimens=["urine"]\n[substances]\n"A b"="x"')
    with pytest.raises(ValueError, match="A panel has code"):
        panel_from('code="x"')


def test_a_technician_collects_and_a_nurse_writes_the_results(here: World, elin: Client) -> None:
    tech = assign(person("moss", "Ty Moss"), here.site, Role.TECHNICIAN, at=here.now)
    screen = collected(here, elin, by=tech)
    with pytest.raises(NotAllowed, match="results of drug screens"):
        write_results(by=tech, at=here.now, screen_id=screen.pk, results={"cocaine": "negative"}, seen={})
    resulted(here, screen, dict.fromkeys(panels_codes(), "negative"))
    assert (line(here, elin).words, line(here, elin).tone) == ("All negative", "")


def panels_codes() -> list[str]:
    """The twelve of urine."""
    return [each.code for each in panels()["urine-12"].substances]


def test_a_positive_that_a_laboratory_confirms_names_the_first_and_needs_no_reason(here: World, elin: Client) -> None:
    screen = collected(here, elin)
    resulted(here, screen, {"cocaine": "presumptive"})
    assert line(here, elin).words == "Positive: Cocaine"
    resulted(here, screen, {"cocaine": "positive"})
    [first, second] = ScreenResult.objects.order_by("pk")
    assert (second.corrects, second.why) == (first, "Confirmed by the laboratory")
    with pytest.raises(Refused, match="Say why Cocaine is changed"):
        resulted(here, screen, {"cocaine": "negative"})
    resulted(here, screen, {"cocaine": "negative"}, why="Read from another client's sheet")
    assert [row.result for row in line(here, elin).lines[7].before] == ["positive", "presumptive"]
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        ScreenResult.objects.filter(pk=first.pk).update(result="negative")


def test_results_over_older_ones_than_those_that_stand_are_refused(here: World, elin: Client) -> None:
    screen = collected(here, elin)
    resulted(here, screen, {"cocaine": "negative"})
    with pytest.raises(Refused, match="Somebody wrote a result of this screen just now"):
        resulted(here, screen, {"fentanyl": "negative"}, seen={})


def test_a_prescribed_medication_explains_a_positive(here: World, elin: Client) -> None:
    screen = collected(here, elin)
    resulted(
        here, screen, {"buprenorphine": "presumptive"}, explained={"buprenorphine": "Buprenorphine 8 mg, MD Okoye"}
    )
    [told] = screened(elin.pk, here.now - 2 * HOUR, here.now, here.now)
    assert (told.kind, told.line) == ("screen", "Positive: Buprenorphine. Buprenorphine: Buprenorphine 8 mg, MD Okoye")


@pytest.mark.parametrize("outcome", ["refused", "not_able"])
def test_where_no_specimen_was_given_there_is_no_result_and_no_step(here: World, elin: Client, outcome: str) -> None:
    screen = collected(here, elin, outcome=outcome, temperature_ok=None)
    with pytest.raises(Refused, match="No specimen was given"):
        resulted(here, screen, {"cocaine": "negative"})
    with pytest.raises(Refused, match="No specimen was given"):
        write_step(by=here.on_unit, at=here.now, screen_id=screen.pk, kind="sealed")


def test_custody_goes_forward(here: World, elin: Client) -> None:
    screen = collected(here, elin)

    def step(kind: str, to: str = "", minutes: int = 0) -> ScreenStep:
        when = here.now - timedelta(minutes=30 - minutes)
        return write_step(by=here.on_unit, at=here.now, screen_id=screen.pk, kind=kind, to=to, when=when)

    with pytest.raises(Refused, match="It was not sent to a laboratory yet"):
        step("received")
    step("sealed")
    with pytest.raises(Refused, match="Write to whom it went"):
        step("sent", minutes=5)
    step("sent", "Northern Laboratory", 5)
    with pytest.raises(Refused, match="before the step before it"):
        step("received", minutes=1)
    with pytest.raises(Refused, match="still to come"):
        step("received", minutes=99)
    step("received", minutes=9)
    with pytest.raises(Refused, match="written already"):
        step("sealed", minutes=10)
    step("disposed", minutes=20)
    with pytest.raises(Refused, match="was disposed of"):
        step("stored", minutes=21)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"collected_at": None, "temperature_ok": None}, "Say whether the temperature was in range"),
        ({"specimen": "oral", "panel": "oral-6"}, "A temperature is read of urine"),
        ({"specimen": "hair", "temperature_ok": None}, "not made for that specimen"),
        ({"panel": "none"}, "There is no such panel"),
        ({"outcome": "lost"}, "Choose what came of it"),
    ],
)
def test_what_cannot_be_is_refused(here: World, elin: Client, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        collected(here, elin, **more)


def test_hours_that_cannot_be_are_refused(here: World, elin: Client) -> None:
    for hours, sentence in ((1, "still to come"), (-24 * 8, "more than 7 days ago"), (-24 * 30, "before this episode")):
        with pytest.raises(Refused, match=sentence):
            collected(here, elin, collected_at=here.now + hours * HOUR)


def test_a_correction_takes_its_place_and_a_mistake_leaves_the_log(here: World, elin: Client) -> None:
    first = collected(here, elin, temperature_ok=True)
    second = collected(here, elin, temperature_ok=False, corrects_id=first.pk, why="Strip read again")
    assert [each.screen for each in screens([elin.pk], here.now)[0]] == [second]
    with pytest.raises(Refused, match="corrected this screen just now"):
        resulted(here, first, {"cocaine": "negative"})
    collected(here, elin, corrects_id=second.pk, why="Another client", mistake=True)
    assert screens([elin.pk], here.now) == ([], 0)
    assert DrugScreen.objects.count() == 3


def test_the_next_shift_is_told_of_positives_refusals_and_new_allergies(here: World, elin: Client) -> None:
    resulted(here, collected(here, elin), {"fentanyl": "presumptive"})
    collected(here, elin, outcome="refused", temperature_ok=None, collected_at=here.now - 2 * HOUR)
    told = {(each.title, each.line) for each in raised(here.site.pk, here.now - HOUR, here.now + HOUR, here.now)}
    assert told == {("Positive drug screen", "Fentanyl"), ("Drug screen refused", "")}
    assert list(raised(here.other_site.pk, here.now - HOUR, here.now + HOUR, here.now)) == []
