"""On the demonstration: every line of a timeline stands at a column that its strand names, so the chart hides none; and a pair of
records that may be one person is there to be found."""

from collections import Counter
from datetime import timedelta

import pytest

from chart.queries.merge import pairs
from chart.queries.tasks import everything
from chart.rules.waiting import Viewer
from programs.models import Client, Site
from programs.strands import around, strands
from staff.models import Person
from staff.rules.capabilities import Role
from tests.seeded import NOW
from tests.timeline import EVER

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
HANDFUL = 60  # lines that are late at the larger site, but for level reviews; it has a hundred people in care
TICK = timedelta(microseconds=1)
FEW = 3  # clients of each strand, and lines of each of them


def test_no_line_of_a_timeline_is_hidden_and_a_duplicate_is_there_to_be_found() -> None:
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


def test_a_handful_is_late_and_the_rest_was_done() -> None:
    site, director = Site.objects.get(slug="riverbend"), Person.objects.get(username="director")
    viewer = Viewer(director.pk, site.pk, frozenset({Role.DIRECTOR}))
    late = Counter(
        line.title for line in everything(site, viewer, NOW) if line.late and line.title != "Level-of-care review"
    )
    assert 3 < sum(late.values()) < HANDFUL, (sum(late.values()), late)
