"""Who belongs to a client, how they may be reached, who cares for them, and their own record."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import Error, transaction

from audit.rules.findings import Refused
from chart.actions.contacts import end_contact, join_team, keep_contact, leave_team, say_channel
from chart.actions.record import keep_record
from chart.models import Contact, SafeChannel, TeamMember
from chart.queries.facts import facts
from chart.queries.record import changes
from programs.models import Client, Episode
from staff.access import NotAllowed
from staff.models import Person
from tests.factories import World, admit, client

HOUR = timedelta(hours=1)


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def contact(here: World, who: Client, name: str = "Ana Novak", **more: object) -> Contact:
    """Intake writes a contact."""
    asked = {"relation": "sister", "phone": "555 0134", "emergency": True, "at": here.now} | more
    return keep_contact(by=here.intake, client_id=who.pk, name=name, **asked)  # type: ignore[arg-type]


def test_a_change_ends_the_line_and_the_next_names_it(here: World, elin: Client) -> None:
    first = contact(here, elin)
    second = contact(here, elin, phone="555 0199", replaces_id=first.pk, at=here.now + HOUR)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by, second.replaces) == (here.now + HOUR, here.intake, first)
    assert [each.phone for each in facts(elin, here.now + 2 * HOUR).contacts] == ["555 0199"]
    with pytest.raises(Refused, match="Clarke changed or ended this contact meanwhile"):
        contact(here, elin, replaces_id=first.pk)
    end_contact(by=here.intake, at=here.now + 2 * HOUR, client_id=elin.pk, contact_id=second.pk)
    assert facts(elin, here.now + 3 * HOUR).contacts == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": ""}, "Write their name"),
        ({"relation": " "}, "Say who they are to the client"),
        ({"phone": ""}, "needs a phone number"),
        ({"phone": "call her"}, "A phone number has digits"),
        ({"note": "x" * 201}, "201 letters; 200 fit"),
    ],
)
def test_what_is_no_contact_is_refused(here: World, elin: Client, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        contact(here, elin, **({"name": "Ana Novak"} | more))  # type: ignore[arg-type]
    assert not Contact.objects.exists()


def test_the_same_form_sent_twice_writes_one_contact(here: World, elin: Client) -> None:
    key = uuid4()
    assert contact(here, elin, key=key) == contact(here, elin, key=key)
    with pytest.raises(Refused, match="stands there already"):
        contact(here, elin)


def test_the_newest_word_on_a_way_of_reaching_them_counts(here: World, elin: Client) -> None:
    for allowed in (True, False):
        say_channel(by=here.intake, at=here.now, client_id=elin.pk, way="voicemail", allowed=allowed)
    shown = facts(elin, here.now)
    assert [(each.way, each.allowed) for each in shown.channels] == [("voicemail", False)]
    assert shown.not_asked == ("Phone call", "Text message", "Letter")
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        SafeChannel.objects.update(allowed=True)


def test_a_new_primary_counsellor_takes_over(here: World, elin: Client) -> None:
    def join(who: Person, part: str, hours: int) -> TeamMember:
        at = here.now + hours * HOUR
        return join_team(by=here.intake, at=at, client_id=elin.pk, person_id=who.pk, part=part)

    first = join(here.facilitator, "primary", 0)
    join(here.cofacilitator, "primary", 1)
    first.refresh_from_db()
    assert first.ended_at == here.now + HOUR
    assert Episode.objects.get().primary_clinician == here.cofacilitator
    with pytest.raises(Refused, match="LSW Marsh is on the team as primary counsellor since 11:42"):
        join(here.cofacilitator, "primary", 2)
    with pytest.raises(Refused, match="who works at Riverbend campus now"):
        join(here.elsewhere, "nurse", 2)
    join(here.on_unit, "nurse", 2)
    assert [each.person for each in facts(elin, here.now + 3 * HOUR).team] == [here.cofacilitator, here.on_unit]
    member = TeamMember.objects.get(person=here.on_unit)
    leave_team(by=here.intake, at=here.now + 4 * HOUR, client_id=elin.pk, member_id=member.pk)
    with pytest.raises(Error, match="chart_team_one_primary"), transaction.atomic():
        TeamMember.objects.create(
            client=elin, person=here.director, part="primary", started_at=here.now + 5 * HOUR, by=here.intake
        )


def record(here: World, who: Client, **more: object) -> Client:
    """Intake keeps the record, over the version that stands."""
    who.refresh_from_db()
    newest = who.history.order_by("-history_id").first()
    names = (
        "first_name", "last_name", "preferred_name", "pronouns", "born_on", "clinical_sex", "housing_preference", "language",
        "interpreter",
    )  # fmt: skip
    asked = (
        {name: getattr(who, name) for name in names}
        | {"seen": newest.history_id if newest else 0, "at": here.now}
        | more
    )
    return keep_record(by=here.intake, client_id=who.pk, **asked)


def test_who_somebody_is_changes_and_what_stood_before_is_seen(here: World, elin: Client) -> None:
    record(
        here,
        elin,
        preferred_name="Eli",
        pronouns="they/them",
        clinical_sex="female",
        language="Czech",
        interpreter=True,
    )
    record(here, elin, born_on=date(1988, 3, 15), why="Seen on the passport")
    found = {(each.label, each.before, each.now, each.by, each.why) for each in changes(elin)}
    assert ("Birth date", "14 Mar 1988", "15 Mar 1988", "Imani Clarke", "Seen on the passport") in found
    assert ("Sex for clinical use", "Not recorded", "Female", "Imani Clarke", "") in found
    assert ("Interpreter", "not needed", "needed", "Imani Clarke", "") in found


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"born_on": date(2088, 3, 14), "why": "x"}, "14 March 2088 lies in the future"),
        ({"born_on": date(1888, 3, 14), "why": "x"}, "That would be 137 years ago"),
        ({"born_on": date(1988, 3, 15)}, "Say why the legal name or the birth date changes"),
        ({"first_name": "<b>Elin</b>", "why": "x"}, "A name is written in letters"),
        ({"pronouns": "x" * 31}, "31 letters; 30 fit"),
        ({"clinical_sex": "other"}, "from the lists"),
    ],
)
def test_what_no_record_can_say_is_refused(here: World, elin: Client, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        record(here, elin, **more)


def test_of_two_who_change_a_record_the_second_is_told(here: World, elin: Client) -> None:
    newest = elin.history.latest("history_id").history_id
    record(here, elin, pronouns="she/her")
    with pytest.raises(Refused, match="Imani Clarke changed this record at 10:42 on 18 Nov"):
        record(here, elin, pronouns="they/them", seen=newest)


def test_who_may_not_keep_a_record_is_told_who_can(here: World, elin: Client) -> None:
    with pytest.raises(NotAllowed, match="own record, contacts and care team"):
        keep_contact(by=here.prescriber, at=here.now, client_id=elin.pk, name="A", relation="b")
