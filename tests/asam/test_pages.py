"""The pages: rate screen by screen, look over, save, decide; what is refused loses nothing that was typed."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from asam.models import (
    Assessment,
    Attestation,
    Authorisation,
    Catalog,
    CatalogUse,
    ClientPart,
    Decision,
    Draft,
    LevelReading,
)
from asam.queries.catalogs import shipped
from asam.rules.catalog import packaged_text
from chart.actions import write_note
from chart.models import Task
from programs.models import Episode, Placement, Program
from staff.rules.capabilities import Role
from tests.asam.care import FOR_2_5, FOR_3_5, in_residential, rated, supervisor
from tests.documents.reading import words as words_of
from tests.factories import PIN, World, admit, assign, client, person, world
from tests.signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(datetime.now(UTC))


@pytest.fixture
def director(here: World) -> Browser:
    return signed_in(here.director)


def posted(**fields: object) -> dict[str, object]:
    return {"key": str(uuid4())} | fields


def text(answer: Any) -> str:
    return str(answer.content.decode())


def begun(here: World, browser: Browser, episode: Episode) -> Draft:
    answer = browser.post(f"/levels/{episode.pk}/begin/", posted(kind="level", danger="none"))
    assert answer["Location"] == f"/levels/{episode.pk}/rate/1/"
    return Draft.objects.get(episode=episode, closed_at=None)


def test_a_client_is_rated_screen_by_screen_and_saved(here: World, director: Browser) -> None:
    episode = in_residential(here)
    draft = begun(here, director, episode)
    for number in range(1, 7):
        assert director.get(f"/levels/{episode.pk}/rate/{number}/").status_code == 200
        mine = {key: codes for key, codes in FOR_2_5.items() if key.startswith(f"d{number}_")}
        answer = director.post(
            f"/levels/drafts/{draft.pk}/{number}/save/",
            {"version": 0, "go": number + 1 if number < 6 else "over", **mine},
        )
        assert answer.status_code == 302
    page = text(director.get(f"/levels/drafts/{draft.pk}/"))
    assert '<p class="recommendation__level">2.5</p>' in page
    seen = "1:1 2:1 3:1 4:1 5:1 6:1"
    assert f'name="seen" value="{seen}"' in page
    assert director.post(f"/levels/drafts/{draft.pk}/", posted(seen=seen)).status_code == 302
    page = text(director.get(f"/levels/{episode.pk}/"))
    assert f"/levels/assessments/{Assessment.objects.get().pk}/decide/" in page and "not attested" in page
    assert director.get(f"/levels/drafts/{draft.pk}/").status_code == 302  # a saved draft leads back


def test_each_press_is_kept_and_answers_with_the_recommendation(here: World, director: Browser) -> None:
    episode = in_residential(here)
    draft = begun(here, director, episode)
    where = f"/levels/drafts/{draft.pk}/4/save/"
    answer = director.post(
        where, {"version": 0, "d4_use": "C", "evidence-d4_use": "Daily"}, headers={"HX-Request": "true"}
    )
    page = text(answer)
    assert "at least 2.5" in page and 'name="version" value="1"' in page
    again = director.post(where, {"version": 0, "d4_use": "E"}, headers={"HX-Request": "true"})
    assert again.status_code == 422 and "saved this dimension" in text(again)
    plain = director.post(where, {"version": 0, "d4_use": "E", "evidence-d4_use": "Typed here", "go": "5"})
    assert plain.status_code == 422 and "Typed here" in text(plain)
    assert '<input type="radio" name="d4_use" value="E" checked>' in text(plain)
    assert draft.parts.get().ratings == {"d4_use": ["C"]}


def test_a_danger_leads_to_what_to_do(here: World, director: Browser) -> None:
    episode = in_residential(here)
    asked = posted(kind="level", danger="medical", done="911 at 10:40")
    page = text(director.post(f"/levels/{episode.pk}/begin/", asked))
    assert "Send them to emergency medical care (level 4) now" in page
    assert "Nothing is rated until the question about danger is answered again" in text(
        director.get(f"/levels/{episode.pk}/")
    )
    assert director.get(f"/levels/{episode.pk}/rate/1/").status_code == 302
    assert director.post(f"/levels/{episode.pk}/begin/", posted(kind="level")).status_code == 422


def test_what_the_chart_says_stands_beside_and_is_attached_in_its_own_words(here: World, director: Browser) -> None:
    episode = in_residential(here)
    note = write_note(by=here.on_unit, at=here.now, episode_id=episode.pk, kind="nursing", text="Slept all night.")
    draft = begun(here, director, episode)
    assert "Slept all night." in text(director.get(f"/levels/{episode.pk}/rate/1/"))
    where = f"/levels/drafts/{draft.pk}/1/attach/"
    answer = director.post(where, {"kind": "note", "of": note.pk, "attached": "1", "words": "forged"})
    assert "Attached" in text(answer)
    assert "Slept all night." in draft.support.get().words
    assert director.post(where, {"kind": "note", "of": note.pk + 1, "attached": "1"}).status_code == 404
    director.post(where, {"kind": "note", "of": note.pk, "attached": "0"})
    assert not draft.support.exists()


def test_the_environment_they_return_to_is_said_on_dimensions_four_and_five(here: World, director: Browser) -> None:
    episode = in_residential(here)
    begun(here, director, episode)
    pages = [text(director.get(f"/levels/{episode.pk}/rate/{number}/")) for number in (3, 4, 5)]
    assert ["Rate for the place they will go back to" in page for page in pages] == [False, True, True]


def test_the_page_of_a_decision_asks_for_what_the_choice_needs(here: World, director: Browser) -> None:
    assessment = rated(here, in_residential(here), FOR_3_5)
    where = f"/levels/assessments/{assessment.pk}"
    assert "Decide to continue at 3.5" in text(director.get(f"{where}/decide/"))
    said = text(director.post(f"{where}/choice/", {"selected": "2.5"}))
    assert "Selected does not cover recommended" in said and "PHP" in said and "What is to be expected" in said
    assert "No program here gives 4" in text(director.post(f"{where}/choice/", {"selected": "4"}))


def test_a_decision_without_its_reason_keeps_what_was_typed(here: World, director: Browser) -> None:
    assessment = rated(here, in_residential(here), FOR_3_5)
    answer = director.post(
        f"/admissions/decide/{assessment.pk}/",
        posted(
            selected="2.5", program=here.php.pk, safety_strategy="Calls home every evening", concerns="Far from home"
        ),
    )
    page = text(answer)
    assert answer.status_code == 422
    assert "add at least one reason" in page and "add what is to be expected" in page
    assert "Calls home every evening" in page and "Far from home" in page
    assert not Decision.objects.exists()


def test_a_lower_choice_is_signed_by_a_supervisor_on_the_same_tablet(here: World, director: Browser) -> None:
    second, episode = supervisor(here), in_residential(here)
    assessment = rated(here, episode, FOR_3_5)
    where = f"/admissions/decide/{assessment.pk}/"
    asked = posted(
        selected="2.5", program=here.php.pk, safety_strategy="Daily calls", reasons=["PREFERENCE"], consequences=["LEAVES"],
        says="agrees", willing="yes", able="yes", would_help="A bus pass",
    )  # fmt: skip
    page = text(director.post(where, asked))
    assert "signs with their own PIN" in page and "Ortiz" in page
    wrong = director.post(where, asked | {"confirmed": "1", "second": second.pk, "pin": "0000"})
    assert wrong.status_code == 422 and "That is not the PIN" in text(wrong) and "settle the step" in text(wrong)
    assert not Decision.objects.exists()
    signed = director.post(where, asked | {"confirmed": "1", "second": second.pk, "pin": PIN})
    decision = Decision.objects.get()
    assert signed["Location"] == f"/admissions/step/{decision.pk}/?program={here.php.pk}"
    assert (decision.supervisor, decision.proof is not None) == (second, True)
    part = ClientPart.objects.get()
    assert (part.says, part.willing, part.would_help) == ("agrees", True, "A bus pass")
    paper = words_of(director.get(f"/levels/assessments/{assessment.pk}/determination.pdf").content)
    for words in ("adult-4, version 1", "not attested", "A bus pass", "Daily calls", "by their own PIN", "endorsed"):
        assert words in paper


def test_continuing_at_the_level_moves_nothing(here: World, director: Browser) -> None:
    episode = in_residential(here)
    assessment = rated(here, episode, FOR_3_5)
    asked = posted(selected="3.5")
    assert "Nothing moves" in text(director.post(f"/admissions/decide/{assessment.pk}/", asked))
    assert director.post(f"/admissions/decide/{assessment.pk}/", asked | {"confirmed": "1"}).status_code == 302
    assert Decision.objects.get().selected == "3.5"
    assert director.get(f"/levels/assessments/{assessment.pk}/decide/").status_code == 302


def test_what_the_client_says_is_written_later_too_and_the_newest_counts(here: World, director: Browser) -> None:
    episode = in_residential(here)
    director.post(f"/admissions/decide/{rated(here, episode, FOR_3_5).pk}/", posted(selected="3.5", confirmed="1"))
    where = f"/levels/decisions/{Decision.objects.get().pk}/client/"
    refused = director.post(where, posted(says="declines"))
    assert refused.status_code == 422 and "Write what worries the client" in text(refused)
    assert director.post(where, posted(says="not_asked", why="Asleep")).status_code == 302
    assert director.post(where, posted(says="declines", would_accept="Evening groups")).status_code == 302
    page = text(director.get(f"/levels/{episode.pk}/"))
    assert "<dt>Would accept</dt><dd>Evening groups</dd>" in page
    assert ClientPart.objects.count() == 2


def test_the_client_signs_with_a_finger_and_whoever_declined_and_agrees_closes_the_task(
    here: World, director: Browser
) -> None:
    episode = in_residential(here)
    director.post(f"/admissions/decide/{rated(here, episode, FOR_3_5).pk}/", posted(selected="3.5", confirmed="1"))
    where = f"/levels/decisions/{Decision.objects.get().pk}/client/"
    director.post(where, posted(says="declines", concerns="Too long"))
    task = Task.objects.get(kind="asam.declined")
    assert (task.line, task.done_at) == ("Too long", None)
    for drawn, said in (
        ("[[[1,1,0],[9,9,5]]]", "Nothing is drawn"),
        ("{", "could not be read"),
        ('[["a"]]', "could not be read"),
    ):
        refused = director.post(where, posted(says="agrees", strokes=drawn))
        assert refused.status_code == 422 and said in text(refused)
    assert director.post(where, posted(says="agrees", strokes="[[[10,10,0],[400,300,90]]]")).status_code == 302
    part = ClientPart.objects.get(says="agrees")
    assert part.strokes == [[[10, 10, 0], [400, 300, 90]]] and "polyline" in part.svg
    assert 'points="10,10 400,300 "' in text(director.get(f"/levels/{episode.pk}/"))
    task.refresh_from_db()
    assert task.outcome == "The client agrees"


def test_a_biller_enters_and_corrects_what_a_payer_said(here: World) -> None:
    biller = signed_in(assign(person("bill", "Bo Bills"), here.site, Role.BILLER, at=here.now))
    episode, today = in_residential(here), here.day()
    where = f"/levels/{episode.pk}/authorised/"
    asked = posted(payer="Medicaid", named="4:2.5", unit="days", approved="14", first_on=str(today), last_on=str(today))
    assert biller.post(where, asked).status_code == 302
    page = text(biller.get(where))
    assert "Medicaid authorised 2.5, the client is at 3.5" in page
    row = Authorisation.objects.get()
    page = text(biller.get(f"/levels/authorised/{row.pk}/correct/"))
    assert 'value="14' in page
    wrong = biller.post(f"/levels/authorised/{row.pk}/correct/", asked | {"named": "4:3.5"})
    assert wrong.status_code == 422 and "Say why the entry is corrected" in text(wrong)
    fixed = posted(
        payer="Medicaid",
        named="4:3.5",
        unit="days",
        approved="14",
        first_on=str(today),
        last_on=str(today),
        note="Misheard",
    )
    assert biller.post(f"/levels/authorised/{row.pk}/correct/", fixed).status_code == 302
    assert text(biller.get("/levels/authorised/")).count("Sara Amari") == 1
    assert biller.get(f"/levels/{episode.pk}/").status_code == 403
    assert signed_in(here.facilitator).post(where, asked).status_code == 403


def test_a_catalog_is_looked_at_brought_in_attested_and_let_count(here: World, director: Browser) -> None:
    content = packaged_text().replace('version = "1"', 'version = "2"').replace('asks = "2.1"', 'asks = "2.5"', 1)
    assert director.post("/levels/catalogs/import/", {}).status_code == 422
    broken = SimpleUploadedFile("a.toml", b"\xff\xfe")
    assert "not text in UTF-8" in text(director.post("/levels/catalogs/import/", {"file": broken}))
    page = text(director.post("/levels/catalogs/import/", {"file": SimpleUploadedFile("a.toml", content.encode())}))
    assert "Risky use B asks for 2.5; it asked for 2.1." in page and not Catalog.objects.exists()
    answer = director.post("/levels/catalogs/import/", posted(content=content, confirmed="1"))
    row = Catalog.objects.get()
    assert answer["Location"] == f"/levels/catalogs/{row.digest[:12]}/"
    assert text(director.get(f"/levels/catalogs/{row.digest[:12]}/file/")) == content
    unsure = director.post(f"/levels/catalogs/{row.digest[:12]}/attest/", posted())
    assert unsure.status_code == 422 and "Tick the sentence" in text(unsure)
    director.post(f"/levels/catalogs/{row.digest[:12]}/attest/", posted(sure="1", words="Own copy"))
    assert Attestation.objects.get().catalog == row
    director.post(f"/levels/catalogs/{row.digest[:12]}/use/", posted())
    assert CatalogUse.objects.get().catalog == row
    assert "now" in text(director.get("/levels/catalogs/"))
    assert director.get("/levels/catalogs/nothing/").status_code == 404
    assert director.get(f"/levels/catalogs/{shipped().digest[:12]}/").status_code == 200


def test_an_ambiguous_older_level_is_read_by_a_person(here: World, director: Browser) -> None:
    old = Program.objects.create(site=here.site, name="Old residential", level="3.3", edition="3")
    episode = admit(here, client(here, "Ben", "Tran"), old)
    placement = Placement.objects.get(episode=episode)
    page = text(director.get(f"/levels/{episode.pk}/"))
    assert "is of an older edition" in page and director.get("/levels/").status_code == 200
    asked = posted(placement=placement.pk, level="3.5 COE", reason="Cognitive needs")
    assert director.post("/levels/editions/", asked | {"reason": ""}).status_code == 422
    assert director.post("/levels/editions/", asked).status_code == 302
    assert LevelReading.objects.get().level == "3.5 COE"
    assert "3.3 of the 3rd edition, read as 3.5 COE" in text(director.get(f"/levels/{episode.pk}/"))
    placement.refresh_from_db()
    assert placement.level == "3.3"
