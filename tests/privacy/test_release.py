"""A release: decided at the moment of sending, written down with what left, refused with a reason and a line on the trail."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions.release import PURPOSE, Content, Permit, release
from privacy.models import Agreement, Disclosure, LeftFile
from privacy.queries.gate import Going, look
from privacy.rules.classes import Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType
from privacy.rules.disclosure import Attachment
from privacy.rules.grounds import Emergency, OwnAccess
from privacy.rules.notices import Channel
from programs.models import Client
from staff.access import NotAllowed
from staff.models import Person, Proof
from tests.factories import World, admit, client, signs
from tests.factories.people import proof_of
from tests.privacy.gate_rows import DAY, WANTED, consent, going, recipient, revoke

C = InfoClass


@pytest.fixture
def sara(here: World) -> Client:
    """In residential care for ten days; the director is on duty with a PIN."""
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def proof(here: World, who: Person | None = None, purpose: str = PURPOSE, after: timedelta = timedelta()) -> int:
    return proof_of(who or here.director, here.site, at=here.now + after, purpose=purpose).pk


def words(permit: Permit) -> bytes:
    """The content of these tests: which classes were permitted."""
    return ",".join(sorted(permit.decision.classes)).encode()


CONTENT = Content("Record", "record.pdf", words)


def send(
    here: World, asked: Going, *, by: Person | None = None, after: timedelta = timedelta(), **more: object
) -> Disclosure:
    fields: dict[str, object] = {"content": CONTENT} | more
    if "proof_id" not in fields:
        fields["proof_id"] = proof(here, by, after=after)
    return release(by=by or here.director, at=here.now + after, going=asked, **fields)  # type: ignore[arg-type]


def refused(here: World, asked: Going, **more: object) -> list[str]:
    """The codes of the refusal; nothing was written but the refusal."""
    before = (Disclosure.objects.count(), LeftFile.objects.count())
    with pytest.raises(Refused) as error:
        send(here, asked, **more)  # type: ignore[arg-type]
    assert (Disclosure.objects.count(), LeftFile.objects.count()) == before
    return [finding.code for finding in error.value.findings]


def test_what_a_consent_permits_leaves_with_its_notice_and_stands_in_the_accounting(here: World, sara: Client) -> None:
    clinic, signed = recipient(here), consent(here, sara)
    row = send(here, going(here, sara, clinic))
    assert (row.recipient_name, row.recipient_address) == ("Harbour Clinic", "1 Quay Street, Riverbend")
    assert (row.basis, row.consent, row.consent_sha256) == ("CONSENT_TPO", signed, signed.sha256)
    assert (row.notice_version, row.attachment, row.channel) == ("2.32-long-2024", "scope", "file")
    assert row.classes == ["identity", "medications", "allergies"] and row.file is not None
    content = bytes(row.file.content)
    assert content == b"allergies,identity,medications" and row.size == len(content)
    assert row.content_sha256 == hashlib.sha256(content).hexdigest()
    event = Event.objects.get(verb="privacy.released")
    assert (event.client_id, event.by_id) == (sara.pk, here.director.pk) and "Amari" not in event.summary


def test_without_a_consent_nothing_leaves_and_the_refusal_is_on_the_trail(here: World, sara: Client) -> None:
    clinic = recipient(here)
    assert refused(here, going(here, sara, clinic)) == ["disclosure.no_consent"]
    event = Event.objects.get(verb="privacy.refused")
    assert event.detail["codes"] == ["disclosure.no_consent"] and event.detail["consents"] == []
    assert event.detail["recipient"] == clinic.pk and event.client_id == sara.pk and "Amari" not in event.summary


def test_a_consent_revoked_between_looking_and_sending_refuses_and_nothing_is_sent(here: World, sara: Client) -> None:
    clinic, signed = recipient(here), consent(here, sara)
    asked = going(here, sara, clinic)
    assert look(asked, here.now).decision.allowed
    revoke(here, signed, here.now + timedelta(seconds=30))
    assert refused(here, asked, after=timedelta(minutes=1)) == ["consent.revoked"]
    [state] = Event.objects.get(verb="privacy.refused").detail["consents"]
    assert state == {"consent": signed.pk, "type": "tpo_single", "against": ["consent.revoked"]}


def test_what_the_consent_does_not_name_stays_here(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(
        here, sara, clinic, kind=ConsentType.SPECIFIC, purposes=[Purpose.TREAT], classes=[C.IDENTITY, C.MEDICATIONS]
    )
    row = send(here, going(here, sara, clinic))
    assert row.classes == ["identity", "medications"] and row.file is not None
    assert bytes(row.file.content) == b"identity,medications"


def test_a_consent_without_the_name_lets_nothing_go_that_says_whose_it_is(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara, clinic, kind=ConsentType.SPECIFIC, purposes=[Purpose.TREAT], classes=[C.MEDICATIONS])
    assert refused(here, going(here, sara, clinic)) == ["disclosure.nameless"]


def test_more_than_a_purpose_needs_takes_a_reason_that_is_kept(here: World, sara: Client) -> None:
    plan = recipient(here, "Lakes Health Plan", RecipientKind.HEALTH_PLAN)
    consent(here, sara)
    asked = going(here, sara, plan, purpose=Purpose.HPAYMT, classes=WANTED | {C.NOTES})
    assert refused(here, asked) == ["disclosure.more_than_needed"]
    send(here, asked, reasons={"disclosure.more_than_needed": "The plan asked for the notes of the first week."})
    assert Event.objects.get(verb="privacy.released").overrides.get().reason.startswith("The plan asked")


def test_a_treatment_consent_is_none_for_court(here: World, sara: Client) -> None:
    court = recipient(here, "County Court", RecipientKind.COURT, hipaa=Hipaa.NEITHER)
    consent(here, sara)
    assert refused(here, going(here, sara, court, purpose=Purpose.HLEGAL)) == ["disclosure.proceeding"]


def test_a_legal_consent_serves_its_own_proceeding_alone(here: World, sara: Client) -> None:
    court = recipient(here, "County Court", RecipientKind.COURT, hipaa=Hipaa.NEITHER)
    consent(here, sara, court, kind=ConsentType.LEGAL_PROCEEDING, purposes=[Purpose.HLEGAL], proceeding="24-CR-118")
    asked = {"purpose": Purpose.HLEGAL}
    assert refused(here, going(here, sara, court, proceeding="9-CV-1", **asked)) == ["disclosure.proceeding"]
    row = send(here, going(here, sara, court, proceeding="24-CR-118", **asked))
    assert (row.basis, row.proceeding) == ("CONSENT_LEGAL", "24-CR-118")


def test_a_recipient_of_unknown_status_is_no_provider_of_the_class(here: World, sara: Client) -> None:
    stranger = recipient(here, "Dr. Somebody", hipaa=Hipaa.UNKNOWN)
    consent(here, sara)
    codes = refused(here, going(here, sara, stranger))
    assert codes == ["disclosure.no_consent", "match.status"]


def test_an_agreement_permits_while_it_is_in_force(here: World, sara: Client) -> None:
    vendor = recipient(here, "Quay Laboratory", RecipientKind.OPERATIONS, hipaa=Hipaa.UNKNOWN)
    agreed = Agreement.objects.create(
        recipient=vendor,
        kind="qsoa",
        starts_on=here.day(-9),
        ends_on=here.day(),
        at=here.now,
        by=here.director,
    )
    row = send(here, going(here, sara, vendor, purpose=Purpose.HOPERAT, classes=frozenset({C.IDENTITY, C.BILLING})))
    assert (row.basis, row.notice_version, row.attachment) == ("QSO_2_12C4", "", "none")
    tomorrow = going(here, sara, vendor, purpose=Purpose.HOPERAT, classes=frozenset({C.IDENTITY, C.BILLING}))
    assert agreed.ends_on is not None and not look(tomorrow, here.now + DAY).decision.allowed


def test_an_emergency_goes_to_medical_personnel_with_its_four_facts(here: World, sara: Client) -> None:
    medic = recipient(here, "City Hospital", medical=True)
    whole = Emergency("Dr. Wu", "City Hospital", here.director.signature, here.now, "Overdose")
    asked = {"purpose": Purpose.ETREAT}
    assert (
        refused(here, going(here, sara, medic, ground=Emergency("Dr. Wu", "City Hospital"), **asked))[0]
        == "ground.emergency_incomplete"
    )
    row = send(here, going(here, sara, medic, ground=whole, **asked))
    assert (row.basis, row.consent, row.ground["nature"]) == ("EMERGENCY_2_51A", None, "Overdose")


def test_a_clients_own_copy_goes_to_the_client(here: World, sara: Client) -> None:
    asked = {"ground": OwnAccess("In person"), "purpose": Purpose.PATRQT}
    row = send(here, going(here, sara, None, **asked))
    assert (row.basis, row.recipient, row.recipient_name) == ("PATIENT_2_23", None, "Sara Amari in person")
    assert refused(here, going(here, sara, recipient(here), **asked)) == ["ground.not_the_client"]


def test_the_same_request_again_is_the_same_disclosure(here: World, sara: Client) -> None:
    clinic, key, pin = recipient(here), uuid4(), None
    consent(here, sara)
    pin = proof(here)
    first = send(here, going(here, sara, clinic), key=key, proof_id=pin)
    again = send(here, going(here, sara, clinic), key=key, proof_id=pin)
    assert first.pk == again.pk and Disclosure.objects.count() == 1 and LeftFile.objects.count() == 1
    assert refused(here, going(here, sara, clinic, channel=Channel.HANDED_OVER), key=key, proof_id=pin) == [
        "request.key_reused"
    ]


def test_who_releases_signs_with_their_own_pin_for_this(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara)
    signs(here.on_unit, here.site, at=here.now)
    assert refused(here, going(here, sara, clinic), proof_id=proof(here, here.on_unit)) == ["pin.not_yours"]
    assert refused(here, going(here, sara, clinic), proof_id=proof(here, purpose="waste")) == ["pin.other_purpose"]
    assert Proof.objects.exclude(used_at=None).count() == 0
    with pytest.raises(NotAllowed):
        send(here, going(here, sara, clinic), by=here.intake, proof_id=None)


def test_a_copy_of_the_consent_may_go_along(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara)
    assert send(here, going(here, sara, clinic, attachment=Attachment.COPY)).attachment == "copy"


# What the database refuses whoever asks


def test_no_disclosure_is_ever_changed_or_deleted(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara)
    row = send(here, going(here, sara, clinic))
    for change in (
        lambda: Disclosure.objects.update(summary="Less"),
        row.delete,
        lambda: LeftFile.objects.update(name="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent": None}, {"consent_sha256": ""}, {"notice_version": ""}, {"attachment": "none"}, {"basis": "PATIENT_2_23"},
        {"basis": "BECAUSE"}, {"recipient_name": ""}, {"classes": []}, {"summary": ""}, {"classes": ["counseling_notes"]},
        {"purpose": "HLEGAL"}, {"size": 0}, {"channel": "link"}, {"channel": "pigeon"}, {"count": 0},
    ],
)  # fmt: skip
def test_the_database_holds_what_a_disclosure_must_have(here: World, sara: Client, wrong: dict[str, object]) -> None:
    clinic = recipient(here)
    consent(here, sara)
    row = send(here, going(here, sara, clinic))
    fields = {
        field.attname: getattr(row, field.attname) for field in Disclosure._meta.concrete_fields if field.name != "id"
    }
    Disclosure.objects.create(**fields)
    if "consent" in wrong:
        wrong = {"consent_id": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(**fields | wrong)
