"""Everybody who asks gets the same words; only whom the client named is told yes. Recipients and their agreements."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions.callers import answer_caller
from privacy.actions.consent_events import hold_consent, revoke_consent
from privacy.actions.recipients import end_agreement, end_recipient, keep_agreement, keep_recipient
from privacy.models import Agreement, CallerInquiry, Recipient
from privacy.queries.recipients import agreements_on, choosable, lines
from privacy.rules.classes import AgreementKind
from privacy.rules.consents import ConsentType
from privacy.rules.presence import NEUTRAL, same_name
from programs.models import Client, Episode
from staff.access import NotAllowed
from tests.factories import World, admit, client
from tests.factories.consents import consent, recipient, sketch
from tests.signing import signed_in

DAY = timedelta(days=1)


@pytest.fixture
def elin(here: World) -> Client:
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def asked(here: World, who: str = "Elin Novak", caller: str = "Ida Novak", after: timedelta = timedelta(0)) -> bool:
    """True where the caller is told yes."""
    row = answer_caller(by=here.on_unit, at=here.now + after, site=here.site, asked_for=who, caller=caller, way="phone")
    return row.consent_id is not None


def test_only_whom_the_client_named_is_told(here: World, elin: Client) -> None:
    assert not asked(here)
    mother = recipient(here, "Ida Novak", "person", client=elin)
    consent(here, elin, sketch(ConsentType.PRESENCE_ACK, mother))
    assert asked(here) and asked(here, "elin  NOVAK", "IDA Nóvak")
    assert not asked(here, caller="") and not asked(here, caller="Ida") and not asked(here, caller="Bo Novak")
    assert not asked(here, "Nobody Here") and not asked(here, "Sara Amari")
    assert CallerInquiry.objects.count() == 8


def test_nobody_is_told_after_it_is_held_revoked_or_over(here: World, elin: Client) -> None:
    mother, sister = (recipient(here, name, "person", client=elin) for name in ("Ida Novak", "Bea Novak"))
    row = consent(here, elin, sketch(ConsentType.PRESENCE_ACK, mother, sister))
    revoke_consent(
        by=here.intake,
        at=here.now + DAY,
        consent_id=row.pk,
        scope="recipient",
        recipient_id=mother.pk,
        paper="Folder 4",
    )
    assert asked(here) and not asked(here, after=DAY) and asked(here, caller="Bea Novak", after=DAY)
    hold_consent(by=here.intake, at=here.now + 2 * DAY, consent_id=row.pk, words="Nobody any more")
    assert not asked(here, caller="Bea Novak", after=2 * DAY)


def test_a_tpo_consent_tells_no_caller_and_neither_does_one_of_who_left(here: World, elin: Client) -> None:
    mother = recipient(here, "Ida Novak", "person", client=elin)
    consent(here, elin)
    assert not asked(here)
    consent(here, elin, sketch(ConsentType.PRESENCE_ACK, mother))
    Episode.objects.filter(client=elin).update(ended_at=here.now + DAY, ended_as="completed")
    assert not asked(here, after=DAY)


def test_two_clients_of_one_name_are_neither(here: World, elin: Client) -> None:
    consent(here, elin, sketch(ConsentType.PRESENCE_ACK, recipient(here, "Ida Novak", "person", client=elin)))
    admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[1])
    assert not asked(here)


def test_the_trail_of_a_neutral_answer_names_nobody(here: World, elin: Client) -> None:
    asked(here)
    event = Event.objects.get(verb="privacy.answer_caller")
    assert event.client_id is None and "Novak" not in event.summary
    with pytest.raises(Refused, match="who is asked for"):
        asked(here, who=" ")
    with pytest.raises(NotAllowed):
        answer_caller(by=here.housekeeper, at=here.now, site=here.site, asked_for="A B", caller="", way="phone")


def test_the_page_says_the_same_of_somebody_who_is_here_and_of_nobody(here: World, elin: Client) -> None:
    browser = signed_in(here.on_unit)
    pages = []
    for name in ("Elin Novak", "Nobody Atall"):
        answer = browser.post("/privacy/callers/", {"asked_for": name, "caller": "Bo Novak", "way": "phone"})
        page = answer.content.decode()
        assert answer.status_code == 200 and NEUTRAL in page and name not in page
        pages.append(len(page))
    assert abs(pages[0] - pages[1]) < 200  # only tokens and keys differ


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Ida Novak", "ida  novák", True), ("O'Neil", "O Neil", True), ("Ida", "Ida Novak", False), ("", "", False)],
)
def test_names_are_the_same_but_for_accents_and_capitals(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def test_a_recipient_is_kept_once_and_its_history_too(here: World) -> None:
    make = {"by": here.intake, "at": here.now, "site": here.site, "kind": "health_plan"}
    row = keep_recipient(**make, name="Blue  Plan", hipaa="ce")  # type: ignore[arg-type]
    assert row.name == "Blue Plan" and row.part2 == "unknown"
    with pytest.raises(Refused, match="of that name already"):
        keep_recipient(**make, name="Blue Plan")  # type: ignore[arg-type]
    changed = keep_recipient(**make, name="Blue Plan", hipaa="neither", recipient_id=row.pk)  # type: ignore[arg-type]
    assert changed.pk == row.pk and [each.hipaa for each in row.history.all()] == ["neither", "ce"]
    with pytest.raises(Refused, match="not under HIPAA"):
        keep_recipient(**{**make, "kind": "person"}, name="Ida", hipaa="ce")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        keep_recipient(**{**make, "by": here.on_unit}, name="Red Plan")  # type: ignore[arg-type]
    end_recipient(by=here.intake, at=here.now + DAY, site=here.site, recipient_id=row.pk)
    assert lines(here.site.organisation_id, here.day()) == []


def test_an_agreement_counts_between_its_days(here: World) -> None:
    lab, today = recipient(here, "Lab", "operations"), here.now.astimezone(here.site.tz).date()
    made = keep_agreement(
        by=here.intake, at=here.now, site=here.site, recipient_id=lab.pk, kind="qsoa", starts_on=today
    )
    assert (
        agreements_on([lab.pk], today) == {lab.pk: {AgreementKind.QSOA}} and agreements_on([lab.pk], today - DAY) == {}
    )
    with pytest.raises(Refused, match="End that one first"):
        keep_agreement(
            by=here.intake, at=here.now, site=here.site, recipient_id=lab.pk, kind="qsoa", starts_on=today + DAY
        )
    end_agreement(by=here.intake, at=here.now, site=here.site, agreement_id=made.pk, ends_on=today)
    assert agreements_on([lab.pk], today) and not agreements_on([lab.pk], today + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=made.pk).update(kind="baa")


def test_family_of_one_client_is_offered_to_that_client_alone(here: World, elin: Client) -> None:
    other = client(here, "Sara", "Amari")
    keep_recipient(
        by=here.on_unit, at=here.now, site=here.site, client=elin, name="Ida Novak", kind="person", relation="Mother"
    )
    assert [row.name for row in choosable(elin)] == ["Ida Novak"] and choosable(other) == []
    assert lines(here.site.organisation_id, here.day()) == [] and Recipient.objects.get().kind == "person"


def test_the_pages_of_recipients(here: World) -> None:
    browser = signed_in(here.intake)
    sent = {"name": "Harbour <Clinic>", "kind": "provider", "hipaa": "unknown", "part2": "unknown"}
    answer = browser.post("/privacy/recipients/new/", sent)
    assert answer.status_code == 302
    page = browser.get("/privacy/recipients/?find=harbour").content.decode()
    assert "Harbour &lt;Clinic&gt;" in page and "Not known" in page
    lab = Recipient.objects.get()
    wrong = browser.post(f"/privacy/recipients/{lab.pk}/agreements/", {"kind": "qsoa", "starts_on": "tomorrow"})
    assert wrong.status_code == 422 and "Write a date" in wrong.content.decode()
    assert (
        browser.post(
            f"/privacy/recipients/{lab.pk}/agreements/", {"kind": "qsoa", "starts_on": "2026-01-01"}
        ).status_code
        == 302
    )
    assert browser.get("/privacy/recipients/999/").status_code == 404
    nurse = signed_in(here.on_unit)
    assert nurse.get("/privacy/recipients/").status_code == 200
    assert nurse.get(f"/privacy/recipients/{lab.pk}/").status_code == 403
