"""A client revokes while a record is being sent: the release is before or after it, never through it."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.rules.findings import Refused
from privacy.actions.consent_events import revoke_consent
from privacy.actions.release import PURPOSE, Content, Permit, release
from privacy.models import Consent, ConsentEvent, Disclosure
from privacy.queries.gate import Going
from tests.factories import World, admit, client, signs, world
from tests.factories.people import proof_of
from tests.privacy.gate_rows import consent, going, recipient

pytestmark = pytest.mark.django_db(transaction=True)


def set_up() -> tuple[World, Going, Consent]:
    """Sara signed a consent for her clinic a month ago."""
    here = world(timezone.now())
    signs(here.director, here.site, at=here.now)
    sara = client(here, "Sara", "Amari")
    admit(here, sara, here.residential, here.beds[0])
    clinic = recipient(here)
    return here, going(here, sara, clinic), consent(here, sara, clinic)


def beside(act: Callable[[], object]) -> Thread:
    """The act on a connection of its own, begun; it waits where the other holds the client."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def waits_for_a_lock() -> bool:
    """Whether a connection of this database waits for another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchall() != [(0,)])


def until_it_waits(other: Thread) -> None:
    """Until the other act stands at the lock; it must not get past it."""
    for _ in range(500):
        if waits_for_a_lock():
            return
        assert other.is_alive(), "the other act did not wait"
        sleep(0.02)
    raise AssertionError("the other act did not wait")


def test_a_revocation_waits_for_the_release_under_way_and_counts_from_then_on() -> None:
    here, asked, signed = set_up()
    others: list[Thread] = []

    def revoked() -> None:
        revoke_consent(by=here.director, at=here.now + timedelta(minutes=1), consent_id=signed.pk, paper="Binder 4")

    def made(permit: Permit) -> bytes:
        others.append(beside(revoked))
        until_it_waits(others[0])
        assert not ConsentEvent.objects.exists()
        return b"what was permitted"

    proof = proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk
    release(by=here.director, at=here.now, going=asked, content=Content("Record", "record.pdf", made), proof_id=proof)
    others[0].join(30)
    assert Disclosure.objects.get().consent == signed
    assert ConsentEvent.objects.get().kind == "revoked"


def test_a_release_that_waited_for_a_revocation_is_refused() -> None:
    here, asked, signed = set_up()
    codes: list[str] = []
    proof = proof_of(here.director, here.site, at=here.now, purpose=PURPOSE).pk

    def sent() -> None:
        content = Content("Record", "record.pdf", lambda permit: b"never made")
        with pytest.raises(Refused) as error:
            release(by=here.director, at=timezone.now(), going=asked, content=content, proof_id=proof)
        codes.extend(finding.code for finding in error.value.findings)

    with transaction.atomic():
        revoke_consent(by=here.director, at=here.now, consent_id=signed.pk, paper="Binder 4")
        other = beside(sent)
        until_it_waits(other)
    other.join(30)
    assert "consent.revoked" in codes
    assert not Disclosure.objects.exists()
