"""Three tablets of Riverbend, one of them lost, and one dose that a tablet charted without the network after a colleague had."""

from collections.abc import Sequence
from uuid import UUID

from audit.rules.findings import stop
from config.demo.stage import DAY, HOUR, MINUTE, Stage
from emar.device import hashed
from emar.models import Administration, Tablet, TabletDose, Unsettled
from emar.rules.administration import Outcome, say_clock
from programs.models import Site
from staff.models import Person
from staff.rules.capabilities import Role


def write(stage: Stage, given: Sequence[Administration]) -> None:
    """After the doses: ``given`` are the administrations, the newest of Riverbend's becomes the conflict."""
    site, now = Site.objects.get(slug="riverbend"), stage.now
    by, nurse = (stage.on_duty("riverbend", role, now) for role in (Role.ADMINISTRATOR, Role.NURSE))
    dice = stage.dice("tablets")

    def tablet(name: str, **more: object) -> Tablet:
        values = {"registered_at": now - 30 * DAY, "registered_by": by, "seen_by": nurse, "key_id": "demo"} | more
        return Tablet.objects.create(site=site, name=name, secret_sha256=hashed(dice.randbytes(32).hex()), **values)

    cart = tablet("Alder cart", seen_at=now - 2 * MINUTE)
    tablet("Cedar cart", seen_at=now - 3 * HOUR, unsent=2, unsent_since=now - 3 * HOUR - 9 * MINUTE, unsent_by=nurse)
    tablet(
        "Old cart",
        registered_at=min(stage.since, now - 30 * DAY),
        seen_at=now - 9 * DAY,
        revoked_at=now - 8 * DAY,
        revoked_by=by,
    )
    twice = next((row for row in sorted(given, key=_newest) if _fits(row, site, nurse, stage)), None)
    if twice is not None:
        _conflict(site, cart, twice, nurse, UUID(bytes=dice.randbytes(16), version=4))


def _newest(row: Administration) -> float:
    return -row.given_at.timestamp()


def _fits(row: Administration, site: Site, nurse: Person, stage: Stage) -> bool:
    """A scheduled dose that somebody else gave in the last day, before there was time to settle it."""
    here = row.order.episode.placements.filter(program__site=site, ended_at=None).exists()
    lately = stage.now - DAY < row.given_at < stage.now - 20 * MINUTE
    return lately and row.due_at is not None and row.outcome == Outcome.GIVEN and row.by_id != nurse.pk and here


def _conflict(site: Site, cart: Tablet, row: Administration, nurse: Person, key: UUID) -> None:
    at = row.given_at + 4 * MINUTE
    assert row.due_at is not None and row.amount is not None
    order = row.order
    said = {
        "key": str(key), "place": 1, "person_id": nurse.pk, "client_id": order.client_id, "order_id": order.pk,
        "due_at": row.due_at.isoformat(), "outcome": "given", "identifiers": ["wristband"],
        "amount": f"{row.amount.normalize():f}", "unit": row.unit, "device_at": at.isoformat(),
        "contact_at": (at - HOUR).isoformat(), "offset_ms": 0, "title": str(order.medication),
    }  # fmt: skip
    dose = TabletDose.objects.create(
        key=key, tablet=cart, place=1, person=nurse, sent_by=nurse, client=order.client, order=order, due_at=row.due_at,
        said=said, device_at=at, contact_at=at - HOUR, offset_ms=0, offset_now_ms=0, charted_at=at,
        received_at=at + 10 * MINUTE,
    )  # fmt: skip
    words = (
        f"{order.medication.shown} {say_clock(row.due_at, site.tz)} was already charted given at "
        f"{say_clock(row.given_at, site.tz)} by {row.by.signature}."
    )
    finding = stop("dose.already_charted", words)
    Unsettled.objects.create(
        dose=dose, site=site, client=order.client, other=row, at=dose.received_at,
        findings=[{"code": finding.code, "severity": finding.severity.value, "message": finding.message}],
    )  # fmt: skip
