"""One cluster and one load for all faults of a file: they happen one after the other, as in a bad week."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import copied, own
from tests.faults.cluster import a_cluster
from tests.faults.ward import Ward
from tests.faults.world import carry, furnish


@pytest.fixture(scope="module")
def ward(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ward]:
    """Everybody is at work."""
    with a_cluster() as cluster:
        with django_db_blocker.unblock(), copied(own("faults")):
            shift = furnish()
            carry(cluster)
        cluster.start()
        made = Ward(cluster, shift)
        made.open()
        try:
            yield made
        finally:
            made.close()
