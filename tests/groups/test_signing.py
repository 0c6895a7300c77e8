"""Names under a note: no neighbour in it, a supervisor's name where one is due, a seal, and words added later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from groups import actions
from groups.models import Addendum, Cosign, Facilitator, Part, Session
from groups.queries import queue, timeline
from groups.rules.minutes import AttendanceStatus
from staff.models import Signature
from staff.rules.capabilities import Role
from tests.factories import World, assign, person, world
from tests.factories.sessions import attended, group, individual, part
from tests.timeline import EVER

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def sign(here: World, where: Session, by: Any = None, at: datetime = NOW, **more: Any) -> Session:
    return actions.sign_parts(by=by or here.facilitator, at=at, session_id=where.pk, **more)


def told(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings]


def whole(here: World, where: Session, people: list[Any]) -> None:
    """Everyone was there, and every part is written, the process by the co-facilitator."""
    for who in people:
        attended(where, who, here.facilitator)
        part(where, "member", here.facilitator, f"Worked on plan number {who.pk}.", who)
    part(where, "topic", here.facilitator, "Warning signs.")
    part(where, "process", here.cofacilitator, "They listened to each other.")


def test_a_part_that_names_another_member_is_not_signed(here: World) -> None:
    where, [amira, _, _] = group(here)
    own = part(where, "member", here.facilitator, "Amira spoke to Ben Torres about calls.", amira)
    assert told(lambda: sign(here, where)) == ["note.names_member"]
    Part.objects.filter(pk=own.pk).update(text="Amira spoke to Ben about calls.")
    assert told(lambda: sign(here, where)) == ["note.names_perhaps"]
    sign(here, where, reasons={"note.names_perhaps": "Ben is her brother."})
    assert Part.objects.get(pk=own.pk).signed_at == NOW


def test_the_shared_part_names_nobody_of_the_group_either(here: World) -> None:
    where, _ = group(here)
    part(where, "topic", here.facilitator, "Amira S. led the round.")
    assert told(lambda: sign(here, where)) == ["note.names_member"]
    assert not Signature.objects.exists()


def test_alike_sentences_are_pointed_out_before_signing(here: World) -> None:
    where, [amira, ben, _] = group(here)
    for who in (amira, ben):
        part(where, "member", here.facilitator, "Named two people to call on the weekend.", who)
    assert told(lambda: sign(here, where)) == ["note.alike"]
    sign(here, where, reasons={"note.alike": "Both made the same plan together."})
    assert Signature.objects.count() == 2


def test_a_provisional_credential_waits_for_a_supervisors_name(here: World) -> None:
    where, people = group(here, 2)
    whole(here, where, people)
    sign(here, where)
    sign(here, where, here.cofacilitator)  # LSW
    waits = Cosign.objects.get()
    assert (waits.part.section, waits.due_at, waits.at) == ("process", NOW + 72 * HOUR, None)
    assert Session.objects.get(pk=where.pk).completed_at is None
    assert told(lambda: actions.cosign_parts(by=here.cofacilitator, at=NOW, session_id=where.pk)) == ["note.cosign_own"]
    other = assign(person("lmsw", "Lee Moss", "LMSW"), here.site, Role.FACILITATOR, at=NOW)
    assert told(lambda: actions.cosign_parts(by=other, at=NOW, session_id=where.pk)) == ["note.cosign_credential"]
    actions.cosign_parts(by=here.director, at=NOW + HOUR, session_id=where.pk)
    assert Signature.objects.get(meaning="cosign").content_sha256 == waits.part.sha256
    assert Session.objects.get(pk=where.pk).completed_at == NOW + HOUR
    assert told(lambda: actions.cosign_parts(by=here.director, at=NOW, session_id=where.pk)) == [
        "note.nothing_to_cosign"
    ]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Cosign.objects.update(by=here.facilitator)


def test_a_note_is_complete_when_the_last_name_stands_and_open_again_when_someone_more_was_there(here: World) -> None:
    where, [amira, ben] = group(here, 2)
    whole(here, where, [amira])
    Part.objects.filter(section="process").update(author=here.facilitator)
    sign(here, where)
    assert Session.objects.get(pk=where.pk).completed_at == NOW
    actions.mark(
        by=here.facilitator, at=NOW + MINUTE, session_id=where.pk, client_id=ben.pk, status=AttendanceStatus.LATE,
        arrived_at=NOW, seen_version=0, reasons={"attendance.signed": "Came after the round."},
    )  # fmt: skip
    assert Session.objects.get(pk=where.pk).completed_at is None


def test_words_are_added_to_a_sealed_part_with_a_reason_and_a_name(here: World) -> None:
    where, [amira, *_] = group(here)
    own = part(where, "member", here.facilitator, "Spoke of home.", amira)
    asked: dict[str, Any] = {"by": here.facilitator, "at": NOW + HOUR, "part_id": own.pk, "why": "Late entry"}
    assert told(lambda: actions.add_to_part(**asked, text="And of work.")) == ["addendum.unsigned"]
    attended(where, amira, here.facilitator)
    sign(here, where)
    assert told(lambda: actions.add_to_part(**asked, text=" ")) == ["addendum.empty"]
    assert told(lambda: actions.add_to_part(**(asked | {"why": ""}), text="And of work.")) == ["addendum.why"]
    assert told(lambda: actions.add_to_part(**asked, text="Chantel Reid too.")) == ["note.names_member"]
    row = actions.add_to_part(**asked, text="And of work.")
    assert Part.objects.get(pk=own.pk).text == "Spoke of home."
    assert Signature.objects.get(subject_kind="groups.Addendum", subject_id=row.pk).content_sha256 == row.sha256
    [entry] = timeline(amira.pk, *EVER, NOW + HOUR)
    assert entry.line.endswith("Spoke of home.\nAdded 18:48 by LPC Danso (Late entry): And of work.")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Addendum.objects.update(text="x")


def test_a_colleagues_words_are_taken_over_with_a_reason_and_signed_by_who_took_them(here: World) -> None:
    where, _ = group(here)
    words = part(where, "topic", here.facilitator, "Warning signs.")
    asked: dict[str, Any] = {"by": here.cofacilitator, "session_id": where.pk, "section": "topic"}
    assert told(lambda: actions.take_over(**asked, at=where.started_at, why="He is ill")) == ["part.writing"]
    assert told(lambda: actions.take_over(**asked, at=NOW, why=" ")) == ["reason.missing"]
    assert told(lambda: actions.take_over(**(asked | {"section": "process"}), at=NOW, why="Ill")) == ["part.nothing"]
    actions.take_over(**asked, at=NOW, why="He is ill")
    words.refresh_from_db()
    assert (words.author, words.text, words.version) == (here.cofacilitator, "Warning signs.", 2)
    assert told(lambda: sign(here, where)) == ["note.nothing_to_sign"]
    sign(here, where, here.cofacilitator)
    assert told(lambda: actions.take_over(**asked | {"by": here.facilitator}, at=NOW, why="x")) == ["part.signed"]


def test_a_facilitator_with_unsigned_words_is_not_taken_off(here: World) -> None:
    where, _ = group(here)
    part(where, "topic", here.facilitator, "Warning signs.")
    asked: dict[str, Any] = {"at": NOW, "session_id": where.pk, "person_id": here.facilitator.pk}
    with pytest.raises(Refused, match=r"LPC Danso wrote 1 part that is not signed\. They sign first, or someone"):
        actions.remove_facilitator(by=here.director, **asked)
    sign(here, where)
    actions.remove_facilitator(by=here.director, **asked)
    assert Facilitator.objects.get().removed_at == NOW
    assert Part.objects.get().author == here.facilitator  # what is signed stays theirs
    actions.add_facilitator(by=here.director, **asked)
    assert Facilitator.objects.get().removed_at is None
    nurse = asked | {"person_id": here.on_unit.pk}
    assert told(lambda: actions.add_facilitator(by=here.director, **nurse)) == ["facilitator.not_allowed"]


def test_each_person_has_a_queue_to_write_to_sign_to_co_sign(here: World) -> None:
    where, people = group(here, 2)
    whole(here, where, people)
    Part.objects.filter(client=people[1]).delete()
    later = where.ended_at + 25 * HOUR
    mine = queue(here.facilitator, here.site, later)
    [write], [to_sign] = mine.to_write, mine.to_sign
    assert (write.count, write.due, write.late, to_sign.count) == (1, "due Wed 20:30", True, 2)
    sign(here, where, here.cofacilitator)
    assert [line.count for line in queue(here.director, here.site, NOW).to_cosign] == [1]
    assert queue(here.cofacilitator, here.site, later).to_cosign == ()
    assert queue(here.facilitator, here.site, NOW).count == 1  # the group still runs: nothing of it is due yet


def test_an_individual_session_has_one_shared_part(here: World) -> None:
    [amira] = group(here, 1)[1]
    alone = individual(here, amira, NOW - 2 * HOUR, here.facilitator)
    attended(alone, amira, here.facilitator)
    for section, who, text in (("topic", None, "Plan review."), ("member", amira, "Amira set one goal.")):
        actions.write_part(
            by=here.facilitator, at=NOW, session_id=alone.pk, section=section, client_id=who.pk if who else None, text=text,
            version=0,
        )  # fmt: skip
    sign(here, alone)
    assert Session.objects.get(pk=alone.pk).completed_at == NOW


def test_pasted_markup_is_kept_as_the_characters_it_is(here: World) -> None:
    where, _ = group(here)
    pasted = "<script>alert(1)</script>\r\n\u200bBold"
    made = actions.write_part(by=here.facilitator, at=NOW, session_id=where.pk, section="topic", text=pasted, version=0)
    assert made.text == "<script>alert(1)</script>\nBold"
