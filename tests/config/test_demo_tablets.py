"""The demonstration's tablets: one fine, one that was not heard of for hours, one lost; and one dose to settle."""

from datetime import datetime

import pytest

from emar.queries.tablets import tablet_rows
from emar.queries.unsettled import unsettled_rows
from programs.models import Site


@pytest.mark.long
@pytest.mark.django_db
def test_the_demonstration_has_a_dose_to_settle_and_a_tablet_to_look_for(demonstration: datetime) -> None:
    site = Site.objects.get(slug="riverbend")
    rows = tablet_rows(site, demonstration)
    assert [row.name for row in rows] == ["Cedar cart", "Alder cart", "Old cart"]
    assert [row.said for row in rows] == ["2 unsent", "nothing unsent", "revoked, not heard of since"]
    [waits] = unsettled_rows(site.pk, demonstration)
    assert waits.record_says is not None
    assert waits.record_says.by != waits.tablet_says.by
    assert waits.extra
