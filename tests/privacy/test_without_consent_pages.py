"""Over HTTP, on the real clock: releases that rest on an audit or an order, and clients who ask for their own record."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from privacy.models import AccessRequest, Disclosure, Engagement, ShareLink
from privacy.rules.classes import Hipaa, RecipientKind
from programs.models import Client
from tests.factories import World, admit, client, signs, world
from tests.privacy.gate_rows import recipient
from tests.privacy.test_engagements import agreed, auditor, copying, ends
from tests.privacy.test_legal import ORDER, came, step
from tests.privacy.test_own_access import NO, asks, codes
from tests.privacy.test_own_access import step as answer
from tests.privacy.test_release_pages import asked
from tests.signing import signed_in


@pytest.fixture
def here(db: None) -> World:
    """A small program, now."""
    return world(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def test_an_audit_with_copies_releases_and_stands_in_the_accounting_as_such(here: World, sara: Client) -> None:
    whom, browser = auditor(here), signed_in(here.director)
    row, send_ = copying(here, whom), f"/clients/{sara.pk}/release/send/"
    rests = {"purpose": "AUDIT", "classes": ["plan"], "rests": f"engagement-{row.pk}"}
    assert "State Audit Bureau" in browser.get(f"/clients/{sara.pk}/release/").content.decode()
    wrong = browser.post(send_, asked(here, whom.pk, **rests | {"purpose": "TREAT"}))
    assert wrong.status_code == 422 and "for audit and evaluation. Choose this purpose" in wrong.content.decode()
    answer = browser.post(send_, asked(here, whom.pk, **rests), follow=True)
    left = Disclosure.objects.get()
    assert answer.redirect_chain == [(f"/clients/{sara.pk}/release/{left.pk}/", 302)]
    assert (left.basis, left.ground["engagement"], left.consent) == ("AUDIT_2_53", str(row.pk), None)
    told = browser.get(f"/clients/{sara.pk}/accounting/").content.decode()
    assert "State Audit Bureau" in told and "udit and evaluation" in told
    page = browser.get(f"/privacy/engagements/{row.pk}/").content.decode()
    assert f"disclosure {left.pk}" in page and sara.record_number in page
    ends(here, row)
    again = browser.post(send_, asked(here, whom.pk, **rests))
    assert again.status_code == 422 and "This permits nothing now" in again.content.decode()
    assert f"engagement-{row.pk}" not in browser.get(f"/clients/{sara.pk}/release/").content.decode()
    assert Disclosure.objects.count() == 1


def test_a_view_only_audit_is_refused_a_file_and_what_is_shown_is_not_taken(here: World, sara: Client) -> None:
    whom, browser = auditor(here), signed_in(here.director)
    row, send_ = agreed(here, whom, classes=["identity", "plan"]), f"/clients/{sara.pk}/release/send/"
    rests = {"purpose": "AUDIT", "classes": ["plan"], "rests": f"engagement-{row.pk}"}
    for channel in ("file", "handed_over", "link"):
        answer = browser.post(send_, asked(here, whom.pk, **rests | {"channel": channel}))
        assert answer.status_code == 422 and "takes nothing away" in answer.content.decode(), channel
    assert not Disclosure.objects.exists() and Event.objects.filter(verb="privacy.refused").count() == 3
    answer = browser.post(send_, asked(here, whom.pk, **rests | {"channel": "shown"}), follow=True)
    left = Disclosure.objects.get()
    assert "take nothing away" in answer.content.decode() and "The file</a>" not in answer.content.decode()
    file = browser.get(f"/clients/{sara.pk}/release/{left.pk}/file/")
    assert file.status_code == 422 and "It was shown here" in file.content.decode()


def test_an_order_releases_over_the_form_what_it_names_and_no_more(here: World, sara: Client) -> None:
    court, browser = recipient(here, "County Court", RecipientKind.COURT, hipaa=Hipaa.NEITHER), signed_in(here.director)
    row, send_ = came(here, sara, recipient_id=court.pk, **ORDER), f"/clients/{sara.pk}/release/send/"
    rests = {"purpose": "HLEGAL", "classes": ["plan"], "rests": f"order-{row.pk}"}
    early = browser.post(send_, asked(here, court.pk, **rests))
    assert early.status_code == 422 and "This permits nothing now" in early.content.decode(), (
        "counsel has not reviewed it"
    )
    step(here, row, "counsel")
    more = browser.post(send_, asked(here, court.pk, **rests | {"classes": ["plan", "notes"]}))
    assert more.status_code == 422 and "does not reach: Progress notes" in more.content.decode()
    assert browser.post(send_, asked(here, court.pk, **rests)).status_code == 302
    left = Disclosure.objects.get()
    assert (left.basis, left.proceeding, left.ground["mandate"]) == ("COURT_2_64", "24-CV-9", "Subpoena 8")


def test_engagements_are_kept_on_pages_and_a_nurse_sees_none(here: World, sara: Client) -> None:
    browser = signed_in(here.director)
    typed = {
        "kind": "audit", "recipient": str(auditor(here).pk), "agency": "State agency", "authority": "Code 12", "agreement": "Folder 4",
        "classes": ["plan"], "first_day": f"{here.day()}", "last_day": f"{here.day(9)}", "copies": "on",
    }  # fmt: skip
    answer = browser.post("/privacy/engagements/new/", typed)
    assert answer.status_code == 422 and "for a listed sponsor alone" in answer.content.decode()
    more = {"listed_sponsor": "on", "destroy_by": f"{here.day(12)}"}
    assert browser.post("/privacy/engagements/new/", typed | more).status_code == 302
    row = Engagement.objects.get()
    assert browser.get("/privacy/duties/").content.decode().count("12 left") == 1
    done = {"kind": "ended", "words": "They left early"}
    assert browser.post(f"/privacy/engagements/{row.pk}/step/", done).status_code == 302
    assert "They left early" in browser.get(f"/privacy/engagements/{row.pk}/").content.decode()
    assert signed_in(here.on_unit).get(f"/privacy/engagements/{row.pk}/").status_code == 403
    assert signed_in(here.elsewhere).get(f"/privacy/engagements/{row.pk}/").status_code in {403, 404}


def test_it_is_written_on_the_clients_page_and_released_from_there(here: World, sara: Client) -> None:
    browser, new = signed_in(here.director), f"/clients/{sara.pk}/release/asked/"
    typed = {"asked_on": f"{here.day(-2)}", "how": "By letter", "asks": "My plan", "wanted": "file"}
    assert "Write how they asked" in browser.post(new, typed | {"how": ""}).content.decode()
    answer = browser.post(new, typed)
    row = AccessRequest.objects.get()
    assert answer.headers["Location"] == f"/clients/{sara.pk}/release/?access={row.pk}"
    page = browser.get(answer.headers["Location"]).content.decode()
    assert f'<option value="{row.pk}" selected>' in page and '<option value="client" selected>' in page
    assert 'value="plan" checked' in page and 'value="notes" checked' in page, "whole, unless somebody takes a part out"
    assert "28 days left" in browser.get("/privacy/duties/").content.decode()
    copy = asked(here, "client", purpose="PATRQT", classes=["plan"], access=str(row.pk))
    sent = browser.post(f"/clients/{sara.pk}/release/send/", copy)
    again = browser.post(f"/clients/{sara.pk}/release/send/", copy)
    went = Disclosure.objects.get()
    assert {sent.headers["Location"], again.headers["Location"]} == {f"/clients/{sara.pk}/release/{went.pk}/"}
    assert went.ground["request"].startswith(f"Access request {row.pk} of ")
    page = browser.get(f"/privacy/access/{row.pk}/").content.decode()
    assert f"disclosure {went.pk}" in page and "Given" in page
    other = browser.post(f"/clients/{sara.pk}/release/send/", copy | {"key": str(uuid4())})
    assert other.status_code == 422 and "answered already" in other.content.decode()
    assert "None is written down" in browser.get(f"/clients/{sara.pk}/release/").content.decode()


def test_by_a_link_it_is_given_when_the_link_is_opened(here: World, sara: Client) -> None:
    row, browser = asks(here, sara), signed_in(here.director)
    copy = asked(here, "client", purpose="PATRQT", channel="link", hours="24", openings="2", access=str(row.pk))
    made = browser.post(f"/clients/{sara.pk}/release/send/", copy).context["made"]
    assert ShareLink.objects.count() == 1 and not row.steps.exists()
    for _ in range(2):
        assert Browser().post(f"/shared/{made.token}/", {"code": made.code}).status_code == 200
    assert row.steps.get().disclosure == Disclosure.objects.earliest("pk") and Disclosure.objects.count() == 2


def test_a_chart_as_fhir_answers_it_too(here: World, sara: Client) -> None:
    row = asks(here, sara, wanted="file")
    typed = asked(here, "client", purpose="PATRQT", access=str(row.pk))
    assert signed_in(here.director).post(f"/clients/{sara.pk}/fhir/", typed).status_code == 200
    assert row.steps.get().disclosure == Disclosure.objects.get()


def test_more_time_and_a_refusal_are_written_on_its_page_by_who_keeps_the_duties(here: World, sara: Client) -> None:
    row, browser = asks(here, sara), signed_in(here.director)
    done = f"/privacy/access/{row.pk}/step/"
    early = browser.post(done, {"kind": "extended", "until": f"{here.day(20)}", "reason": "Archive"})
    assert early.status_code == 422 and "at the latest" in early.content.decode()
    assert browser.post(done, {"kind": "refused", **NO}).status_code == 302
    page = browser.get(f"/privacy/access/{row.pk}/").content.decode()
    assert NO["reason"] in page and NO["review"] in page and "Release it" not in page
    assert signed_in(here.on_unit).get(f"/privacy/access/{row.pk}/").status_code == 403
    assert signed_in(here.on_unit).get(f"/clients/{sara.pk}/release/asked/").status_code == 200
    assert signed_in(here.intake).get(f"/clients/{sara.pk}/release/asked/").status_code == 403


def test_the_duties_take_the_same_queries_with_one_of_each_and_with_four(here: World, sara: Client) -> None:
    browser, whom = signed_in(here.director), auditor(here)
    counted = []
    for times in (1, 3):
        for _ in range(times):
            asks(here, sara)
            agreed(here, whom)
            came(here, sara)
        browser.get("/privacy/duties/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/privacy/duties/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_request_sent_twice_is_one_and_of_two_answers_the_second_is_refused(here: World, sara: Client) -> None:
    key = uuid4()
    row = asks(here, sara, key=key)
    assert asks(here, sara, key=key) == row
    answer(here, row, "refused", **NO)
    assert codes(lambda: answer(here, row, "refused", **NO)) == ["access.answered"]
    assert AccessRequest.objects.count() == row.steps.count() == 1
