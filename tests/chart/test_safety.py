"""Safety plans: versions in the client's own words, their answer to each, and a paper to keep."""

import pytest
from django.db import Error, transaction

from audit.rules.findings import Refused
from chart.actions.safety import sign_safety_plan, write_safety_plan
from chart.models import SafetyPlan, SafetySigning
from chart.pdf.safety import paper
from chart.queries.facts_told import safety_plans
from chart.queries.head import head
from chart.queries.safety import version
from documents import Drawn, render
from programs.models import Client
from staff.access import NotAllowed
from tests.beds.racing import race
from tests.documents.reading import words
from tests.factories import World, admit, client

WORDS = {"signs": "I stop answering the phone.", "ask": "My sister Ana, 555 0134", "coping": ""}
STROKES = [[[100, 100, 0], [400, 200, 50], [700, 100, 90]]]


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def written(here: World, who: Client, seen: int = 0, **sections: str) -> SafetyPlan:
    """LPC Danso writes a version over the one that was seen."""
    return write_safety_plan(by=here.facilitator, at=here.now, client_id=who.pk, sections=WORDS | sections, seen=seen)


def answered(here: World, plan: SafetyPlan, how: str = "drawn", **more: object) -> SafetySigning:
    """LPC Danso hands the tablet over."""
    asked = {"strokes": STROKES if how == "drawn" else None} | more
    return sign_safety_plan(by=here.facilitator, at=here.now, plan_id=plan.pk, how=how, **asked)  # type: ignore[arg-type]


def test_a_new_version_leaves_the_one_before(here: World, elin: Client) -> None:
    first = written(here, elin)
    second = written(here, elin, seen=1, coping="A walk to the river")
    assert (first.number, second.number, "coping" in first.sections) == (1, 2, False)
    with pytest.raises(Refused, match="LPC Danso wrote version 2 at 10:42 on 18 Nov"):
        written(here, elin, seen=1)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        SafetyPlan.objects.filter(pk=first.pk).update(sections={"signs": "Else"})


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ({"signs": " "}, "a plan without it does not help"),
        ({"coping": "x" * 2001}, "2001 letters; 2000 fit"),
        ({"poem": "x"}, "There is no such section"),
    ],
)
def test_a_plan_that_would_not_help_is_refused(
    here: World, elin: Client, sections: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        written(here, elin, **sections)  # type: ignore[arg-type]
    assert not SafetyPlan.objects.exists()


def test_the_client_signs_the_newest_version_once(here: World, elin: Client) -> None:
    first, second = written(here, elin), written(here, elin, seen=1)
    with pytest.raises(Refused, match="There is a newer version"):
        answered(here, first)
    with pytest.raises(Refused, match="Nothing is drawn in the frame"):
        answered(here, second, strokes=[])
    assert answered(here, second).svg.startswith("<svg")
    with pytest.raises(Refused, match="answered this version at 10:42 on 18 Nov: signed on the screen"):
        answered(here, second, "word")


def test_who_would_not_sign_is_asked_what_they_said(here: World, elin: Client) -> None:
    plan = written(here, elin)
    with pytest.raises(Refused, match="Write what they said"):
        answered(here, plan, "refused")
    assert answered(here, plan, "refused", note="Not today").how == "refused"
    with pytest.raises(Error, match="chart_safety_signing_drawn"), transaction.atomic():
        SafetySigning.objects.create(plan=written(here, elin, 1), how="drawn", at=here.now, by=here.facilitator)


def test_the_paper_has_the_words_and_where_help_is(here: World, elin: Client) -> None:
    plan = written(here, elin)
    answered(here, plan, "word")
    found = version(plan.pk, (elin.pk,))
    assert found is not None
    told = words(render(paper(head(elin, here.site, here.now), found, by=here.facilitator, at=here.now)))
    for part in ("I stop answering the phone.", "My sister Ana, 555 0134", "call or text 988", "Agreed by word"):
        assert part in told


def test_a_drawn_answer_is_drawn_on_the_paper(here: World, elin: Client) -> None:
    plan = written(here, elin)
    answered(here, plan)
    found = version(plan.pk, (elin.pk,))
    assert found is not None
    made = paper(head(elin, here.site, here.now), found, by=here.facilitator, at=here.now)
    drawn = made.blocks[-1]
    assert isinstance(drawn, Drawn)
    assert drawn.lines == (((100.0, 100.0), (400.0, 200.0), (700.0, 100.0)),)
    assert "Elin Novak, 18 Nov 2025, 10:42 EST, with LPC Danso" in words(render(made))


def test_the_timeline_has_each_version_and_each_answer(here: World, elin: Client) -> None:
    answered(here, written(here, elin))
    told = [each.title for each in safety_plans(elin.pk, here.now, here.now.replace(year=2026), here.now)]
    assert told == ["Safety plan, version 1", "Safety plan, version 1"]


def test_who_may_not_write_one_is_told_who_can(here: World, elin: Client) -> None:
    with pytest.raises(NotAllowed, match="write safety plans"):
        write_safety_plan(by=here.intake, at=here.now, client_id=elin.pk, sections=WORDS, seen=0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_over_one_version_one_is_told(here: World, elin: Client) -> None:
    written(here, elin)
    told = race(lambda: written(here, elin, 1, coping="One"), lambda: written(here, elin, 1, coping="Other"))
    assert sorted(word == "won" for word in told) == [False, True]
    assert SafetyPlan.objects.count() == 2
