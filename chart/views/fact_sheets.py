"""The sheets of a chart's facts: allergies, diagnoses, contacts, team, ways to reach the client, and their own record."""

from typing import cast

from django.db.models import Model

from chart.actions import allergies, contacts, diagnoses, record
from chart.forms import facts as forms
from chart.models import Allergy, Contact, Diagnosis, TeamMember
from chart.views.sheets import Asked, Sheet
from staff.models import Person
from staff.rules.capabilities import Capability as C


def _allergy(asked: Asked) -> Model:
    return asked.call(
        allergies.note_allergy, client_id=asked.client.pk,
        **{name: asked.text(name) for name in ("substance", "kind", "reaction", "severity", "source")},
    )  # fmt: skip


def _end_allergy(asked: Asked) -> Model:
    assert asked.row is not None
    return asked.call(allergies.end_allergy, allergy_id=asked.row.pk, why=asked.text("why"))


def _none_known(asked: Asked) -> Model:
    return asked.call(allergies.state_none_known, client_id=asked.client.pk)


def _diagnosis(asked: Asked) -> Model:
    old, data = cast("Diagnosis | None", asked.row), asked.data
    return asked.call(
        diagnoses.write_diagnosis, client_id=old.client_id if old else asked.client.pk, corrects_id=old.pk if old else None,
        onset_on=data["onset_on"], resolved_on=data["resolved_on"], place=data["place"],
        **{name: asked.text(name) for name in ("code", "name", "kind", "why")},
    )  # fmt: skip


def _contact(asked: Asked) -> Model:
    old = cast("Contact | None", asked.row)
    return asked.call(
        contacts.keep_contact, client_id=old.client_id if old else asked.client.pk, replaces_id=old.pk if old else None,
        emergency=bool(asked.data["emergency"]), **{name: asked.text(name) for name in ("name", "relation", "phone", "note")},
    )  # fmt: skip


def _end_contact(asked: Asked) -> Model:
    row = cast("Contact", asked.row)
    return asked.call(contacts.end_contact, client_id=row.client_id, contact_id=row.pk)


def _channel(asked: Asked) -> Model:
    return asked.call(
        contacts.say_channel, client_id=asked.client.pk, way=asked.text("way"), allowed=asked.text("allowed") == "yes",
        note=asked.text("note"),
    )  # fmt: skip


def _join(asked: Asked) -> Model:
    person = cast("Person", asked.data["person"])
    return asked.call(contacts.join_team, client_id=asked.client.pk, person_id=person.pk, part=asked.text("part"))


def _leave(asked: Asked) -> Model:
    row = cast("TeamMember", asked.row)
    return asked.call(contacts.leave_team, client_id=row.client_id, member_id=row.pk)


def _record(asked: Asked) -> Model:
    data = asked.data
    return asked.call(
        record.keep_record, client_id=asked.client.pk, why=asked.text("why"), seen=data["seen"],
        **{name: data[name] for name in record.FIELDS},
    )  # fmt: skip


SHEETS = {
    "allergy": Sheet(
        "An allergy or intolerance", "Record", C.ALLERGIES, forms.AllergyForm, _allergy, card="allergies",
        about="It is shown on every page where doses are ordered and given.",
    ),
    "allergy_end": Sheet(
        "It no longer counts", "End it", C.ALLERGIES, forms.WhyForm, _end_allergy, Allergy, card="allergies", stops=True,
        about="It stays on record with the reason.",
    ),
    "none_known": Sheet(
        "No known allergies", "I asked, and none is known", C.ALLERGIES, forms.Nothing, _none_known, card="allergies",
        about="Your name and the hour stand beside it. The first allergy that is recorded ends it.",
    ),
    "diagnosis": Sheet(
        "A diagnosis", "Write", C.DIAGNOSES, forms.DiagnosisForm, _diagnosis, card="diagnoses",
        about="You type the code and the name. Nothing is looked up.",
    ),
    "diagnosis_change": Sheet(
        "A diagnosis changes", "Write the change", C.DIAGNOSES, forms.DiagnosisForm, _diagnosis, Diagnosis, card="diagnoses",
        about="The one before stays on record beside the reason.",
    ),
    "contact": Sheet("A contact", "Keep", C.FACE_SHEET, forms.ContactForm, _contact, card="contacts"),
    "contact_change": Sheet("A contact changes", "Keep", C.FACE_SHEET, forms.ContactForm, _contact, Contact, card="contacts"),
    "contact_end": Sheet(
        "This contact no longer counts", "End it", C.FACE_SHEET, forms.Nothing, _end_contact, Contact, card="contacts",
        stops=True,
    ),
    "channel": Sheet(
        "How they may be reached", "Keep", C.FACE_SHEET, forms.ChannelForm, _channel, card="contacts",
        about="What the client said. The newest word counts.",
    ),
    "team": Sheet(
        "Somebody joins the team", "Join", C.FACE_SHEET, forms.TeamForm, _join, card="team",
        about="A new primary counsellor takes over from the one before.",
    ),
    "team_end": Sheet(
        "Leaves the team", "End it", C.FACE_SHEET, forms.Nothing, _leave, TeamMember, card="team", stops=True,
    ),
    "record_change": Sheet(
        "The client's own record", "Keep", C.FACE_SHEET, forms.RecordForm, _record, card="record",
        about="What stood before stays in its history.",
    ),
}  # fmt: skip
