"""The whole demonstration as FHIR: valid, and every reference leads somewhere."""

from collections import Counter
from datetime import UTC, datetime

from config.demo.seed import seed
from fhir_r4.bulk.write import resources
from fhir_r4.kinds import TYPES
from tests.fhir_r4.valid import loose_ends, twice, wrong_with

NOW = datetime(2026, 3, 10, 15, 4, tzinfo=UTC)


def test_the_demonstration_is_valid_fhir(db: None) -> None:
    seed(seed=1, now=NOW, days=2)
    found = list(resources(NOW, lambda *_: None))
    assert wrong_with(found) == []
    assert loose_ends(found) == set()
    assert twice(found) == set()
    counted = Counter(each["resourceType"] for each in found)
    assert set(TYPES) - {"RelatedPerson"} <= set(counted), counted
