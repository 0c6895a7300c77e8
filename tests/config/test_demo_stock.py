"""The demonstration's stock: every site counts, the books add up (or it could not be committed), one difference waits."""

from decimal import Decimal

import pytest

from beds.models import BedStay
from emar.models import LedgerEntry, Order, StockLocation, Variance
from emar.queries.stock import draws_for, open_variances, stock_places
from emar.rules.stock import Keeps
from programs.models import Site
from tests.seeded import NOW

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_the_demonstration_counts_what_it_gives() -> None:
    for slug in ("riverbend", "hillcrest"):
        places = stock_places(Site.objects.get(slug=slug), NOW)
        kinds = {place.location.kind for place in places}
        assert kinds == {Keeps.CART.value, Keeps.SAFE.value, Keeps.OWN.value}
        assert all(place.lines for place in places)
        assert all(place.counted and place.keys for place in places if place.location.kind != Keeps.OWN.value)
    assert LedgerEntry.objects.filter(kind="dose").count() > 10
    waits = open_variances(Site.objects.get(slug="riverbend"), NOW)
    assert [(row.location, row.missing, len(row.reports)) for row in waits] == [("Alder cart", Decimal(1), 2)]
    assert Variance.objects.count() == 1
    assert StockLocation.objects.filter(unit_id__isnull=False).count() >= 2


def test_every_controlled_order_of_a_residential_unit_finds_a_line() -> None:
    units = {
        stay.episode_id: stay.bed.room.unit
        for stay in BedStay.objects.current(NOW).select_related("bed__room__unit__site")
    }
    orders = Order.objects.current(NOW).exclude(medication__dea_schedule="").select_related("medication")
    found = 0
    for order in orders.filter(episode__in=units):
        unit = units[order.episode_id]
        draws = draws_for(order, unit.site, NOW, amount=order.dose, unit_id=unit.pk, required=False)
        assert draws.asked
        assert any(choice.fits for choice in draws.choices)
        found += 1
    assert found > 5
