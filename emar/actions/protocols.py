"""Write a protocol, change it and end it. A prescriber attests the table; nothing is in force that nobody attested."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from chart.scales import withdrawal_scales
from emar.models import Protocol
from emar.rules.protocols import Band, Stretch, Table, bands_to_json, table_findings
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = {"name": 80, "ingredient": 80, "unit": 20, "source": 300}


def named_already(asked: Mapping[str, Any]) -> Finding:
    """What a second protocol of one name is told."""
    words = "This site has a protocol of that name. Change that one, or choose another name."
    return stop("protocol.name", words)


def changed_already(asked: Mapping[str, Any]) -> Finding:
    """What a second change of one protocol is told: who was first."""
    newer = Protocol.objects.select_related("by").filter(replaces=asked["replaces_id"]).first()
    who = "Someone" if newer is None else newer.by.signature
    return stop(
        "protocol.changed", f"{who} changed this protocol meanwhile. Open the newer one and look at that first."
    )


@action(
    "emar.write_protocol",
    explain={"emar_protocol_once": named_already, "emar_protocol_replaces_id_key": changed_already},
)
def write_protocol(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    name: str,
    scale: str,
    ingredient: str,
    unit: str,
    bands: Sequence[Band],
    source: str,
    attested: bool,
    low: int = 0,
    stretches: Sequence[Stretch] = (),
    end_hours: int | None = None,
    replaces_id: int | None = None,
    key: UUID | None = None,
) -> Protocol:
    """Put a protocol in force from now on; with ``replaces_id`` it takes the place of that one, which ends now.

    Orders that name the old one keep it, and are told that it ended. Raises Refused (codes: docs/withdrawal.md), NotAllowed and
    Site.DoesNotExist.
    """
    require(by, Capability.WRITE_ORDERS, site_id, at)
    site = Site.objects.select_for_update().get(pk=site_id)
    old = None if replaces_id is None else _running(replaces_id, site_id, at)
    found = withdrawal_scales().get(scale)
    if found is None:
        raise Refused(stop("protocol.scale", "Choose the scale this protocol goes by."))

    words = {
        "name": name.strip(),
        "ingredient": ingredient.strip().lower(),
        "unit": unit.strip(),
        "source": source.strip(),
    }
    hours = None if end_hours is None else timedelta(hours=min(max(end_hours, 0), 10_000))
    table = Table(scale, found.top, words["ingredient"], words["unit"], tuple(bands), low, tuple(stretches), hours)
    findings = [*_words(words), *table_findings(table, found.name)]
    if end_hours is not None and not 1 <= end_hours <= 336:
        findings.append(stop("protocol.end", "Scoring ends after 1 to 336 hours of low scores, or not at all."))
    if not attested:
        words_ = "A prescriber reads the table and attests it before use. Tick that you did."
        findings.append(stop("protocol.attest", words_))
    if findings:
        raise Refused(*findings)

    if old is not None:
        old.ended_at, old.ended_by, old.ended_why = at, by, "Changed"
        old.save(update_fields=["ended_at", "ended_by", "ended_why"])
    row = Protocol.objects.create(
        site=site, **words, scale=scale, top=found.top, bands=bands_to_json(bands), low=low,
        stretches=[{"times": each.times, "recheck_minutes": each.recheck_minutes} for each in stretches],
        end_hours=end_hours, attested=True, by=by, started_at=at, replaces=old,
    )  # fmt: skip
    record(
        "emar.write_protocol", by=by, at=at, subject=row, site_id=site_id,
        summary=f"Protocol {row.name} {'changed' if old else 'written'} and attested", detail={"replaces": replaces_id},
    )  # fmt: skip
    return row


@action("emar.end_protocol")
def end_protocol(
    *, by: Person, at: datetime, site_id: int, protocol_id: int, why: str, key: UUID | None = None
) -> Protocol:
    """End a protocol now: it proposes nothing any more. Raises Refused, NotAllowed and Protocol.DoesNotExist."""
    require(by, Capability.WRITE_ORDERS, site_id, at)
    Site.objects.select_for_update().get(pk=site_id)
    row = _running(protocol_id, site_id, at)

    if not 1 <= len(why.strip()) <= 120 or "\x00" in why:
        raise Refused(stop("protocol.why", "Say why it ends, in at most 120 characters."))

    row.ended_at, row.ended_by, row.ended_why = at, by, why.strip()
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])

    summary = f"Protocol {row.name} ended: {row.ended_why}"
    record("emar.end_protocol", by=by, at=at, subject=row, site_id=site_id, summary=summary)
    return row


def _running(protocol_id: int, site_id: int, at: datetime) -> Protocol:
    """The protocol under lock; Refused where it ended, Protocol.DoesNotExist where the site has none such."""
    row = Protocol.objects.select_for_update(of=("self",)).select_related("ended_by").get(pk=protocol_id, site=site_id)
    if row.ended_at is not None:
        if Protocol.objects.filter(replaces=row).exists():
            raise Refused(changed_already({"replaces_id": protocol_id}))
        who = "" if row.ended_by is None else f" by {row.ended_by.signature}"
        raise Refused(stop("protocol.ended", f"{row.name} was ended{who} already. Write a new one if it is wanted."))
    if row.started_at >= at:
        raise Refused(stop("protocol.ended", f"{row.name} was written this very moment. Wait and try again."))
    return row


def _words(words: Mapping[str, str]) -> list[Finding]:
    found = []
    for name, most in LONGEST.items():
        if not 1 <= len(words[name]) <= most or "\x00" in words[name]:
            what = "where these numbers come from" if name == "source" else f"the {name}"
            found.append(stop(f"protocol.{name}", f"Enter {what}, in at most {most} characters."))
    return found
