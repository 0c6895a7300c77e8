"""A consent counts from its last signature until it is revoked, replaced, expired or found untrue; nothing of it is ever changed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions import consent_events as acts
from privacy.actions.consents import sign_consent, write_consent
from privacy.models import Consent, ConsentEvent, ConsentSignature
from privacy.queries.consents import held, standing
from privacy.rules.classes import InfoClass, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind, valid_at
from privacy.rules.elements import Signer
from programs.models import Client, Episode
from staff.access import NotAllowed
from tests.factories import World, admit, client
from tests.factories.consents import consent, drawn, recipient, sketch, written
from tests.factories.plans import SIGNATURE

T = ConsentType
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def elin(here: World) -> Client:
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def codes(refused: Refused) -> set[str]:
    return {each.code for each in refused.findings}


def state(row: Consent, at: object) -> tuple[bool, set[str]]:
    """Whether it counts, and what stands against it."""
    found = standing([row.client_id], at, row.pk)  # type: ignore[arg-type]
    assert found is not None
    return found.counts, set(found.codes)


def test_it_counts_from_the_signature_and_not_before(here: World, elin: Client) -> None:
    row = written(here, elin)
    assert held([elin.pk], here.now) == () and state(row, here.now)[0] is False
    drawn(row, here.intake, here.now + HOUR)
    (one,) = held([elin.pk], here.now + HOUR)
    assert valid_at(one, here.now + HOUR) and held([elin.pk], here.now) == ()
    assert one.version == "tpo_single@1" and one.sha256 == row.sha256 and one.site_ids == frozenset()
    assert one.reaches(999, RecipientKind.HEALTH_PLAN) and not one.reaches(999, RecipientKind.EMPLOYER)
    assert "Elin Novak consents that Riverbend Recovery, every site gives to: my treating providers" in one.scope
    signature = row.signatures.get()
    assert (signature.name, signature.how, len(signature.sha256)) == ("Elin Novak", "drawn", 64)
    assert "Elin" not in "".join(Event.objects.values_list("summary", flat=True))


def test_what_lacks_an_element_is_not_written(here: World, elin: Client) -> None:
    clinic = recipient(here)
    with pytest.raises(Refused) as refused:
        written(here, elin, sketch(T.SPECIFIC, expiry=None))
    assert {"consent.recipients", "consent.expiry"} <= codes(refused.value)
    with pytest.raises(Refused, match="consent of their own"):
        written(here, elin, sketch(T.SPECIFIC, clinic, classes=frozenset({InfoClass.PLAN, InfoClass.COUNSELING_NOTES})))
    with pytest.raises(Refused, match="paper of its own"):
        written(here, elin, sketch(T.LEGAL_PROCEEDING, clinic, proceeding="24-CR-118", also=(T.TPO_SINGLE,)))
    assert not Consent.objects.exists()


def test_somebody_of_another_client_cannot_be_named(here: World, elin: Client) -> None:
    other = recipient(here, "Ida Amari", "person", client=client(here, "Sara", "Amari"))
    with pytest.raises(Refused) as refused:
        written(here, elin, sketch(T.SPECIFIC, recipient(here), other))
    assert "consent.recipient_gone" in codes(refused.value)


def test_a_technician_takes_no_consents(here: World, elin: Client) -> None:
    with pytest.raises(NotAllowed):
        write_consent(by=here.housekeeper, at=here.now, client_id=elin.pk, sketch=sketch())
    with pytest.raises(NotAllowed):
        write_consent(by=here.elsewhere, at=here.now, client_id=elin.pk, sketch=sketch())


def test_a_retry_writes_and_signs_once(here: World, elin: Client) -> None:
    key, again = uuid4(), uuid4()
    first = written(here, elin, key=key)
    assert written(here, elin, key=key).pk == first.pk and Consent.objects.count() == 1
    for _ in range(2):
        sign_consent(by=here.intake, at=here.now, consent_id=first.pk, strokes=SIGNATURE, key=again)
    with pytest.raises(Refused, match="already"):
        drawn(first, here.intake, here.now)
    assert ConsentSignature.objects.count() == 1


def test_an_empty_frame_is_no_signature(here: World, elin: Client) -> None:
    row = written(here, elin)
    for strokes in ([], [[[1, 1, 0]]], "x", None):
        with pytest.raises(Refused):
            sign_consent(by=here.intake, at=here.now, consent_id=row.pk, strokes=strokes)
    assert not row.signatures.exists()


def test_a_paper_is_signed_on_a_day_that_is_over_and_says_where_it_is(here: World, elin: Client) -> None:
    row, today = written(here, elin), here.now.astimezone(here.site.tz).date()
    for paper, day in (("", today), ("Folder 4", None), ("Folder 4", today + DAY)):
        with pytest.raises(Refused):
            sign_consent(by=here.intake, at=here.now, consent_id=row.pk, how="paper", paper=paper, signed_on=day)
    sign_consent(by=here.intake, at=here.now, consent_id=row.pk, how="paper", paper="Folder 4", signed_on=today - DAY)
    (one,) = held([elin.pk], here.now)
    assert one.signed_at == here.now  # it cannot be relied on before it was here
    assert row.signatures.get().signed_on == today - DAY


def test_a_guardian_signs_too_before_it_counts(here: World, elin: Client) -> None:
    Client.objects.filter(pk=elin.pk).update(born_on=(here.now - 365 * 16 * DAY).date())
    with pytest.raises(Refused, match="under 18"):
        written(here, elin)
    row = written(here, elin, sketch(signers=(Signer.CLIENT, Signer.GUARDIAN)))
    drawn(row, here.intake, here.now)
    assert held([elin.pk], here.now) == ()
    sign_consent(
        by=here.intake, at=here.now + HOUR, consent_id=row.pk, role="guardian", name="Ida Novak", authority="Mother",
        strokes=SIGNATURE,
    )  # fmt: skip
    assert state(row, here.now + HOUR) == (True, set())


def test_a_revocation_is_in_writing_and_changes_nothing_before_it(here: World, elin: Client) -> None:
    row = consent(here, elin)
    with pytest.raises(Refused, match="in writing"):
        acts.revoke_consent(by=here.intake, at=here.now + HOUR, consent_id=row.pk)
    acts.revoke_consent(by=here.intake, at=here.now + HOUR, consent_id=row.pk, strokes=SIGNATURE, words="No more")
    assert state(row, here.now + HOUR - timedelta(seconds=1)) == (True, set())
    assert state(row, here.now + HOUR) == (False, {"consent.revoked"})
    with pytest.raises(Refused, match="ended before"):
        acts.revoke_consent(by=here.intake, at=here.now + DAY, consent_id=row.pk, paper="Folder 4")


def test_one_recipient_a_kind_or_a_class_is_taken_out_of_it(here: World, elin: Client) -> None:
    clinic, other = recipient(here), recipient(here, "Dr. Wu")
    row = consent(here, elin, sketch(T.SPECIFIC, clinic, other))
    revoke = {"by": here.intake, "at": here.now + HOUR, "consent_id": row.pk, "paper": "Folder 4"}
    acts.revoke_consent(**revoke, scope="recipient", recipient_id=other.pk)  # type: ignore[arg-type]
    acts.revoke_consent(**revoke, scope="class", info_class="diagnoses")  # type: ignore[arg-type]
    (one,) = held([elin.pk], here.now + HOUR)
    assert valid_at(one, here.now + HOUR)
    assert one.reaches(clinic.pk, RecipientKind.PROVIDER) and not one.reaches(other.pk, RecipientKind.PROVIDER)
    assert InfoClass.DIAGNOSES not in one.allowed and InfoClass.DIAGNOSES in one.classes
    with pytest.raises(Refused, match="stands in it"):
        acts.revoke_consent(**revoke, scope="kind", recipient_kind="health_plan")  # type: ignore[arg-type]

    every = consent(here, elin)
    acts.revoke_consent(**{**revoke, "consent_id": every.pk}, scope="kind", recipient_kind="health_plan")  # type: ignore[arg-type]
    newest = held([elin.pk], here.now + HOUR)[0]
    assert not newest.reaches(1, RecipientKind.HEALTH_PLAN) and newest.reaches(1, RecipientKind.PROVIDER)


def test_what_is_revoked_by_word_is_held_until_it_is_signed_or_taken_back(here: World, elin: Client) -> None:
    row = consent(here, elin)
    acts.hold_consent(by=here.intake, at=here.now + HOUR, consent_id=row.pk, words="Said at the desk: stop it")
    assert state(row, here.now + HOUR) == (False, {"consent.held"})
    with pytest.raises(Refused, match="held already"):
        acts.hold_consent(by=here.intake, at=here.now + HOUR, consent_id=row.pk, words="Again")
    acts.lift_hold(by=here.intake, at=here.now + 2 * HOUR, consent_id=row.pk, words="Keeps it after all")
    assert state(row, here.now + 2 * HOUR) == (True, set())
    assert state(row, here.now + HOUR) == (False, {"consent.held"})

    acts.hold_consent(by=here.intake, at=here.now + 3 * HOUR, consent_id=row.pk, words="Stop it, for good")
    acts.revoke_consent(by=here.intake, at=here.now + 4 * HOUR, consent_id=row.pk, paper="Folder 4")
    assert state(row, here.now + 4 * HOUR) == (False, {"consent.revoked"})


def test_it_ends_with_its_last_day_on_the_clock_of_the_site(here: World, elin: Client) -> None:
    last = here.now.astimezone(here.site.tz).date() + DAY
    row = consent(here, elin, sketch(T.SPECIFIC, recipient(here), expiry=ExpiryKind.DATE, expires_on=last))
    (one,) = held([elin.pk], here.now)
    assert one.expires_at is not None
    local = one.expires_at.astimezone(here.site.tz)
    assert (local.date(), local.hour) == (last + DAY, 0)
    assert state(row, one.expires_at - timedelta(seconds=1))[0] and state(row, one.expires_at) == (
        False,
        {"consent.expired"},
    )


def test_it_ends_with_the_discharge_and_a_new_admission_does_not_revive_it(here: World, elin: Client) -> None:
    row = consent(here, elin)
    out = here.now + DAY
    Episode.objects.filter(client=elin).update(ended_at=out, ended_as="completed")
    assert state(row, out - HOUR)[0]
    assert state(row, out) == (False, {"consent.expired"})
    Episode.objects.create(client=elin, started_at=out + DAY)
    assert state(row, out + 2 * DAY) == (False, {"consent.expired"})


def test_an_admission_by_mistake_ends_no_consent(here: World, elin: Client) -> None:
    row = consent(here, elin)
    Episode.objects.filter(client=elin).update(ended_at=here.now + HOUR, ended_as="mistake")
    assert state(row, here.now + DAY) == (True, set())


def test_a_newer_one_takes_its_place_once_it_is_signed(here: World, elin: Client) -> None:
    old = consent(here, elin)
    new = written(here, elin, at=here.now + HOUR, replaces_id=old.pk)
    assert state(old, here.now + HOUR)[0]
    drawn(new, here.intake, here.now + 2 * HOUR)
    assert state(old, here.now + 2 * HOUR) == (False, {"consent.superseded"})
    assert state(new, here.now + 2 * HOUR) == (True, set())


def justice(here: World, elin: Client) -> Consent:
    """A condition of a case; the client may revoke it in thirty days."""
    officer = recipient(here, "County Probation", "criminal_justice")
    day = here.now.astimezone(here.site.tz).date() + 30 * DAY
    what = sketch(
        T.CRIMINAL_JUSTICE_REFERRAL, officer, required_by="County Court, 24-CR-118", period_words="The length of the program",
        revocable_on=day,
    )  # fmt: skip
    return consent(here, elin, what)


def test_a_criminal_justice_consent_is_not_revoked_before_its_day(here: World, elin: Client) -> None:
    row = justice(here, elin)
    refused: list[Callable[[], object]] = [
        lambda: acts.revoke_consent(by=here.intake, at=here.now, consent_id=row.pk, paper="Folder 4"),
        lambda: acts.hold_consent(by=here.intake, at=here.now, consent_id=row.pk, words="Stop"),
    ]
    for act in refused:
        with pytest.raises(Refused) as why:
            act()
        assert "consent.not_yet_revocable" in codes(why.value)
    acts.ask_early(by=here.intake, at=here.now, consent_id=row.pk, words="Wants it stopped")
    assert state(row, here.now) == (True, set())
    later = here.now + 31 * DAY
    acts.revoke_consent(by=here.intake, at=later, consent_id=row.pk, paper="Folder 4")
    assert state(row, later) == (False, {"consent.revoked"})


def test_the_end_of_the_case_is_attested(here: World, elin: Client) -> None:
    row, tpo = justice(here, elin), consent(here, elin)
    acts.end_consent(by=here.intake, at=here.now + DAY, consent_id=row.pk, words="Case dismissed, said the officer")
    assert state(row, here.now + DAY) == (False, {"consent.expired"})
    with pytest.raises(Refused, match="have it revoked"):
        acts.end_consent(by=here.intake, at=here.now + DAY, consent_id=tpo.pk, words="Over")


def test_what_is_known_to_be_untrue_does_not_count(here: World, elin: Client) -> None:
    row = consent(here, elin)
    acts.find_untrue(by=here.intake, at=here.now + HOUR, consent_id=row.pk, words="Signed by her sister")
    assert state(row, here.now + HOUR) == (False, {"consent.deficient"})


def test_what_was_not_signed_is_put_away_and_cannot_be_signed_after(here: World, elin: Client) -> None:
    row = written(here, elin)
    acts.drop_consent(by=here.intake, at=here.now, consent_id=row.pk, words="Would not")
    with pytest.raises(Refused, match="put away"):
        drawn(row, here.intake, here.now)
    signed = consent(here, elin)
    with pytest.raises(Refused, match="It is signed"):
        acts.drop_consent(by=here.intake, at=here.now, consent_id=signed.pk)


@pytest.mark.parametrize("model", [Consent, ConsentSignature, ConsentEvent])
def test_the_database_refuses_any_change(here: World, elin: Client, model: type) -> None:
    row = consent(here, elin)
    acts.hold_consent(by=here.intake, at=here.now, consent_id=row.pk, words="Stop")
    rows = model.objects.all()  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(at=here.now - DAY)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows._raw_delete(rows.db)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "tpo_single", "classes": ["identity", "counseling_notes"]},
        {"type": "specific", "purposes": ["TREAT", "HLEGAL"]},
        {"type": "legal_proceeding", "purposes": ["HLEGAL"], "also": ["tpo_single"]},
        {"type": "criminal_justice_referral", "purposes": ["MONITOR"]},
        {"purposes": []}, {"classes": []}, {"client_name": ""}, {"expiry": "date"}, {"expiry": "whenever"}, {"signers": []},
    ],
)  # fmt: skip
def test_the_database_refuses_what_the_rules_refuse(here: World, elin: Client, wrong: dict[str, object]) -> None:
    asked: dict[str, object] = {
        "client": elin, "type": "specific", "version": 1, "client_name": "Elin Novak", "discloser": "Riverbend", "purposes": ["TREAT"],
        "classes": ["identity"], "expiry": "none", "signers": ["client"], "clauses": [], "words": [["", "x"]], "sha256": "0" * 64,
        "at": here.now, "by": here.intake, **wrong,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**asked)


def test_what_was_tampered_with_in_the_table_does_not_count(here: World, elin: Client) -> None:
    from django.db import connection

    row = consent(here, elin)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE privacy_consent DISABLE TRIGGER privacy_consent_append_only")
        cursor.execute("UPDATE privacy_consent SET classes = '[\"identity\"]' WHERE id = %s", [row.pk])
        cursor.execute("ALTER TABLE privacy_consent ENABLE TRIGGER privacy_consent_append_only")
    assert state(row, here.now) == (False, {"consent.deficient"})


def test_however_many_there_are_the_queries_stay_the_same(
    here: World, elin: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:  # fmt: skip
    for _ in range(4):
        consent(here, elin)
    with django_assert_max_num_queries(7):  # type: ignore[attr-defined]
        assert len(held([elin.pk], here.now)) == 4
