"""Read two records of one person as one, and take them apart again. No other row is changed by either.

What must warn whoever reads the record that stays (allergies, precautions, keep-apart rules) is written there too, as rows of
its own that the merge names; taking the records apart ends those that still hold.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Lower

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from chart.models import Allergy, NoKnownAllergies
from chart.queries.merge import records
from chart.rules.merge import merge_findings, why_findings
from programs.models import Client, KeepApart, Merge, Precaution
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}


def changed_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What the second of two merges at one moment is told."""
    return stop("merge.changed", "One of these records was merged or opened just now. Look at both again.")


@action(
    "chart.merge",
    explain=dict.fromkeys(
        ("programs_merge_one_at_a_time", "programs_merge_no_chain", "programs_merge_at_rest"), changed_meanwhile
    ),
)
def merge(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    into_id: int,
    site_id: int,
    why: str,
    overrides: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> Merge:
    """From now on ``client_id`` is read as ``into_id``. Raises Refused (``chart.rules.merge``), NotAllowed, Client.DoesNotExist."""
    require(by, Capability.MERGE, site_id, at)
    locked = Client.objects.select_for_update(of=("self",)).filter(pk__in={client_id, into_id}).order_by("pk")
    clients = {client.pk: client for client in locked}
    if {client_id, into_id} - set(clients):
        raise Client.DoesNotExist
    known = records(clients, at)
    findings = why_findings(why) + merge_findings(known[client_id], known[into_id])
    overridden = refuse_unless_overridden(findings, overrides)

    goes, kept = clients[client_id], clients[into_id]
    carried = _carry(goes, kept, by=by, at=at)
    row = Merge.objects.create(client=goes, into=kept, why=why.strip(), carried=carried, started_at=at, by=by)
    for client in (kept, goes):
        trail.record(
            "chart.merge", by=by, at=at, subject=row, site_id=site_id, client_id=client.pk,
            summary=f"{goes.record_number} is read as {kept.record_number}: {why.strip()}",
            detail={"client": goes.pk, "into": kept.pk, "carried": carried}, overridden=overridden, reasons=overrides,
        )  # fmt: skip
    return row


@action("chart.unmerge")
def unmerge(*, by: Person, at: datetime, merge_id: int, site_id: int, why: str, key: UUID | None = None) -> Merge:
    """From now on the two are two again: each is read as it was written. Raises Refused, NotAllowed, Merge.DoesNotExist."""
    require(by, Capability.MERGE, site_id, at)
    found = Merge.objects.get(pk=merge_id)
    list(Client.objects.select_for_update(of=("self",)).filter(pk__in={found.client_id, found.into_id}).order_by("pk"))
    row = Merge.objects.select_related("client", "into", "ended_by").get(pk=merge_id)
    findings = why_findings(why)
    if row.ended_by is not None:
        findings.append(
            stop("merge.apart", f"{row.ended_by.signature} already took these records apart. Reload the page.")
        )
    elif row.started_at >= at:
        findings.append(changed_meanwhile({}))
    if findings:
        raise Refused(*findings)

    row.ended_at, row.ended_by, row.ended_why = at, by, why.strip()
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])
    _give_back(row, by=by, at=at)
    for client in (row.into, row.client):
        trail.record(
            "chart.unmerge", by=by, at=at, subject=row, site_id=site_id, client_id=client.pk,
            summary=f"{row.client.record_number} and {row.into.record_number} are two records again: {why.strip()}",
        )  # fmt: skip
    return row


def _carry(goes: Client, kept: Client, *, by: Person, at: datetime) -> dict[str, list[int]]:
    """Write for the record that stays what the other one warns of; the keys of what was written, and of what it ended."""
    known = set(Allergy.objects.filter(client=kept, ended_at=None).values_list(Lower("substance"), flat=True))
    theirs = [
        each for each in Allergy.objects.filter(client=goes, ended_at=None) if each.substance.lower() not in known
    ]
    none_known = (
        NoKnownAllergies.objects.filter(client=kept, ended_at=None) if theirs else NoKnownAllergies.objects.none()
    )
    ended = list(none_known.values_list("pk", flat=True))
    NoKnownAllergies.objects.filter(pk__in=ended).update(ended_at=at)
    allergies = [
        Allergy.objects.create(
            client=kept, substance=each.substance, kind=each.kind, reaction=each.reaction, severity=each.severity,
            source=each.source, noted_at=at, noted_by=by,
        )
        for each in theirs
    ]  # fmt: skip
    held = set(Precaution.objects.current(at).filter(client=kept).values_list("kind", flat=True))
    precautions = [
        Precaution.objects.create(client=kept, kind=each.kind, started_at=at, by=by)
        for each in Precaution.objects.current(at).filter(client=goes)
        if each.kind not in held
    ]
    return {
        "allergies": [row.pk for row in allergies],
        "none_known": ended,
        "precautions": [row.pk for row in precautions],
        "apart": [row.pk for row in _apart(goes, kept, by=by, at=at)],
    }


def _apart(goes: Client, kept: Client, *, by: Person, at: datetime) -> list[KeepApart]:
    """The keep-apart rules of the one that goes, written for the one that stays where it has none with that person."""
    rules = KeepApart.objects.current(at)
    mine = {pk for pair in _pairs(kept) for pk in pair} - {kept.pk}
    made = []
    for rule in (*rules.filter(first=goes), *rules.filter(second=goes)):
        other = rule.second_id if rule.first_id == goes.pk else rule.first_id
        if other in mine or other == kept.pk:
            continue
        first, second = sorted((kept.pk, other))
        made.append(KeepApart.objects.create(first_id=first, second_id=second, why=rule.why, started_at=at, by=by))
    return made


def _pairs(client: Client) -> list[tuple[int, int]]:
    """Who stands in a rule with a client that has not ended."""
    open_ones = KeepApart.objects.filter(ended_at=None)
    found = open_ones.filter(first=client).union(open_ones.filter(second=client))
    return [(row.first_id, row.second_id) for row in found]


def _give_back(row: Merge, *, by: Person, at: datetime) -> None:
    """End what the merge wrote and still holds, and let 'no known allergies' hold again where nothing else came."""
    carried: dict[str, list[int]] = row.carried
    why = f"Carried from {row.client.record_number}; the records were taken apart"
    for allergy in Allergy.objects.filter(pk__in=carried["allergies"], ended_at=None):
        allergy.ended_at, allergy.ended_by, allergy.ended_why = at, by, why
        allergy.save()
    Precaution.objects.filter(pk__in=carried["precautions"], ended_at=None).update(ended_at=at)
    KeepApart.objects.filter(pk__in=carried["apart"], ended_at=None).update(ended_at=at)
    if not Allergy.objects.filter(client=row.into, ended_at=None).exists():
        for asked in NoKnownAllergies.objects.filter(pk__in=carried["none_known"]):
            NoKnownAllergies.objects.create(client=row.into, started_at=at, by=asked.by)
