"""The note by many hands: one writer a part, versions that no save skips, and a signature that seals."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from groups import actions
from groups.access import viewer_of
from groups.models import Part, Session
from groups.queries import Card, session_page, timeline
from groups.rules.notes import digest
from staff.access import NotAllowed
from staff.models import Signature
from tests.factories import World, client, world
from tests.factories.sessions import attended, group, part
from tests.timeline import EVER

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def write(here: World, where: Session, section: str, text: str, version: int = 0, **more: Any) -> Part:
    asked: dict[str, Any] = {"by": here.facilitator, "at": NOW, "session_id": where.pk} | more
    return actions.write_part(section=section, text=text, version=version, **asked)


def card(here: World, where: Session, key: str, who: Any, at: datetime = NOW) -> Card:
    viewer = viewer_of(who, here.site.pk, at)
    assert viewer is not None
    found = session_page(where, viewer, at).card(key)
    assert found is not None
    return found


def test_the_first_writer_owns_a_part_and_the_other_is_told_who(here: World) -> None:
    where, _ = group(here)
    write(here, where, "topic", "Warning signs.")
    with pytest.raises(Refused, match="LPC Danso wrote this part, last at 17:48") as told:
        write(here, where, "topic", "Mine.", version=1, by=here.cofacilitator)
    assert told.value.findings[0].code == "part.taken"
    assert Part.objects.get().text == "Warning signs."
    write(here, where, "process", "They helped each other.", by=here.cofacilitator)


def test_each_save_names_the_version_it_was_written_on(here: World) -> None:
    where, _ = group(here)
    write(here, where, "topic", "Warning")
    assert write(here, where, "topic", "Warning signs.", version=1).version == 2
    with pytest.raises(Refused) as told:
        write(here, where, "topic", "Warning lights", version=1)
    assert told.value.findings[0].code == "part.changed"
    assert write(here, where, "topic", "Warning signs.", version=1).version == 2  # the same words: nothing to refuse


def test_a_replayed_save_is_answered_once(here: World) -> None:
    where, _ = group(here)
    key = uuid4()
    first = write(here, where, "topic", "Warning", key=key)
    write(here, where, "topic", "Warning signs.", version=1)
    assert write(here, where, "topic", "Warning", key=key) == first
    assert Part.objects.get().text == "Warning signs."


def test_whoever_puts_the_cursor_in_keeps_the_part_for_a_minute(here: World) -> None:
    where, _ = group(here)
    asked: dict[str, Any] = {"session_id": where.pk, "section": "process"}
    actions.begin_part(by=here.cofacilitator, at=NOW, **asked)
    assert (card(here, where, "process", here.facilitator).writer, Part.objects.get().version) == ("other", 0)
    with pytest.raises(Refused, match="Wait a minute"):
        write(here, where, "process", "Mine.")
    assert write(here, where, "process", "Mine.", at=NOW + MINUTE).author == here.facilitator


def test_a_part_shows_whose_it_is(here: World) -> None:
    where, _ = group(here)
    write(here, where, "topic", "Warning signs.")
    seen = {who: card(here, where, "topic", who) for who in (here.facilitator, here.cofacilitator, here.on_unit)}
    assert [each.writer for each in seen.values()] == ["me", "other", "other"]
    assert [each.may_write for each in seen.values()] == [True, False, False]
    later = card(here, where, "topic", here.cofacilitator, NOW + MINUTE)
    assert (later.writer, later.initials, later.writing_until) == ("theirs", "KD", None)


def test_who_may_only_see_the_roster_does_not_read_the_note(here: World) -> None:
    from staff.rules.capabilities import Role
    from tests.factories import assign, person

    where, _ = group(here)
    write(here, where, "topic", "Warning signs.")
    technician = assign(person("tech", "Tia Tech"), here.site, Role.TECHNICIAN, at=NOW)
    seen = card(here, where, "topic", technician)
    assert (seen.text, seen.written, seen.may_write) == ("", True, False)


def test_a_member_part_belongs_to_a_member(here: World) -> None:
    where, [amira, *_] = group(here)
    assert write(here, where, "member", "Named two people.", client_id=amira.pk).client == amira
    for wrong in ({"section": "member"}, {"section": "topic", "client_id": amira.pk}, {"section": "weather"}):
        with pytest.raises(ObjectDoesNotExist):
            write(here, where, **({"text": "x"} | wrong))
    with pytest.raises(ObjectDoesNotExist):
        write(here, where, "member", "x", client_id=client(here, "No", "Body").pk)


def test_signing_signs_all_my_words_and_nobody_elses(here: World) -> None:
    where, [amira, ben, _] = group(here)
    mine = [
        part(where, "topic", here.facilitator, "Warning signs."),
        part(where, "member", here.facilitator, "Spoke.", amira),
    ]
    empty = part(where, "member", here.facilitator, "", ben)
    theirs = part(where, "process", here.cofacilitator, "Together.")
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    assert {row.pk for row in Part.objects.exclude(signed_at=None)} == {row.pk for row in mine}
    signature = Signature.objects.get(subject_kind="groups.Part", subject_id=mine[0].pk)
    assert (signature.person, signature.credentials, signature.meaning) == (here.facilitator, "LPC", "author")
    assert signature.content_sha256 == digest(where.pk, "topic", None, "Warning signs.")
    assert Signature.objects.count() == Event.objects.filter(verb="groups.sign_parts").count() == 2
    assert card(here, where, "topic", here.cofacilitator).signed == "KD 17:48"
    assert not Part.objects.filter(pk__in=[empty.pk, theirs.pk]).exclude(signed_at=None).exists()
    with pytest.raises(Refused) as told:
        actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    assert told.value.findings[0].code == "note.nothing_to_sign"


def test_a_signed_part_is_sealed_in_the_action_and_in_the_database(here: World) -> None:
    where, _ = group(here)
    words = part(where, "topic", here.facilitator, "Warning signs.")
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    with pytest.raises(Refused, match="LPC Danso signed this part at 17:48 and it is sealed") as told:
        write(here, where, "topic", "Other words.", version=1)
    assert told.value.findings[0].code == "part.signed"
    for change in (lambda: Part.objects.update(text="x"), lambda: Part.objects.update(signed_at=None), words.delete):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()


def test_a_nurse_may_not_write_and_a_colleague_of_the_other_site_neither(here: World) -> None:
    where, _ = group(here)
    for who in (here.on_unit, here.elsewhere):
        with pytest.raises(NotAllowed):
            write(here, where, "topic", "x", by=who)


def test_the_chart_gets_what_was_signed_about_this_client_only(here: World) -> None:
    where, [amira, ben, _] = group(here)
    attended(where, amira, here.facilitator)
    part(where, "topic", here.facilitator, "Warning signs.")
    part(where, "member", here.facilitator, "Named two people.", amira)
    part(where, "member", here.facilitator, "Kept silent.", ben)
    [entry] = timeline(amira.pk, *EVER, NOW)
    assert entry.line == "Here · 180 min"
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    [entry] = timeline(amira.pk, *EVER, NOW)
    assert entry.line == "Here · 180 min\nWarning signs.\nNamed two people."
    assert (entry.kind, entry.title, entry.by, entry.at) == (
        "group",
        "Relapse prevention",
        "LPC Danso",
        where.started_at,
    )
    assert list(timeline(ben.pk, *EVER, NOW)) == []
    assert list(timeline(amira.pk, *EVER, where.started_at - MINUTE)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_a_part_at_once_one_owns_it() -> None:
    here = world(NOW)
    where, _ = group(here)
    start, told = threading.Barrier(2), []

    def save(who: Any) -> None:
        start.wait(10)
        try:
            write(here, where, "topic", f"Words of {who.name}", by=who)
        except Refused as refused:
            told.append((who, refused.findings[0]))
        finally:
            connection.close()

    hands = [threading.Thread(target=save, args=(who,)) for who in (here.facilitator, here.cofacilitator)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(20)
    [row] = Part.objects.select_related("author")
    [(loser, finding)] = told
    assert row.author is not None and loser != row.author
    assert (finding.code, row.text) == ("part.taken", f"Words of {row.author.name}")
    assert row.author.signature in finding.message
