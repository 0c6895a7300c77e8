import os, sys
from collections import Counter
from datetime import datetime, UTC, timedelta
import pytest
from config.demo.seed import seed
from config.demo import keeping
from beds.models import *
from beds.queries.cards import cards
from beds.queries.waiting import waiting_list
from beds.queries.page import board_page
from programs.models import *
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 4, tzinfo=UTC)
@pytest.mark.parametrize("n", [int(x) for x in os.environ.get("SEEDS","1").split(",")])
def test_look(n):
    stage = seed(seed=n, now=NOW, days=int(os.environ.get("DAYS","90")))
    print("cast", {k: (v.bed.room.unit.name, v.bed.room.name, v.bed.label) for k, v in stage.cast.items()})
    for site in Site.objects.all():
        cs = cards(site, NOW)
        print(site, Counter(c.state.value for c in cs))
        if n == 1:
            for c in cs: print("  ", c.name, c.state.value, c.who, c.day, c.level, [f.words for f in c.flags], c.why, "until", c.until, "exp", c.expected_at, c.held_for, c.late, c.free_on, c.leaves_today, c.facts.gender_policy if c.client_id is None else c.person.housing_preference)
            for w in waiting_list(site, NOW): print("  W", w.client, w.client.last_name, w.level, w.state, w.priority, w.first, w.ready, w.payer, w.needs)
            for u in board_page(site, NOW).units: print("  U", u.name, u.sub, u.staffed)
            print(board_page(site, NOW).counts)
    for key in ("2.5", "2.1"): print(key, keeping.reached(stage, key))
    for m in (BedStay, Hold, Closure, CleaningJob, Leave, ExpectedDischarge, Precaution, KeepApart, PlacementRequest, Placement, Episode, CapacityNotice): print(m.__name__, m.objects.count())
    print("holds after", Hold.objects.exclude(after=None).count(), "handed", CleaningJob.objects.filter(handed_back=True).count())
    occ = {}
    for u in Unit.objects.all():
        beds = Bed.objects.filter(room__unit=u).count()
        occ[u.name] = [round(100*BedStay.objects.current(NOW - timedelta(days=d)).filter(bed__room__unit=u).count()/beds) for d in range(0, 90, 9)]
    print(occ)
    print(Counter(Episode.objects.values_list("payer", flat=True)), Counter(Episode.objects.values_list("ended_as", flat=True)))
    print(Counter(Precaution.objects.current(NOW).values_list("kind", flat=True)))
