"""Other systems: an account with scopes, tokens that are kept as hashes, and what they may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from audit.models import Event
from audit.rules.findings import Refused
from staff.access import NotAllowed
from staff.actions import close_service, give_token, make_service, new_token, revoke_token
from staff.models import Person, ServiceAccount, ServiceToken
from staff.rules.capabilities import Role
from staff.rules.services import A_MINUTE, WRONG_A_MINUTE, Scope
from staff.service import Bearer, TooMany, service_of
from tests.factories import World, assign, person, world
from tests.signing import signed_in

DAY = timedelta(days=1)


@pytest.fixture
def here(db: None) -> World:
    """Tokens are looked at by the clock, so the world stands a little before it."""
    cache.clear()
    return world(datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def chief(here: World) -> Person:
    return assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)


@pytest.fixture
def feed(here: World, chief: Person) -> ServiceAccount:
    return make_service(by=chief, at=here.now, site_id=here.site.pk, name="Laboratory feed", scopes=[Scope.FHIR_READ])


def token_for(feed: ServiceAccount, chief: Person, here: World, *, good_for: timedelta = 30 * DAY) -> str:
    made = new_token()
    give_token(by=chief, at=here.now, site_id=here.site.pk, account_id=feed.pk, token=made, good_for=good_for)
    return made


def asks(token: str, address: str = "10.0.0.1") -> ServiceAccount | None:
    return service_of(RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"}, REMOTE_ADDR=address))


def test_a_live_token_names_its_account_and_only_its_hash_is_kept(
    feed: ServiceAccount, chief: Person, here: World
) -> None:
    token = token_for(feed, chief, here)
    assert asks(token) == feed
    kept = ServiceToken.objects.get()
    assert kept.used_at is not None
    assert token not in str(list(ServiceToken.objects.values())) + str(list(Event.objects.values()))
    assert token.startswith(kept.begins)


def test_no_token_a_wrong_one_and_a_session_are_no_account(feed: ServiceAccount, chief: Person, here: World) -> None:
    token = token_for(feed, chief, here)
    assert service_of(RequestFactory().get("/")) is None
    assert asks(token[:-1] + "~") is None
    assert asks("swt_") is None
    assert asks(token.upper()) is None


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_account(
    feed: ServiceAccount, chief: Person, here: World
) -> None:
    short = token_for(feed, chief, here, good_for=timedelta(hours=1))
    assert asks(short) == feed
    revoked, standing = token_for(feed, chief, here), token_for(feed, chief, here)
    row = ServiceToken.objects.filter(begins=revoked[:8]).latest("pk")
    revoke_token(by=chief, at=datetime.now(UTC), site_id=here.site.pk, token_id=row.pk)
    with pytest.raises(Refused, match="revoked already"):
        revoke_token(by=chief, at=datetime.now(UTC), site_id=here.site.pk, token_id=row.pk)
    assert (asks(revoked), asks(standing)) == (None, feed)
    close_service(by=chief, at=datetime.now(UTC), site_id=here.site.pk, account_id=feed.pk)
    assert (asks(short), asks(standing)) == (None, None)
    with pytest.raises(Refused, match="is closed"):
        token_for(feed, chief, here)


def test_an_expired_token_is_none(feed: ServiceAccount, chief: Person, here: World) -> None:
    made = new_token()
    long_ago = here.now - 2 * DAY
    give_token(by=chief, at=long_ago, site_id=here.site.pk, account_id=feed.pk, token=made, good_for=timedelta(hours=1))
    assert asks(made) is None


def test_a_route_asks_for_its_scope(feed: ServiceAccount, chief: Person, here: World) -> None:
    token, request = token_for(feed, chief, here), RequestFactory().get("/")
    assert Bearer(Scope.FHIR_READ).authenticate(request, token) == feed
    with pytest.raises(NotAllowed, match=r"lacks the scope fhir\.export"):
        Bearer(Scope.FHIR_EXPORT).authenticate(request, token)


def test_a_token_that_asks_too_often_and_an_address_that_guesses_are_slowed_down(
    feed: ServiceAccount, chief: Person, here: World
) -> None:
    token = token_for(feed, chief, here)
    for _ in range(A_MINUTE):
        assert asks(token) == feed
    with pytest.raises(TooMany, match="Wait a minute"):
        asks(token)
    for _ in range(WRONG_A_MINUTE):
        assert asks("swt_guessed", "10.9.9.9") is None
    with pytest.raises(TooMany, match="wrong tokens"):
        asks("swt_guessed", "10.9.9.9")
    assert asks("swt_guessed", "10.9.9.8") is None


def test_who_makes_one_and_what_it_is_called_is_asked(chief: Person, feed: ServiceAccount, here: World) -> None:
    asked: dict[str, Any] = {"at": here.now, "site_id": here.site.pk}
    with pytest.raises(NotAllowed, match="Ask an administrator"):
        make_service(by=here.director, name="Mine", scopes=[Scope.FHIR_READ], **asked)
    with pytest.raises(Refused, match="Choose another name"):
        make_service(by=chief, name="Laboratory feed", scopes=[Scope.FHIR_READ], **asked)
    with pytest.raises(Refused, match="at least one thing"):
        make_service(by=chief, name="Another", scopes=[], **asked)
    with pytest.raises(Refused, match="1 hour to 366 days"):
        token_for(feed, chief, here, good_for=400 * DAY)


def test_the_person_of_an_account_signs_in_nowhere(feed: ServiceAccount) -> None:
    assert not feed.person.is_active
    assert not feed.person.has_usable_password()
    assert feed.person.name == "Laboratory feed (system)"


@pytest.mark.parametrize("column", ["digest", "expires_at", "begins"])
def test_the_database_keeps_a_token_as_it_was_given(
    column: str, feed: ServiceAccount, chief: Person, here: World
) -> None:
    token_for(feed, chief, here)
    value = {"digest": "0" * 64, "expires_at": here.now + 400 * DAY, "begins": "swt_other"}[column]
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceToken.objects.update(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceToken.objects.all().delete()
    with pytest.raises(IntegrityError, match="staff_token_is_hashed"), transaction.atomic():
        ServiceToken.objects.create(
            account=feed, digest=new_token(), begins="swt_", made_at=here.now, by=chief, expires_at=here.now + DAY
        )


def test_the_page_shows_a_token_once(chief: Person, here: World) -> None:
    session = signed_in(chief)
    session.post("/staff/systems/", {"name": "Exchange", "scope": ["fhir.read"]})
    account = ServiceAccount.objects.get()
    page = session.post(f"/staff/systems/{account.pk}/token/", {"days": "90"}).content.decode()
    shown = page.partition('class="token__text">')[2].partition("<")[0]
    assert asks(shown) == account
    assert shown not in session.get("/staff/systems/").content.decode()
    assert session.post("/staff/systems/987654321/token/", {"days": "90"}).status_code == 404
