"""Hand the keys of a place over, on a count that both stood at."""

from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused
from audit.trail import record
from emar.actions.stock.held import tell_stock
from emar.models import Count, KeyHandover, StockLocation
from emar.rules.stock import KEYS, keys_findings
from staff.access import may, require
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability


@action("stock.hand_over_keys")
def hand_over_keys(
    *, by: Person, at: datetime, count_id: int, proof_id: int, key: UUID | None = None
) -> KeyHandover:  # fmt: skip
    """Hand the keys of the counted place to who enters their PIN (purpose ``emar.rules.stock.KEYS``): one of the two who counted.

    From who has them, who is ``by``, or where nobody has them yet from ``by``; a supervisor may do it for who went home with
    them. The count is the place's newest and at most two hours old. Raises Refused and NotAllowed.
    """
    count = Count.objects.select_related("location__site").get(pk=count_id)
    place = StockLocation.objects.select_for_update(of=("self",), no_key=True).get(pk=count.location_id)
    site = count.location.site
    require(
        by,
        Capability.STOCK if not may(by, Capability.STOCK_SUPERVISE, site.pk, at) else Capability.WITNESS,
        site.pk,
        at,
    )
    last = KeyHandover.objects.filter(location=place).select_related("to_person").order_by("-pk").first()
    newest = Count.objects.filter(location=place, dropped_why="").order_by("-started_at", "-pk").first()

    to = use(proof_id, purpose=KEYS, site=site, at=at, capability=Capability.STOCK)
    finished = count.ended_at if not count.dropped_why else None
    found = keys_findings(
        by=by.pk,
        holder=None if last is None else last.to_person_id,
        holder_name="" if last is None else last.to_person.signature,
        supervises=may(by, Capability.STOCK_SUPERVISE, site.pk, at),
        to=to.pk,
        counters=tuple(count.signings.values_list("person_id", flat=True)),
        counted_at=finished,
        at=at,
        newest=newest is not None and newest.pk == count.pk,
        given_with=KeyHandover.objects.filter(count=count).exists(),
    )
    if findings := list(found):
        raise Refused(*findings)

    giver = by if last is None else last.to_person
    made = KeyHandover.objects.create(
        location=place, count=count, from_person=giver, to_person=to, proof_id=proof_id, at=at, by=by
    )
    record(
        "stock.hand_over_keys", by=by, at=at, subject=made, site_id=site.pk,
        summary=f"Keys of {place.name} from {giver.signature} to {to.signature}",
    )  # fmt: skip

    tell_stock(site.pk, ())
    return made
