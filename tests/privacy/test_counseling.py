"""SUD counseling notes: their author's alone, sealed in the database, and read by others only on a basis the law lists."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.rules.findings import Refused
from chart.models import BreakGlass
from privacy.actions.counseling import OPENED, end_counseling_grant, grant_counseling, write_counseling_note
from privacy.models import CounselingNote, CounselingNoteGrant
from privacy.rules.counseling import GRANTABLE, ReadBasis
from privacy.sealing import Key, Secret, keys, unseal
from programs.models import Episode
from staff.access import NotAllowed
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World, admit, assign, client, person
from tests.signing import signed_in

WORDS = "Quincemarmalade: the pause before he named her."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def own_keys(settings: Settings, tmp_path: Path) -> Path:
    """Keys of this test alone."""
    settings.COUNSELING_KEYS_FILE = tmp_path / "keys"
    return tmp_path / "keys"


@pytest.fixture
def sara(here: World) -> Episode:
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0], days=400)


def written(here: World, sara: Episode, words: str = WORDS, **more: object) -> CounselingNote:
    """By the facilitator, of a session an hour ago, at the instant of the tests."""
    asked: dict[str, object] = {
        "by": here.facilitator, "at": here.now, "client_id": sara.client_id, "text": Secret(words), "about_at": here.now - HOUR,
    }  # fmt: skip
    return write_counseling_note(**(asked | more))  # type: ignore[arg-type]


def opened(row: CounselingNote) -> str:
    row = CounselingNote.objects.get(pk=row.pk)
    return unseal(row.key, bytes(row.sealed), row.uid, row.bound).value


def officer_of(here: World) -> Person:
    return assign(person("wexcombe", "Thandi Wexcombe"), here.site, Role.PRIVACY, at=here.now)


def granted(here: World, sara: Episode, officer: Person, at: datetime, **more: object) -> CounselingNoteGrant:
    """The director reads what the facilitator wrote, for training, for a day."""
    asked: dict[str, object] = {
        "by": officer, "at": at, "site": here.site, "record_number": sara.client.record_number, "author_id": here.facilitator.pk,
        "reader_id": here.director.pk, "basis": "training", "words": "Supervised training", "until": at + DAY,
    }  # fmt: skip
    return grant_counseling(**(asked | more))  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {finding.code for finding in refused.value.findings}


# Writing


def test_a_note_is_kept_sealed_and_opens_to_the_same_words(here: World, sara: Episode) -> None:
    row = written(here, sara, f"  {WORDS}\n\nÅ, 鬱, \U0001f4a7  ")
    assert opened(row) == f"{WORDS}\n\nÅ, 鬱, \U0001f4a7"
    assert WORDS.encode() not in bytes(row.sealed)
    assert bytes(written(here, sara).sealed) != bytes(written(here, sara).sealed)


@pytest.mark.parametrize(("more", "code"), [
    ({"text": Secret(" \n")}, "words.missing"), ({"text": Secret("a\x00b")}, "words.sign"),
    ({"text": Secret("a" * 20_001)}, "words.long"), ({"about_at": datetime.fromisoformat("2025-11-18T15:43:00+00:00")}, "counseling.ahead"),
    ({"corrects": 987654321}, "counseling.unknown"),
])  # fmt: skip
def test_what_cannot_be_kept_is_said(here: World, sara: Episode, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        written(here, sara, WORDS, **more)
    assert codes(refused) == {code}
    assert not CounselingNote.objects.exists()


def test_only_professionals_keep_them(here: World, sara: Episode) -> None:
    for who in (here.on_unit, here.intake, officer_of(here)):
        with pytest.raises(NotAllowed):
            written(here, sara, by=who)


def test_the_same_request_twice_is_one_note_and_its_memory_does_not_tell_the_words(here: World, sara: Episode) -> None:
    key = uuid4()
    assert written(here, sara, key=key).pk == written(here, sara, key=key).pk
    with pytest.raises(Refused, match="already used"):
        written(here, sara, "Other words", key=key)
    assert WORDS not in f"{Secret(WORDS)} {Secret(WORDS)!r}" and str(Secret(WORDS)) != str(Secret("Other words"))


def test_its_author_corrects_it_by_a_new_version_once(here: World, sara: Episode) -> None:
    first = written(here, sara)
    second = written(here, sara, "Better words", corrects=first.pk)
    assert (opened(first), opened(second), second.corrects) == (WORDS, "Better words", first)
    with pytest.raises(Refused) as refused:
        written(here, sara, corrects=first.pk)
    assert codes(refused) == {"counseling.corrected"}
    with pytest.raises(Refused) as refused:
        written(here, sara, by=here.director, corrects=second.pk)
    assert codes(refused) == {"counseling.unknown"}


# The database


def refused_by_database(row: CounselingNote, **changes: object) -> str:
    """The constraint that refuses a copy of this note with changes."""
    fields = ("client_id", "site_id", "about_at", "corrects_id", "key", "sealed", "at", "by_id")
    copy = CounselingNote(uid=uuid4(), **({name: getattr(row, name) for name in fields} | changes))
    with pytest.raises(IntegrityError) as told, transaction.atomic():
        copy.save(force_insert=True)
    return str(told.value)


def test_the_database_keeps_every_note_and_who_may_correct_it(here: World, sara: Episode) -> None:
    row = written(here, sara)
    for change in ("by_id = by_id + 1", "about_at = about_at - interval '1 hour'", "client_id = client_id + 1"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE privacy_counselingnote SET {change}")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        row.delete()
    assert "by its author" in refused_by_database(row, corrects_id=row.pk, by_id=here.director.pk)
    other = client(here, "Ada", "Brook")
    assert "by its author" in refused_by_database(row, corrects_id=row.pk, client_id=other.pk)
    assert "privacy_counseling_after_session" in refused_by_database(row, about_at=here.now + HOUR)
    assert "privacy_counseling_sealed" in refused_by_database(row, key="")


def test_words_do_not_open_in_another_row_nor_altered(here: World, sara: Episode) -> None:
    one, other = written(here, sara), written(here, sara, "Other words")
    stolen = bytes(one.sealed)
    for changed in (stolen, stolen[:-1], stolen[:20] + bytes([stolen[20] ^ 1]) + stolen[21:], b"", b"plain"):
        CounselingNote.objects.filter(pk=other.pk).update(sealed=changed)
        page = signed_in(here.facilitator).get(f"/clients/{sara.client_id}/counseling/{other.pk}/").content.decode()
        assert "altered or moved" in page and WORDS not in page
    told = Event.objects.filter(verb="refused.rule").latest("pk")
    assert told.detail["codes"] == ["counseling.altered"] and not Event.objects.filter(verb=OPENED).exists()


def test_a_grant_that_says_too_little_is_refused_by_the_database(here: World, sara: Episode) -> None:
    row = granted(here, sara, officer_of(here), here.now)
    wrong: dict[str, dict[str, object]] = {
        "known_basis": {"basis": "curious"}, "has_words": {"words": " "}, "ends_later": {"ends_at": row.at},
        "to_another": {"reader_id": here.facilitator.pk}, "ended_by": {"ended_at": here.now},
    }  # fmt: skip
    fields = ("client_id", "site_id", "author_id", "reader_id", "basis", "words", "at", "ends_at", "by_id")
    for name, changes in wrong.items():
        copy = CounselingNoteGrant(**({field: getattr(row, field) for field in fields} | changes))
        with pytest.raises(IntegrityError, match=f"privacy_grant_{name}"), transaction.atomic():
            copy.save()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        CounselingNoteGrant.objects.update(reader=here.prescriber)


# Keys


def test_a_rotation_seals_every_note_anew_and_the_old_key_can_go(here: World, sara: Episode, own_keys: Path) -> None:
    row = written(here, sara)
    before = row.key
    assert own_keys.stat().st_mode & 0o077 == 0
    call_command("rotate_counseling_key")
    fresh = CounselingNote.objects.get()
    assert fresh.key != before and [key.id for key in keys()] == [fresh.key, before]
    assert opened(row) == WORDS and bytes(fresh.sealed) != bytes(row.sealed)
    call_command("rotate_counseling_key", finish=True, drop_old=True)
    assert [key.id for key in keys()] == [fresh.key]
    assert opened(row) == WORDS


def test_a_rotation_drops_no_key_that_is_needed_and_begins_none_without_its_file(
    here: World, sara: Episode, own_keys: Path
) -> None:  # fmt: skip
    row = written(here, sara)
    CounselingNote.objects.update(sealed=b"plain")
    with pytest.raises(CommandError, match="1 could not be opened"):
        call_command("rotate_counseling_key", drop_old=True)
    assert row.key in {key.id for key in keys()}
    own_keys.unlink()
    with pytest.raises(CommandError, match="Put it back first"):
        call_command("rotate_counseling_key")
    assert not own_keys.exists()


def test_without_a_key_nothing_is_written_and_nothing_opens(
    here: World, sara: Episode, own_keys: Path, settings: Settings
) -> None:  # fmt: skip
    row = written(here, sara)
    settings.COUNSELING_KEYS_MADE = False
    own_keys.unlink()
    with pytest.raises(Refused) as refused:
        written(here, sara)
    assert codes(refused) == {"counseling.no_key"}
    page = signed_in(here.facilitator).get(f"/clients/{sara.client_id}/counseling/{row.pk}/").content.decode()
    assert "Ask whoever runs it" in page and WORDS not in page
    own_keys.write_text("c2hvcnQ=\n")
    with pytest.raises(Refused, match="is no key"):
        written(here, sara)
    assert "value" not in repr(Key(b"x" * 32))


# Who reads


def pages(row: CounselingNote) -> list[str]:
    mine = f"/clients/{row.client_id}/counseling/"
    return [f"{mine}{row.pk}/", f"{mine}{row.pk}/correct/"]


def test_its_author_writes_reads_and_corrects_on_the_pages(here: World, sara: Episode) -> None:
    browser, mine = signed_in(here.facilitator), f"/clients/{sara.client_id}/counseling/"
    sent = browser.post(f"{mine}new/", {"about_at": "2025-11-18T09:00", "text": WORDS, "key": str(uuid4())})
    row = CounselingNote.objects.get()
    assert sent["Location"] == f"{mine}{row.pk}/" and row.about_at == here.now.replace(hour=14, minute=0)
    assert WORDS in browser.get(sent["Location"]).content.decode()
    assert WORDS in browser.get(f"{mine}{row.pk}/correct/").content.decode()
    browser.post(
        f"{mine}{row.pk}/correct/", {"about_at": "2025-11-18T09:00", "text": "Better words", "key": str(uuid4())}
    )
    newest = CounselingNote.objects.latest("pk")
    said = browser.get(mine)
    assert f"{mine}{newest.pk}/" in said.content.decode() and f'{mine}{row.pk}/"' not in said.content.decode()
    assert WORDS not in said.content.decode() and "no-store" in said["Cache-Control"]
    assert "not the newest" in browser.get(f"{mine}{row.pk}/").content.decode()
    assert browser.post(f"{mine}new/", {"about_at": "2025-11-18T09:00", "text": ""}).status_code == 422


def test_each_opening_is_on_the_trail_without_the_words(here: World, sara: Episode) -> None:
    row, browser = written(here, sara), signed_in(here.facilitator)
    for _ in range(3):
        browser.get(pages(row)[0])
    events = Event.objects.filter(verb=OPENED)
    assert [(each.by_id, each.client_id, each.detail) for each in events] == [
        (here.facilitator.pk, sara.client_id, {"basis": "originator", "grant": None})
    ] * 3  # fmt: skip


def test_for_everybody_else_there_is_no_such_page(here: World, sara: Episode) -> None:
    row, nobody = written(here, sara), 987654321
    people = [
        here.cofacilitator,
        here.prescriber,
        here.director,
        here.on_unit,
        here.intake,
        here.elsewhere,
        here.housekeeper,
    ]
    people += [assign(person(f"as-{role}", f"Any {role.label}"), here.site, role, at=here.now) for role in Role]
    for who in people:
        browser = signed_in(who)
        for where in pages(row):
            assert browser.get(where).status_code == 404, (who, where)
            assert browser.get(where.replace(f"/{row.pk}/", f"/{nobody}/")).status_code == 404
        listed = browser.get(f"/clients/{sara.client_id}/counseling/")
        assert listed.status_code in (200, 404) and "Session of" not in listed.content.decode()
    assert not Event.objects.filter(verb=OPENED).exists()


def test_broken_glass_opens_none_and_no_list_of_them(here: World) -> None:
    gone = admit(here, client(here, "Tom", "Gray"), here.residential, here.beds[1], days=400)
    row = written(here, gone)
    Episode.objects.filter(pk=gone.pk).update(ended_at=here.now - 100 * DAY, ended_as="completed")
    gone.placements.update(ended_at=here.now - 100 * DAY)
    at = datetime.now(here.now.tzinfo)
    glass = {
        "site": here.site,
        "why": "returning",
        "words": "Called back",
        "started_at": at - HOUR / 6,
        "ends_at": at + HOUR / 2,
    }
    for who in (here.cofacilitator, here.director):
        BreakGlass.objects.create(person=who, client=gone.client, review_due_at=at + DAY, **glass, **_proof(who, here))
        browser = signed_in(who)
        assert browser.get(f"/clients/{gone.client_id}/").status_code == 200
        for where in (f"/clients/{gone.client_id}/counseling/", *pages(row)):
            assert browser.get(where).status_code == 404
    mine = signed_in(here.facilitator)
    assert WORDS in mine.get(pages(row)[0]).content.decode()
    assert mine.get(f"/clients/{gone.client_id}/counseling/new/").status_code == 404


def _proof(who: Person, here: World) -> dict[str, object]:
    from tests.factories.people import proof_of, signs

    signs(who, here.site, at=here.now)
    return {"proof": proof_of(who, here.site, at=here.now, purpose="glass")}


# Grants


def test_the_bases_are_those_of_the_regulation_and_no_other() -> None:
    assert {each.value for each in ReadBasis} == {
        "originator", "training", "defence", "secretary", "death", "oversight", "threat", "court",
    }  # fmt: skip
    assert set(GRANTABLE) == set(ReadBasis) - {ReadBasis.ORIGINATOR}


def test_a_grant_opens_the_notes_of_one_author_to_one_person_until_its_end(here: World, sara: Episode) -> None:
    row, other = written(here, sara), written(here, sara, "Of another", by=here.prescriber)
    officer, at = officer_of(here), datetime.now(here.now.tzinfo)
    grant = granted(here, sara, officer, at - HOUR)
    reader = signed_in(here.director)
    assert f"/clients/{sara.client_id}/counseling/" in reader.get("/privacy/counseling/granted/").content.decode()
    assert f"/counseling/{row.pk}/" in reader.get(f"/clients/{sara.client_id}/counseling/").content.decode()
    assert WORDS in reader.get(pages(row)[0]).content.decode()
    assert reader.get(pages(row)[1]).status_code == reader.get(pages(other)[0]).status_code == 404
    assert Event.objects.get(verb=OPENED).detail == {"basis": "training", "grant": grant.pk}
    assert signed_in(here.cofacilitator).get(pages(row)[0]).status_code == 404
    assert signed_in(officer).get(pages(row)[0]).status_code == 404
    signed_in(officer).post(f"/privacy/counseling/{grant.pk}/end/")
    assert reader.get(pages(row)[0]).status_code == 404
    assert end_counseling_grant(by=officer, at=at, site=here.site, grant_id=grant.pk).ended_by == officer


def test_a_grant_that_ran_out_opens_nothing(here: World, sara: Episode) -> None:
    row = written(here, sara)
    granted(here, sara, officer_of(here), datetime.now(here.now.tzinfo) - 2 * DAY)
    assert signed_in(here.director).get(pages(row)[0]).status_code == 404


@pytest.mark.parametrize(("more", "code"), [
    ({"basis": "originator"}, "counseling.basis"), ({"basis": "quality"}, "counseling.basis"), ({"words": " "}, "words.missing"),
    ({"until": datetime.fromisoformat("2025-11-18T15:42:00+00:00")}, "counseling.until"),
    ({"until": datetime.fromisoformat("2026-11-18T15:42:00+00:00")}, "counseling.long"), ({"record_number": "R9999"}, "counseling.record"),
    ({"author_id": 987654321}, "counseling.nobody"), ({"reader_id": 987654321}, "counseling.reader"),
])  # fmt: skip
def test_a_grant_says_what_the_law_asks_for(here: World, sara: Episode, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        granted(here, sara, officer_of(here), here.now, **more)
    assert codes(refused) == {code}


def test_nobody_grants_to_themselves_or_to_the_author_and_only_the_officer_grants(here: World, sara: Episode) -> None:
    officer = officer_of(here)
    for reader, code in ((officer, "counseling.oneself"), (here.facilitator, "counseling.author")):
        with pytest.raises(Refused) as refused:
            granted(here, sara, officer, here.now, reader_id=reader.pk)
        assert codes(refused) == {code}
    for who in (
        here.director,
        here.facilitator,
        assign(person("root", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now),
    ):
        with pytest.raises(NotAllowed):
            granted(here, sara, who, here.now, reader_id=here.prescriber.pk)


def test_the_officer_grants_on_the_page_which_does_not_know_whether_there_are_any(here: World, sara: Episode) -> None:
    browser: Browser = signed_in(officer_of(here))
    until = datetime.now(here.site.tz) + 3 * DAY
    asked = {
        "record": sara.client.record_number, "author": here.facilitator.pk, "reader": here.director.pk, "basis": "court",
        "words": "Order 24-118", "until": f"{until:%Y-%m-%dT%H:%M}", "key": str(uuid4()),
    }  # fmt: skip
    without = browser.post("/privacy/counseling/", asked | {"record": "R9999"})
    assert without.status_code == 422 and "No client of this site" in without.content.decode()
    assert browser.post("/privacy/counseling/", asked).status_code == 302
    said = browser.get("/privacy/counseling/").content.decode()
    assert "Order 24-118" in said and "LCSW Desai" in said and "Sara" not in said
