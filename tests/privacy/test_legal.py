"""Legal papers: a subpoena alone permits nothing, an order within its scope, and the reply says nothing of anybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from privacy.actions.legal import keep_legal_request, step_legal_request
from privacy.models import LegalRequest, LegalStep
from privacy.queries.legal import ground_of, orders_of, paper
from privacy.rules.classes import Hipaa, InfoClass, Purpose, RecipientKind
from programs.models import Client
from tests.documents.reading import words
from tests.factories import World, admit, client, signs
from tests.privacy.gate_rows import DAY, going, recipient
from tests.privacy.test_release import refused, send
from tests.signing import signed_in

C = InfoClass
ORDER = {
    "kind": "order", "court": "County Court", "docket": "24-CV-9", "section": "2.64", "classes": ["identity", "plan"],
    "mandate": "Subpoena 8",
}  # fmt: skip


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def came(here: World, who: Client | None = None, **more: object) -> LegalRequest:
    fields: dict[str, object] = {
        "kind": "subpoena", "named": "A. Person", "sender": "Tallgrass Law", "asks": "The whole chart",
        "received_on": (here.now - 2 * DAY).date(), "record_number": who.record_number if who else "",
    } | more  # fmt: skip
    return keep_legal_request(by=here.director, at=here.now, site=here.site, **fields)  # type: ignore[arg-type]


def step(here: World, row: LegalRequest, kind: str, answer: str = "") -> LegalStep:
    return step_legal_request(
        by=here.director, at=here.now, request_id=row.pk, kind=kind, words="By letter", answer=answer
    )


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        call()
    return [each.code for each in error.value.findings]


def why(here: World, row: LegalRequest, after: timedelta = timedelta()) -> list[str]:
    found = paper({here.site.pk}, here.now + after, row.pk)
    assert found is not None
    return [each.code for each in found.against]


@pytest.mark.parametrize("kind", ["subpoena", "warrant", "letter"])
def test_without_an_order_nothing_may_be_released_whatever_counsel_says(here: World, sara: Client, kind: str) -> None:
    row = came(here, sara, kind=kind)
    step(here, row, "counsel")
    assert why(here, row) == ["legal.alone"] and orders_of([sara.pk], here.now) == []
    assert codes(lambda: step(here, row, "answered", "released")) == ["legal.alone"]
    assert codes(lambda: step(here, row, "mandate")) == ["legal.no_order"]
    step(here, row, "answered", "neutral")
    assert codes(lambda: step(here, row, "answered", "neutral")) == ["legal.answered"]


def test_an_order_with_its_mandate_lets_go_what_it_names_and_no_more(here: World, sara: Client) -> None:
    court = recipient(here, "County Court", RecipientKind.COURT, hipaa=Hipaa.NEITHER)
    row = came(here, sara, recipient_id=court.pk, until=here.now + DAY, **ORDER | {"mandate": ""})
    assert why(here, row) == ["legal.no_mandate", "legal.counsel"]
    step(here, row, "counsel")
    step(here, row, "mandate")
    assert why(here, row) == [] and why(here, row, DAY) == ["legal.over"]
    assert orders_of([sara.pk], here.now) == [row]
    asked = going(
        here, sara, court, purpose=Purpose.HLEGAL, classes=frozenset({C.IDENTITY, C.PLAN}), proceeding="24-CV-9",
        ground=ground_of(row),
    )  # fmt: skip
    sent = send(here, asked)
    assert sent.basis == "COURT_2_64" and str(row.pk) in sent.ground["order"] and sent.ground["mandate"] == "By letter"
    more = going(
        here, sara, court, purpose=Purpose.HLEGAL, classes=frozenset({C.IDENTITY, C.NOTES}), ground=ground_of(row)
    )
    assert refused(here, more) == ["disclosure.beyond_scope"]
    other = recipient(here, "Tallgrass Law", RecipientKind.LEGAL)
    to_other = going(
        here, sara, other, purpose=Purpose.HLEGAL, classes=frozenset({C.IDENTITY, C.PLAN}), ground=ground_of(row)
    )
    assert refused(here, to_other) == ["ground.order_person"]
    step(here, row, "answered", "released")
    assert orders_of([sara.pk], here.now) == []


def test_an_order_says_where_from_and_what_and_nothing_else_does(here: World, sara: Client) -> None:
    assert codes(lambda: came(here, sara, kind="order")) == [
        "legal.section",
        "legal.scope",
        "legal.court",
        "legal.court",
    ]
    assert codes(lambda: came(here, sara, section="2.64")) == ["legal.no_order"]
    notes = ORDER | {"classes": ["counseling_notes"]}
    assert codes(lambda: came(here, sara, **notes)) == ["legal.finding"]
    assert codes(lambda: came(here, record_number="R-nobody")) == ["legal.no_record"]
    assert came(here, sara, confidential_finding=True, **notes).section == "2.64"


def test_the_database_refuses_a_subpoena_with_a_scope_and_keeps_what_came(here: World, sara: Client) -> None:
    row = came(here, sara)
    fields = {
        "site": here.site,
        "named": "x",
        "sender": "x",
        "asks": "x",
        "received_on": here.day(),
        "at": here.now,
    }
    for wrong in ({"kind": "subpoena", "classes": ["plan"]}, {"kind": "order"}, {"kind": "subpoena", "named": " "}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalRequest.objects.create(by=here.director, **fields | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalRequest.objects.filter(pk=row.pk).update(kind="letter")
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalStep.objects.create(request=row, kind="answered", words="x", at=here.now, by=here.director)


def test_the_reply_is_the_same_whoever_is_asked_for(here: World, sara: Client) -> None:
    browser = signed_in(here.director)
    known, unknown = came(here, sara, named="Sara Amari"), came(here, named="Nobody Here")
    first, second = (browser.get(f"/privacy/legal/{row.pk}/reply/").content for row in (known, unknown))
    assert "forbids this program to say" in words(first).replace("\n", " ")
    assert "Amari" not in words(first) and words(first) == words(second)


def test_papers_are_written_and_answered_on_pages_and_a_nurse_sees_none(here: World, sara: Client) -> None:
    browser = signed_in(here.director)
    typed = {
        "kind": "subpoena",
        "received_on": f"{here.day()}",
        "sender": "Tallgrass Law",
        "named": "S. A.",
        "asks": "All",
    }
    assert "Write who sent it" in browser.post("/privacy/legal/new/", typed | {"sender": ""}).content.decode()
    assert browser.post("/privacy/legal/new/", typed).status_code == 302
    row = LegalRequest.objects.get()
    page = browser.get(f"/privacy/legal/{row.pk}/").content.decode()
    assert "A subpoena alone permits nothing" in page and "Nothing may be released" in page
    answer = {"kind": "answered", "answer": "neutral", "words": "By mail"}
    assert browser.post(f"/privacy/legal/{row.pk}/step/", answer).status_code == 302
    assert "With the neutral reply" in browser.get("/privacy/duties/").content.decode()
    assert signed_in(here.intake).get(f"/privacy/legal/{row.pk}/").status_code == 403
