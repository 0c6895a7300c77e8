"""What goes with each stay, as lines for COPY: client, episode, placement, bed, cleaning, holds, leaves, orders, levels."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from asam.actions.assessments import stored
from asam.models import Assessment, Catalog
from asam.rules.catalog import load_catalog
from asam.rules.level_of_care import recommend
from beds.models import BedStay, CleaningJob, Hold
from bench.copying import Into
from bench.given import clocks
from bench.levels import some_ratings
from bench.lived import HOUR, Lived, Period, orders_of
from bench.organisation import Size
from bench.today import DAY
from chart.models import Allergy
from emar.models import Medication, Order
from emar.rules.schedule import AsNeeded, FixedTimes, to_json
from programs.models import Client, Episode, ExpectedDischarge, Leave, Organisation, Placement, Precaution
from programs.rules.precautions import Precaution as Kind

Table = tuple[Into, Iterator[str]]
PAYERS = ("Medicaid", "Medicare", "Commercial", "Self-pay", "")
RATED = timedelta(days=25)  # between two level assessments of somebody


def tables(lived: Lived, size: Size, drugs: list[Medication], source: Catalog, at: datetime) -> list[Table]:
    """Each table with its lines."""
    return [
        _clients(lived, at), _episodes(lived), _placements(lived), _orders(lived, size, drugs, at),
        _assessments(lived, source, at), *_stays(lived), *_now_and_then(lived),
    ]  # fmt: skip


def _clients(lived: Lived, at: datetime) -> Table:
    into = Into(
        Client, "id", "record_number", "first_name", "last_name", "born_on", "housing_preference",
        organisation_id=Organisation.objects.get().pk,
    )  # fmt: skip
    seen: set[int] = set()

    def lines() -> Iterator[str]:
        for period in lived.periods:
            client = period.client
            if client not in seen:
                seen.add(client)
                born = (at - (19 + client % 55) * 365 * DAY).date()
                housing = ("any", "women", "men")[client % 3]
                yield into.line(
                    client, f"{client:06}", f"{'ABCDEFGHIJ'[client % 10]}li", f"Person{client}", born, housing
                )

    return into, lines()


def _episodes(lived: Lived) -> Table:
    into = Into(Episode, "id", "client_id", "started_at", "ended_at", "ended_as", "payer")
    return into, (
        into.line(p.number, p.client, p.start, p.end, "completed" if p.end else "", PAYERS[p.number % 5])
        for p in lived.periods
    )


def _placements(lived: Lived) -> Table:
    into = Into(Placement, "id", "episode_id", "program_id", "kind", "level", "started_at", "ended_at")

    def lines() -> Iterator[str]:
        for p in lived.periods:
            program = p.bed.room.unit.program if p.bed is not None else p.group.program  # type: ignore[union-attr]
            yield into.line(p.number, p.number, program.pk, program.kind, program.level, p.start, p.end)

    return into, lines()


def _stays(lived: Lived) -> list[Table]:
    """The bed, and the cleaning after it."""
    stay = Into(BedStay, "id", "bed_id", "episode_id", "client_id", "started_at", "ended_at")
    job = Into(CleaningJob, "bed_id", "after_id", "started_at", "accepted_at", "accepted_by_id", "ended_at")
    inside = [p for p in lived.periods if p.bed is not None]
    left = [(p, p.end) for p in inside if p.end is not None]
    return [
        (stay, (stay.line(p.stay, _bed(p), p.number, p.client, p.start, p.end) for p in inside)),
        _numbered(job, (
            (_bed(p), p.stay, end, end + HOUR / 2, p.ground.people["technician"].pk, end + 2 * HOUR) for p, end in left
        )),
    ]  # fmt: skip


def _now_and_then(lived: Lived) -> list[Table]:
    """What some of the stays of the past had: a hold before, a leave, an expected discharge, a precaution, an allergy."""
    left = [(p, p.end, p.ground.people["intake"].pk) for p in lived.periods if p.bed is not None and p.end is not None]
    hold = Into(Hold, "bed_id", "client_id", "started_at", "until", "ended_at", "by_id")
    leave = Into(Leave, "episode_id", "kind", "started_at", "expected_at", "ended_at")
    out = Into(ExpectedDischarge, "episode_id", "expected_at", "started_at", "ended_at", "by_id")
    minded = Into(Precaution, "client_id", "kind", "started_at", "ended_at", "by_id")
    allergy = Into(Allergy, "client_id", "substance", "reaction", "noted_at")
    kinds = [kind.value for kind in Kind]
    once = {p.client: p for p, *_ in left[1::12]}  # one a client: the same substance is never written twice
    return [
        _numbered(hold, ((_bed(p), p.client, p.start - HOUR, p.start + HOUR, p.start, by) for p, _, by in left[::3])),
        _numbered(leave, (
            (p.number, "pass", end - 20 * HOUR, end - 15 * HOUR, end - 15 * HOUR) for p, end, _ in left[::5]
        )),
        _numbered(out, ((p.number, end, p.start, end, by) for p, end, by in left[::2])),
        _numbered(minded, ((p.client, kinds[p.number % len(kinds)], p.start, end, by) for p, end, by in left[::3])),
        _numbered(allergy, ((p.client, "latex", "rash", p.start) for p in once.values())),
    ]  # fmt: skip


def _orders(lived: Lived, size: Size, drugs: list[Medication], at: datetime) -> Table:
    into = Into(
        Order, "id", "episode_id", "client_id", "started_at", "ended_at", "by_id", "medication_id", "schedule", "indication",
        dose=Decimal(10), unit="mg", route="by mouth", overrides=[], hold_limits=[],
    )  # fmt: skip

    def lines() -> Iterator[str]:
        zone = lived.periods[-1].ground.site.tz
        now = at.astimezone(zone)
        by_place: dict[int, object] = {
            place: to_json(FixedTimes((clock.local,)))
            for clock in clocks(now, size)
            for place in range(*clock.inside)
        }  # fmt: skip
        by_place[size.now + size.later] = to_json(AsNeeded(timedelta(hours=6), 4))
        endings = {
            place: "\t".join(
                (str(drugs[place].pk), json.dumps(schedule), "Headache" if place == size.now + size.later else "")
            )
            for place, schedule in by_place.items()
        }
        for p in lived.periods:
            by, ended = p.ground.people["nurse"].pk, "\\N" if p.end is None else p.end.isoformat()
            middle = f"\t{p.number}\t{p.client}\t{p.start.isoformat()}\t{ended}\t{by}\t"
            for place in range(orders_of(p, size)):
                yield f"{p.order + place}{middle}{endings[place]}{into.tail}"

    return into, lines()


def _assessments(lived: Lived, source: Catalog, at: datetime) -> Table:
    """At the start and every 25 days; what was rated and recommended is one of fifty, as people rate."""
    catalog = load_catalog()
    made = [(ratings, stored(recommend(ratings, catalog))) for ratings in some_ratings(catalog, 50)]
    into = Into(
        Assessment, "episode_id", "by_id", "at", "ratings", "recommendation", kind="level", edition="4",
        catalog=catalog.name, catalog_version=catalog.version, source_id=source.pk,
    )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for p in lived.periods:
            when, turn = p.start, p.number
            while when < (p.end or at):
                yield p.number, p.ground.people["director"].pk, when, *made[turn % 50]
                when, turn = when + RATED, turn + 7

    return _numbered(into, rows())


def _numbered(into: Into, rows: Iterator[tuple[object, ...]]) -> Table:
    """Rows with ids from one: the table's column ``id`` is the one it was not given."""
    numbered = Into(into.model, "id", *into.given, **into.same)
    return numbered, (numbered.line(number, *row) for number, row in enumerate(rows, 1))


def _bed(period: Period) -> int:
    assert period.bed is not None
    return int(period.bed.pk)
