"""The demonstration has something that waits for a nurse and for a prescriber, and what is older is closed."""

import pytest

from emar.models import Administration, Order, Reassessment
from emar.queries import pass_lines
from emar.queries.patches import worn
from emar.queries.tasks import tasks
from programs.models import Site
from tests.seeded import NOW


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_tasks_day_clients_and_patches_are_there() -> None:
    site = Site.objects.get(slug="riverbend")
    found = tasks(site, NOW)
    assert any(row.found.count >= 2 for row in found.refused)
    assert sorted(row.overdue for row in found.cosigns) == [False, True]
    assert 1 <= len(found.owed) <= 8
    assert any(line.unit == "PHP Riverbend: day clients" for line in pass_lines(site, at=NOW))
    looked = Reassessment.objects.filter(results__isnull=False).count()
    assert looked > 0.8 * Administration.objects.filter(due_at=None).count() - 8
    clients = set(Order.objects.filter(medication__sites="patch").values_list("client_id", flat=True))
    assert clients
    assert all(sum(each.on for each in worn(client, NOW)) <= 1 for client in clients)
