"""The accounting of disclosures: three years or six, repeated ones in one line, what is suspended left out; and the look-up."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.actions.accounting import account
from privacy.actions.release import Content, release
from privacy.models import AccountingGiven, AccountingSuspension, Disclosure, Recipient
from privacy.queries.accounting import accounting, found
from privacy.rules.accounting import Suspended, Told, lines, looks_back
from privacy.rules.basis import Basis
from programs.models import Client
from staff.models import Person
from tests.documents.reading import words
from tests.factories import World, admit, client
from tests.privacy.gate_rows import DAY, consent, going, recipient
from tests.signing import signed_in

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
CONTENT = Content("Record", "record.pdf", lambda permit: b"%PDF record")


def told(pk: int = 1, to: int | None = 1, days: int = 1, basis: Basis = Basis.CONSENT_TPO) -> Told:
    return Told(pk, NOW - days * DAY, to, f"Clinic {to}", "1 Quay Street", "Medications", "treatment", basis, 1)


def test_the_same_date_so_many_years_before() -> None:
    assert looks_back(date(2026, 3, 3), 3) == date(2023, 3, 3)
    assert looks_back(date(2028, 2, 29), 3) == date(2025, 2, 28)


def test_three_of_a_kind_are_one_line_with_the_first_the_last_and_how_many() -> None:
    [line] = lines([told(each, days=each) for each in (1, 2, 5)], [], NOW)
    assert (line.times, line.first, line.last) == (3, NOW - 5 * DAY, NOW - DAY)
    assert len(lines([told(1), told(2, days=2)], [], NOW)) == 2
    assert len(lines([told(1), told(2, days=2), told(3, to=2)], [], NOW)) == 3


def test_what_is_no_disclosure_to_account_for_is_not_in_it() -> None:
    rows = [told(each, basis=basis) for each, basis in enumerate(Basis)]
    assert {line.basis for line in lines(rows, [], NOW)} == set(Basis) - {
        Basis.INTERNAL_2_12C3, Basis.QSO_2_12C4, Basis.PATIENT_2_23,
    }  # fmt: skip


def test_what_an_agency_asked_to_keep_back_is_told_once_its_time_is_over() -> None:
    hidden = [Suspended(1, NOW - DAY, NOW + DAY)]
    assert lines([told()], hidden, NOW) == ()
    assert len(lines([told()], hidden, NOW + DAY)) == 1
    assert len(lines([told(to=2)], hidden, NOW)) == 1


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(
    st.lists(
        st.builds(told, st.integers(1, 99), st.sampled_from((1, 2, None)), st.integers(0, 900), st.sampled_from(Basis))
    )
)
def test_nothing_is_lost_by_summing_up(rows: list[Told]) -> None:
    counted = [row for row in rows if row.basis not in {Basis.INTERNAL_2_12C3, Basis.QSO_2_12C4, Basis.PATIENT_2_23}]
    found = lines(rows, [], NOW)
    assert sum(line.times for line in found) == len(counted)
    assert [line.last for line in found] == sorted((line.last for line in found), reverse=True)


# On record


@pytest.fixture
def sara(here: World) -> Client:
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0], days=700)
    consent(here, who, at=here.now - 2000 * DAY)
    return who


def sent(here: World, who: Client, to: Recipient, days: int = 0) -> Disclosure:
    return release(
        by=here.director, at=here.now - days * DAY, going=going(here, who, to), content=CONTENT, proof_id=None
    )


def test_three_years_or_six_on_the_page_and_as_a_paper_that_is_kept(here: World, sara: Client) -> None:
    clinic = recipient(here)
    row = sent(here, sara, clinic)
    fields = {
        each.attname: getattr(row, each.attname) for each in Disclosure._meta.concrete_fields if each.name != "id"
    }
    Disclosure.objects.create(**fields | {"at": row.at - 4 * 366 * DAY})
    assert [len(accounting(sara, here.site, years, here.now).lines) for years in (3, 6)] == [1, 2]
    key = uuid4()
    given_, again = (
        account(by=here.director, at=here.now, client_id=sara.pk, site_id=here.site.pk, years=6, key=key)
        for _ in range(2)
    )
    assert given_ == again and AccountingGiven.objects.count() == 1 and given_.lines == 2
    text = words(bytes(given_.file.content))
    for expected in ("Sara Amari", "Harbour Clinic", "1 Quay Street", "Medications and allergies", "treatment", "2.31"):
        assert expected in text, expected


def test_a_suspension_keeps_an_agency_out_for_its_time(here: World, sara: Client) -> None:
    clinic = recipient(here)
    sent(here, sara, clinic)
    AccountingSuspension.objects.create(
        client=sara, recipient=clinic, statement="Letter of 2 November", started_at=here.now - DAY, until=here.now + DAY,
        by=here.director,
    )  # fmt: skip
    assert accounting(sara, here.site, 3, here.now).lines == ()
    assert len(accounting(sara, here.site, 3, here.now + DAY).lines) == 1


def test_a_disclosure_is_found_by_recipient_record_number_and_fingerprint(here: World, sara: Client) -> None:
    row = sent(here, sara, recipient(here))
    sites = [here.site.pk]
    for asked in ("harbour", sara.record_number, str(row.pk), row.content_sha256[:12], ""):
        assert found(sites, asked, None, None, here.now) == [row], asked
    assert found(sites, "nobody", None, None, here.now) == []
    assert found([here.other_site.pk], "harbour", None, None, here.now) == []
    assert found(sites, "", here.day(1), None, here.now + 2 * DAY) == []


# The pages


def test_the_pages_answer_who_may_and_nobody_else(here: World, sara: Client) -> None:
    sent(here, sara, recipient(here))

    def status(who: Person, address: str) -> int:
        return signed_in(who).get(address).status_code

    for address in (f"/clients/{sara.pk}/accounting/", f"/clients/{sara.pk}/release/"):
        assert [status(who, address) for who in (here.director, here.on_unit, here.intake, here.elsewhere)] == [
            200,
            200,
            403,
            404,
        ]
    assert [status(who, "/privacy/disclosures/") for who in (here.director, here.on_unit)] == [200, 403]
    paper = signed_in(here.director).post(f"/clients/{sara.pk}/accounting/give/", {"years": "3", "key": str(uuid4())})
    assert (paper.status_code, paper.headers["Content-Type"]) == (200, "application/pdf")


def test_odd_words_find_nothing_and_break_nothing(here: World) -> None:
    browser = signed_in(here.director)
    for asked in ("'; drop table", "%00", "9" * 40, "<script>", "١٢٣", "²"):
        assert browser.get("/privacy/disclosures/", {"q": asked, "from": "soon", "to": "9999-99-99"}).status_code == 200


def test_a_page_asks_the_same_number_of_questions_however_many_there_are(
    here: World, sara: Client, django_assert_max_num_queries: object
) -> None:
    clinic = recipient(here)
    for days in range(5):
        sent(here, sara, clinic, days=days + 1)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(accounting(sara, here.site, 3, here.now + timedelta(minutes=1)).lines) == 1
