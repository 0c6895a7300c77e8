"""No answer came, and the page sends the act again: it is done once, and nobody is told that a colleague was first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Session
from django.utils import timezone

from beds.models import CleaningJob, Hold
from tests import signing
from tests.factories import World, client, world


@pytest.fixture
def here(db: None) -> World:
    return world(timezone.now())


@pytest.fixture
def intake(here: World) -> Session:
    return signing.signed_in(here.intake, hx_request="true")


def test_a_hold_that_was_let_go_already_by_this_very_tap(here: World, intake: Session) -> None:
    bed, until = here.beds[0], here.now + timedelta(days=1)
    held = Hold.objects.create(
        bed=bed, client=client(here, "Kay", "Osei"), started_at=here.now - timedelta(hours=1), until=until, ended_at=until,
        by=here.intake,
    )  # fmt: skip
    address, asked = f"/beds/{bed.pk}/release/", {"of": held.pk, "key": str(uuid4())}
    for _ in range(2):
        answer = intake.post(address, asked)
        assert (answer.status_code, answer["HX-Trigger"]) == (200, "stepwell:done")
    other = intake.post(address, asked | {"key": str(uuid4())})
    assert (other.status_code, "nobody holds it any more" in other.content.decode()) == (422, True)
    colleague = signing.signed_in(here.director, hx_request="true").post(address, asked)
    assert colleague.status_code in (403, 422), "another person's key says nothing"


def test_a_cleaning_that_was_finished_already_by_this_very_tap(here: World) -> None:
    job = CleaningJob.objects.create(bed=here.beds[0], started_at=here.now - timedelta(hours=1))
    cleans = signing.signed_in(here.housekeeper, hx_request="true")
    asked = {"of": job.pk, "key": str(uuid4())}
    for _ in range(2):
        assert cleans.post(f"/beds/{here.beds[0].pk}/finish/", asked).status_code == 200
    assert cleans.post(f"/beds/{here.beds[0].pk}/finish/", asked | {"key": str(uuid4())}).status_code == 422
