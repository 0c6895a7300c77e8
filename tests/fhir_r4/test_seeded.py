"""The whole demonstration as FHIR: valid, and every reference leads somewhere."""

from collections import Counter

import pytest

from fhir_r4.bulk.write import resources
from fhir_r4.kinds import TYPES
from tests.fhir_r4.valid import loose_ends, twice, wrong_with
from tests.seeded import NOW


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("short_demonstration")
def test_the_demonstration_is_valid_fhir() -> None:
    found = list(resources(NOW, lambda *_: None))
    assert wrong_with(found) == []
    assert loose_ends(found) == set()
    assert twice(found) == set()
    counted = Counter(each["resourceType"] for each in found)
    assert set(TYPES) - {"RelatedPerson"} <= set(counted), counted
