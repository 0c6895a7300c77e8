"""The page of a step: settled line by line, kept as it is chosen, prepared for a time, carried out by a person."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from admissions.actions.transition_draft import prepare, settle
from asam.models import Decision, Transition, TransitionDraft
from audit.rules.findings import Refused
from beds.models import BedStay
from chart.models import Task
from staff.rules.capabilities import Role
from tests.admissions.steps import LATER, NOW, decided, stepped
from tests.asam.care import in_residential, rated
from tests.factories import PIN, World, assign, person, signs, world
from tests.factories.meds import at_times, medication, order
from tests.signing import signed_in

HANDOFF = {
    "handoff-receiving": "PHP", "handoff-accepted_on": "2025-11-24", "handoff-kit": "given", "handoff-bridge": "None",
    "handoff-next_dose": "None", "handoff-triggers": "Any use", "handoff-caller": "Clarke",
    "handoff-first_visit_at": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT09:00}",
}  # fmt: skip


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def sent(here: World, **more: str) -> dict[str, str]:
    return {"key": str(uuid4()), "program": str(here.php.pk), "version": "0", "act": "go"} | HANDOFF | more


def test_a_decision_is_recorded_and_the_page_that_settles_the_step_opens(here: World) -> None:
    episode = in_residential(here)
    assessment = rated(here, episode)
    asked = {"key": str(uuid4()), "selected": "2.5", "program": str(here.php.pk)}
    director, address = signed_in(here.director), f"/admissions/decide/{assessment.pk}/"
    answer = director.post(address, asked)
    decision = Decision.objects.get()
    assert answer.status_code == 302, answer.content.decode()
    assert (answer.status_code, answer["Location"]) == (302, f"/admissions/step/{decision.pk}/?program={here.php.pk}")
    page = director.get(answer["Location"]).content.decode()
    assert "Residential 3.5 (3.5) ends, PHP (2.5) begins" in page and "Alder 1-A is cleaned, then free" in page
    assert "Who may be told, at the new level" in page and not Transition.objects.exists()

    answer = director.post(address, asked | {"key": str(uuid4())})
    assert answer.status_code == 422 and "LCSW Desai decided 2.5 on these ratings" in answer.content.decode()
    assert director.get(address).status_code == 302
    assert signed_in(here.facilitator).post(address, asked).status_code == 403
    assert director.get("/admissions/step/999999/").status_code == 404


def test_the_step_is_carried_out_with_the_prescribers_pin_on_the_directors_tablet(here: World) -> None:
    episode = in_residential(here)
    order(episode, medication(), at_times("08:00"), by=here.prescriber)
    decision, director = decided(here, episode), signed_in(here.director)
    address = f"/admissions/step/{decision.pk}/"
    page = director.post(address, sent(here))
    assert page.status_code == 422 and "Nobody else on duty here may" in page.content.decode()
    signs(here.prescriber, here.site, at=datetime.now(UTC))
    pin = {"rx-second": str(here.prescriber.pk), "rx-pin": PIN}
    key = str(uuid4())
    answer = director.post(address, sent(here, **pin, key=key))
    assert answer.status_code == 302, re.findall(
        r"finding__message.>[^<]*|error.>[^<]*|reason--[^<]*", answer.content.decode()
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{episode.client_id}/")
    assert director.post(address, sent(here, **pin, key=key)).status_code == 302  # the same form again
    made = Transition.objects.get()
    assert made.reconciled_by == here.prescriber
    again = director.post(address, sent(here, **pin))
    assert again.status_code == 422 and "stepped this client to PHP" in again.content.decode()
    assert director.get(address)["Location"] == f"/admissions/steps/{made.pk}/"


def test_what_is_missing_stands_beside_its_line_and_what_was_typed_stays(here: World) -> None:
    decision = decided(here, in_residential(here))
    asked = sent(here) | {"handoff-caller": "", "choice-bed": "keep", "note": "Well prepared"}
    page = signed_in(here.director).post(f"/admissions/step/{decision.pk}/", asked)
    words = page.content.decode()
    assert page.status_code == 422 and "Say who calls if the first appointment is missed." in words
    assert "Well prepared" in words and 'value="keep" checked' in words
    assert not Transition.objects.exists()


def test_it_keeps_itself_and_two_people_see_the_same(here: World) -> None:
    decision = decided(here, in_residential(here))
    director, address = signed_in(here.director), f"/admissions/step/{decision.pk}/"
    small = {"HX-Request": "true"}
    page = director.post(address, sent(here, **{"act": "", "choice-bed": "keep"}), headers=small)
    assert page.status_code == 200 and 'id="version" value="1"' in page.content.decode()
    assert 'value="keep" checked' in signed_in(here.director).get(address).content.decode()
    other = assign(person("ortiz", "Lena Ortiz", "MD"), here.site, Role.DIRECTOR, at=NOW)
    stale = signed_in(other).post(address, sent(here, **{"act": "", "choice-bed": "free"}), headers=small)
    assert stale.status_code == 422 and "LCSW Desai saved this step at" in stale.content.decode()
    assert "in another window: Alder 1-A: Keep it." in stale.content.decode()


def test_a_rehearsal_writes_nothing(here: World) -> None:
    decision = decided(here, in_residential(here))
    page = signed_in(here.director).post(f"/admissions/step/{decision.pk}/", sent(here, act="rehearse"))
    assert "Rehearsed: nothing was kept" in page.content.decode() and not Transition.objects.exists()


def test_a_prepared_step_waits_for_a_person_and_says_what_changed(here: World) -> None:
    episode = in_residential(here)
    decision, director = decided(here, episode), signed_in(here.director)
    address, when = f"/admissions/step/{decision.pk}/", datetime.now(here.site.tz) + timedelta(hours=3)
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="([^"]*)"', director.get(address).content.decode()))
    answer = director.post(address, sent(here, act="prepare", when=f"{when:%Y-%m-%dT%H:%M}", **seen))
    assert answer.status_code == 302, answer.content.decode()
    draft, task = TransitionDraft.objects.get(), Task.objects.get(kind="transition.due")
    assert (task.title, task.due_at, task.subject_id) == ("Step to PHP", draft.scheduled_for, draft.pk)
    early = director.post(address, sent(here, version=str(draft.version)))
    assert early.status_code == 422 and f"This step is prepared for {when:%H:%M}" in early.content.decode()

    order(episode, medication(), at_times("08:00"), by=here.prescriber, started_at=LATER)
    TransitionDraft.objects.update(scheduled_for=datetime.now(UTC) - timedelta(minutes=1))
    page = director.get(address).content.decode()
    assert "due now. Carry it out" in page and "Something changed since this was settled" in page
    assert Transition.objects.count() == 0  # nothing happens by itself
    signs(here.prescriber, here.site, at=datetime.now(UTC))
    pin = {"rx-second": str(here.prescriber.pk), "rx-pin": PIN}
    assert director.post(address, sent(here, version=str(draft.version), **pin)).status_code == 302
    task.refresh_from_db()
    draft.refresh_from_db()
    assert (task.outcome, draft.transition) == ("Carried out", Transition.objects.get())


def test_what_is_not_settled_cannot_be_prepared(here: World) -> None:
    decision = decided(here, in_residential(here))
    draft = settle(
        by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk, version=0, settled={}, seen={}
    )
    with pytest.raises(Refused, match="Say which program takes the client"):
        prepare(by=here.director, at=LATER, draft_id=draft.pk, version=1, scheduled_for=LATER + timedelta(hours=1))
    with pytest.raises(Refused, match="Choose a time to come"):
        prepare(by=here.director, at=LATER, draft_id=draft.pk, version=1, scheduled_for=LATER)


def test_the_page_and_the_paper_of_a_step_that_was_made(here: World) -> None:
    episode = in_residential(here)
    made = stepped(here, episode)
    director = signed_in(here.director)
    page = director.get(f"/admissions/steps/{made.pk}/").content.decode()
    assert (
        "Alder 1-A is cleaned, then free" in page and "Imani Clarke, same day" in page and "Take this step back" in page
    )
    paper = director.get(f"/admissions/steps/{made.pk}/summary.pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    chart = director.get(f"/clients/{episode.client_id}/").content.decode()
    assert f"/admissions/steps/{made.pk}/summary.pdf" in chart
    assert signed_in(here.elsewhere).get(f"/admissions/steps/{made.pk}/").status_code in (403, 404)


def test_a_step_is_taken_back_with_a_reason(here: World) -> None:
    episode = in_residential(here)
    made = stepped(here, episode)
    director, address = signed_in(here.director), f"/admissions/steps/{made.pk}/back/"
    page = director.post(address, {"key": str(uuid4()), "why": " "})
    assert page.status_code == 422 and "Say why the step is taken back" in page.content.decode()
    answer = director.post(address, {"key": str(uuid4()), "why": "The ride fell through"})
    back = Transition.objects.get(reverses=made)
    assert (answer.status_code, answer["Location"]) == (302, f"/admissions/steps/{back.pk}/")
    assert BedStay.objects.get(ended_at=None).bed == here.beds[0]
