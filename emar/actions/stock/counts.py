"""Count a place: one person, then another, each with their own PIN; the balance is compared once both numbers are in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.actions.stock.held import Held, hold, location_of, tell_stock, words_of
from emar.models import Count, CountNumber, CountSigning, StockLocation, Variance
from emar.queries.stock.asked import lines_to_count
from emar.rules.stock import COUNT, Shift, counter_findings, numbers_findings
from staff.access import require
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability


def _counting(kwargs: Mapping[str, Any]) -> Finding:
    running = Count.objects.filter(location=kwargs["location_id"], ended_at=None).select_related("by").first()
    who = "Someone" if running is None else running.by.signature
    return stop("count.running", f"{who} began a count of this place already. Go on with that one.")


def _counted_meanwhile(_: Mapping[str, Any]) -> Finding:
    return stop("count.done", "These numbers were put in already. Reload the sheet.")


@action("stock.start_count", explain={"emar_one_open_count_a_place": _counting})
def start_count(*, by: Person, at: datetime, location_id: int, shift: Shift, key: UUID | None = None) -> Count:
    """Begin a count of a place: the sheet is its lines that hold something, and those emptied since the last count.

    Raises Refused (count.running names who began), NotAllowed and StockLocation.DoesNotExist.
    """
    place = location_of(location_id)
    require(by, Capability.STOCK, place.site_id, at)
    # what is opened or moved in after this is on the next sheet
    StockLocation.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)

    if Count.objects.filter(location=place, ended_at=None).exists():
        raise Refused(_counting({"location_id": place.pk}))
    asked = lines_to_count(place.pk)
    if not asked:
        raise Refused(stop("count.nothing", f"{place.name} holds nothing to count. Receive stock first."))

    count = Count.objects.create(location=place, shift=shift.value, asked=asked, started_at=at, by=by)
    record(
        "stock.start_count", by=by, at=at, subject=count, site_id=place.site_id, summary=f"Count of {place.name} begun"
    )  # fmt: skip

    tell_stock(place.site_id, ())
    return count


@action("stock.drop_count")
def drop_count(*, by: Person, at: datetime, count_id: int, why: str, key: UUID | None = None) -> Count:
    """Drop a count before anybody put numbers in; after that it is finished. Raises Refused and NotAllowed."""
    count = _lock(count_id)
    place = count.location
    require(by, Capability.STOCK, place.site_id, at)

    why = words_of("count.why", why, "Say why the count is dropped", 120)
    if count.ended_at is not None:
        raise Refused(stop("count.done", "This count is finished already."))
    if count.signings.exists():
        words = "Numbers are in, so this count is finished by a second person, now or later. It cannot be dropped."
        raise Refused(stop("count.has_numbers", words))

    count.ended_at, count.dropped_why = at, why
    count.save(update_fields=["ended_at", "dropped_why"])
    record(
        "stock.drop_count", by=by, at=at, subject=count, site_id=place.site_id, summary=f"Count of {place.name} dropped"
    )  # fmt: skip

    tell_stock(place.site_id, ())
    return count


@action(
    "stock.put_numbers",
    explain={
        "emar_count_each_part_once": _counted_meanwhile,
        "emar_count_by_two_people": lambda _: stop("count.same_person", "The second count is another person's."),
    },
)
def put_numbers(
    *,
    by: Person,
    at: datetime,
    count_id: int,
    numbers: Mapping[int, Decimal],
    proof_id: int,
    key: UUID | None = None,
) -> CountSigning:
    """Put in what one person counted, line id to amount, one for every line of the sheet: first the one, then another person.

    Who counted is who entered the PIN (purpose ``emar.rules.stock.COUNT``); ``by`` is whose tablet it is. Each number stands
    beside the balance of its instant. With the second the count ends: a number that differs from its balance opens a difference,
    which locks the line. Raises Refused and NotAllowed; nothing of the balance is said before.
    """
    count = _lock(count_id)
    place = count.location
    require(by, Capability.WITNESS, place.site_id, at)
    first = count.signings.select_related("person").first()
    if count.ended_at is not None:
        raise Refused(_counted_meanwhile({}))

    if found := numbers_findings(count.asked, numbers):
        raise Refused(*found)
    needs = Capability.STOCK if first is None else Capability.WITNESS
    person = use(proof_id, purpose=COUNT, site=place.site, at=at, capability=needs)
    if same := list(counter_findings(person.pk, person.signature, None if first is None else first.person_id)):
        raise Refused(*same)
    lines = hold(count.asked)

    signing = CountSigning.objects.create(
        count=count, part=1 if first is None else 2, person=person, proof_id=proof_id, by=by, at=at
    )
    rows = CountNumber.objects.bulk_create(
        CountNumber(signing=signing, line=line.row, counted=numbers[pk], balance=line.balance, number=line.number)
        for pk, line in lines.items()
    )
    opened = [] if first is None else _finish(count, first, rows, lines, at)
    summary = _summary(count, first, person, opened)
    record("stock.put_numbers", by=by, at=at, subject=signing, site_id=place.site_id, summary=summary)

    tell_stock(place.site_id, lines)
    return signing


def _lock(count_id: int) -> Count:
    return Count.objects.select_for_update(of=("self",), no_key=True).select_related("location__site").get(pk=count_id)


def _finish(
    count: Count, first: CountSigning, seconds: Sequence[CountNumber], lines: Mapping[int, Held], at: datetime
) -> list[Variance]:
    """End the count and open a difference for every line that does not agree, but for one that is open already."""
    before = {number.line_id: number for number in first.numbers.all()}
    opened = Variance.objects.bulk_create(
        Variance(
            line_id=second.line_id, count=count, first=one.counted, first_expected=one.balance, counted=second.counted,
            expected=second.balance, opened_at=at,
        )
        for second in seconds
        if ((one := before[second.line_id]).counted != one.balance or second.counted != second.balance)
        and lines[second.line_id].variance is None
    )  # fmt: skip
    count.ended_at = at
    count.save(update_fields=["ended_at"])
    return opened


def _summary(count: Count, first: CountSigning | None, person: Person, opened: Sequence[Variance]) -> str:
    place = count.location
    if first is None:
        return f"{person.signature} counted {place.name} first"
    both = f"{place.name} counted by {first.person.signature} and {person.signature}"
    if not opened:
        return f"{both}: it agrees"
    return f"{both}: {len(opened)} of {len(count.asked)} lines do not agree and are locked"
