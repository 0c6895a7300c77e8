"""Share links: opened with a code told apart, asked of the gate each time, and one answer to whatever does not open."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions.links import Made, open_link, share, unshare
from privacy.actions.release import PURPOSE, Content
from privacy.models import Consent, Disclosure, LinkTry, ShareLink
from privacy.rules.notices import Channel
from programs.models import Client
from tests.factories import World, admit, client, signs
from tests.factories.people import proof_of
from tests.privacy.gate_rows import DAY, consent, going, recipient, revoke

CONTENT = Content("Record", "record.pdf", lambda permit: b"%PDF-1.4 of " + permit.going.client.record_number.encode())
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


@pytest.fixture
def signed(here: World, sara: Client) -> Consent:
    return consent(here, sara)


def made(here: World, who: Client, **more: object) -> Made:
    fields: dict[str, object] = {"until": here.now + DAY, "openings": 2} | more
    asked = going(here, who, recipient(here), channel=Channel.LINK)
    pin = proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk
    return share(by=here.director, at=here.now, going=asked, content=CONTENT, proof_id=pin, **fields)  # type: ignore[arg-type]


def test_each_opening_is_a_disclosure_and_neither_address_nor_code_is_kept(
    here: World, sara: Client, signed: Consent
) -> None:
    link = made(here, sara)
    assert Disclosure.objects.count() == 0
    row = open_link(token=link.token, code=link.code, at=here.now + MINUTE)
    assert row is not None and row.file is not None and bytes(row.file.content) == b"%PDF-1.4 of R0001"
    assert (row.channel, row.link, row.consent, row.notice_version) == ("link", link.link, signed, "2.32-long-2024")
    kept = ShareLink.objects.get()
    assert link.token not in (kept.token_sha256, kept.code_hash) and link.code not in kept.code_hash
    assert Event.objects.filter(verb="privacy.opened").count() == 1


def test_it_opens_as_often_as_was_said_and_until_it_ends(here: World, sara: Client, signed: Consent) -> None:
    link = made(here, sara)
    opened = [open_link(token=link.token, code=link.code, at=here.now + each * MINUTE) for each in (1, 2, 3)]
    assert [each is not None for each in opened] == [True, True, False]
    other = share(
        by=here.director, at=here.now, going=going(here, sara, link.link.recipient, channel=Channel.LINK), content=CONTENT,
        proof_id=proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk, until=here.now + DAY,
    )  # fmt: skip
    assert open_link(token=other.token, code=other.code, at=here.now + DAY) is None


def test_five_wrong_codes_end_it(here: World, sara: Client, signed: Consent) -> None:
    link = made(here, sara)
    wrong = "0" * 8 if link.code != "0" * 8 else "1" * 8
    assert [open_link(token=link.token, code=wrong, at=here.now + MINUTE) for _ in range(5)] == [None] * 5
    assert open_link(token=link.token, code=link.code, at=here.now + MINUTE) is None
    assert LinkTry.objects.filter(right=False).count() == 5 and Disclosure.objects.count() == 0


def test_a_consent_revoked_meanwhile_closes_it(here: World, sara: Client, signed: Consent) -> None:
    link = made(here, sara)
    revoke(here, signed, here.now + MINUTE)
    assert open_link(token=link.token, code=link.code, at=here.now + 2 * MINUTE) is None
    assert Event.objects.get(verb="privacy.refused").detail["codes"] == ["consent.revoked"]
    assert Disclosure.objects.count() == 0


def test_a_consent_that_took_its_place_does_not_open_what_rested_on_the_old_one(
    here: World, sara: Client, signed: Consent
) -> None:
    link = made(here, sara)
    revoke(here, signed, here.now + MINUTE)
    consent(here, sara, at=here.now + 2 * MINUTE)
    assert open_link(token=link.token, code=link.code, at=here.now + 3 * MINUTE) is None


def test_without_consent_no_link_is_made(here: World, sara: Client) -> None:
    with pytest.raises(Refused) as error:
        made(here, sara)
    assert error.value.findings[0].code == "disclosure.no_consent"
    assert not ShareLink.objects.exists() and Event.objects.filter(verb="privacy.refused").count() == 1


def test_a_link_lasts_a_week_at_the_most(here: World, sara: Client, signed: Consent) -> None:
    with pytest.raises(Refused, match="within seven days"):
        made(here, sara, until=here.now + 8 * DAY)


def test_made_again_by_the_same_request_its_code_is_not_told_twice(here: World, sara: Client, signed: Consent) -> None:
    key, clinic = uuid4(), recipient(here)
    pin = proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk
    first, again = (
        share(
            by=here.director, at=here.now, going=going(here, sara, clinic, channel=Channel.LINK), content=CONTENT, proof_id=pin,
            until=here.now + DAY, key=key,
        )
        for _ in range(2)
    )  # fmt: skip
    assert first.link == again.link and first.code and (again.token, again.code) == ("", "")


# Over the wire: the answer tells nothing


def test_every_address_asks_for_the_code_and_whatever_does_not_open_is_answered_the_same(
    here: World, sara: Client, signed: Consent
) -> None:
    # the page asks the real clock: a link of the past has ended, one that was taken back is gone, one never was
    ended = made(here, sara)
    gone = share(
        by=here.director, at=here.now, going=going(here, sara, ended.link.recipient, channel=Channel.LINK), content=CONTENT,
        proof_id=proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk, until=here.now + DAY,
    )  # fmt: skip
    unshare(by=here.director, at=here.now + MINUTE, link_id=gone.link.pk)
    asked, answered = set(), set()
    for token, code in (
        (ended.token, ended.code),
        (gone.token, gone.code),
        ("nothing", "12345678"),
        (ended.token, "x"),
    ):
        page = Browser().get(f"/shared/{token}/")
        asked.add((page.status_code, re.sub(rb'value="\w{64}"', b"", page.content)))
        answer = Browser().post(f"/shared/{token}/", {"code": code})
        answered.add((answer.status_code, answer.content, tuple(sorted(set(answer.headers) - {"Expires"}))))
    assert (len(asked), len(answered)) == (1, 1)
    assert next(iter(asked))[0] == 200 and next(iter(answered))[0] == 404
    assert b"Amari" not in next(iter(answered))[1]
