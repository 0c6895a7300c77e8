"""Many people, one bed: exactly one wins, each of the others is told who has it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from admissions.actions.admit import admit
from audit.rules.findings import Refused
from beds.models import BedStay
from programs.models import Episode
from tests.factories import client, world

RACERS = 12


@pytest.mark.django_db(transaction=True)
def test_twelve_admissions_race_for_one_bed() -> None:
    here = world(datetime.now(UTC))
    requests = [client(here, "Racer", f"Number{n}", asks_for="3.5").requests.get().pk for n in range(RACERS)]

    def race(request: int) -> str:
        try:
            admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})
            return "won"
        except Refused as refused:
            return refused.findings[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        outcomes = Counter(pool.map(race, requests))
    assert outcomes == {"won": 1, "bed.occupied": RACERS - 1}
    assert (BedStay.objects.count(), Episode.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_person_is_admitted_once_however_many_try() -> None:
    here = world(datetime.now(UTC))
    request = client(here, "Marisol", "Delgado", asks_for="3.5").requests.get().pk

    def race(bed: int) -> str:
        try:
            admit(by=here.intake, at=here.now, request_id=request, bed_id=bed, reasons={})
            return "won"
        except Refused as refused:
            return refused.findings[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = Counter(pool.map(race, [bed.pk for bed in here.beds]))
    assert outcomes == {"won": 1, "admit.settled": 3}
