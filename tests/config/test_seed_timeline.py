"""On the demonstration: every line of a timeline stands at a column that its strand names, so the chart hides none; and a pair of
records that may be one person is there to be found."""

from datetime import UTC, datetime, timedelta

import pytest

from chart.queries.merge import pairs
from config.demo.seed import seed
from programs.models import Client, Site
from programs.strands import around, strands
from tests.timeline import EVER

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 4, tzinfo=UTC)
TICK = timedelta(microseconds=1)
FEW = 3  # clients of each strand, and lines of each of them


def test_no_line_of_a_timeline_is_hidden_and_a_duplicate_is_there_to_be_found() -> None:
    seed(seed=1, now=NOW, days=7)
    clients = list(Client.objects.filter(episodes__ended_at=None).order_by("pk").values_list("pk", flat=True))
    told = 0
    for place, strand in enumerate(strands()):
        found = 0
        for pk in clients:
            lines = list(strand.provider(pk, *EVER, NOW))
            kinds = {(line.kind, line.title.split(" ")[0]): line for line in lines}
            for line in list(kinds.values())[:FEW]:
                shown = around([pk], line.at, line.at + TICK, NOW).entries
                assert any(each.at == line.at and each.kind == line.kind for each in shown), (place, line)
                told += 1
            found += bool(lines)
            if found == FEW:
                break
    assert told > 20
    [site, *_] = Site.objects.order_by("position", "pk")
    assert "R09871" in {number for pair in pairs(site) for number in (pair.one.record_number, pair.other.record_number)}
