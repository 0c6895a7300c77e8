"""Resolve a count that did not agree, with a cause and two names, and say what was told to the authority."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.actions.asked import refuse_strange_times
from emar.actions.stock.held import EXPLAIN, held, tell_stock, words_of
from emar.actions.stock.signed import witness
from emar.models import CountSigning, Resolution, Variance, VarianceReport
from emar.queries.stock.variances import missing_of
from emar.rules.stock import Cause, Kind, Told, is_reportable, resolution_findings, say_units
from programs.placed import told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _resolved(_: Mapping[str, Any]) -> Finding:
    return stop("variance.resolved", "This difference was resolved already. Reload the page.")


@action("stock.resolve", explain=EXPLAIN | {"emar_resolution_variance_id_key": _resolved})
def resolve(
    *,
    by: Person,
    at: datetime,
    variance_id: int,
    cause: Cause,
    words: str,
    recounted: Decimal,
    proof_id: int | None,
    key: UUID | None = None,
) -> Resolution:
    """Resolve a difference: its cause, what was found out, and what two people counted again. The line is free after this.

    By a supervisor who did not count it, and a second person who is not the one who counted first (emar-safety 19), with their
    PIN (purpose ``Kind.ADJUST.purpose``). The ledger takes what was found, unless the cause says that it was right; either way
    an entry says so. Raises Refused, NotAllowed and Variance.DoesNotExist.
    """
    variance = Variance.objects.get(pk=variance_id)
    line = held(variance.line_id)
    require(by, Capability.STOCK_SUPERVISE, line.site.pk, at)
    if line.variance is None or line.variance.pk != variance.pk:
        raise Refused(_resolved({}))
    counters = _counters(variance)

    found = resolution_findings(
        cause=cause, words=words, recounted=recounted, balance=line.balance, unit=line.row.unit, by=by.pk,
        counters=counters,
    )  # fmt: skip
    if findings := list(found):
        raise Refused(*findings)
    words = words_of("variance.words", words, "Write in a sentence what was found out", 250)
    second = witness(proof_id, Kind.ADJUST, by=by, site=line.site, at=at, but=counters[:1])

    change = Decimal(0) if cause.ledger_right else recounted - line.balance
    entry = line.post(
        Kind.ADJUST, change, by=by, at=at, why=f"{cause.label}: {words}"[:300], variance=variance, proof_id=proof_id
    )
    entry.save()
    made = Resolution.objects.create(
        variance=variance, cause=cause.value, words=words, recounted=recounted, by=by, at=at
    )  # fmt: skip
    line.variance.ended_at = at
    line.variance.save(update_fields=["ended_at"])
    summary = f"{line.name}: {cause.label.lower()}; the ledger says {say_units(line.balance, line.row.unit)}, with {second.signature}"
    record("stock.resolve", by=by, at=at, subject=made, site_id=line.site.pk, summary=summary)

    tell_stock(line.site.pk, [line.row.pk])
    return made


@action("stock.tell_loss")
def tell_loss(
    *,
    by: Person,
    at: datetime,
    variance_id: int,
    what: Told,
    reference: str,
    sent_at: datetime | None = None,
    key: UUID | None = None,
) -> VarianceReport:
    """Write down that the notice or the form of a loss was sent (21 CFR 1301.76(b)): when, to whom, under which number.

    Raises Refused, NotAllowed and Variance.DoesNotExist.
    """
    variance = Variance.objects.select_for_update(of=("self",), no_key=True).get(pk=variance_id)
    site = Variance.objects.select_related("line__location__site").get(pk=variance_id).line.location.site
    require(by, Capability.STOCK_SUPERVISE, site.pk, at)
    sent = at if sent_at is None else sent_at

    reference = words_of("variance.reference", reference, "Say to whom it was sent, and its number", 120)
    refuse_strange_times(at, sent)
    earlier = VarianceReport.objects.filter(variance=variance, what=what.value).select_related("by").first()
    if earlier is not None:
        who = f"{earlier.by.signature} wrote down that it was sent {told(earlier.sent_at, site.tz)}"
        raise Refused(stop("variance.told", f"{what.label}: {who}."))
    if not variance.opened_at <= sent <= at:
        since = told(variance.opened_at, site.tz)
        raise Refused(stop("variance.sent", f"It was sent after the count ({since}) and not later than now."))
    resolution = Resolution.objects.filter(variance=variance).first()
    if not is_reportable(missing_of(variance), None if resolution is None else Cause(resolution.cause)):
        raise Refused(stop("variance.no_loss", "Nothing was lost here, so there is nothing to report."))

    made = VarianceReport.objects.create(
        variance=variance, what=what.value, reference=reference, sent_at=sent, by=by, at=at
    )  # fmt: skip
    record(
        "stock.tell_loss", by=by, at=at, subject=made, site_id=site.pk, summary=f"{what.label} of a loss was sent"
    )  # fmt: skip

    tell_stock(site.pk, [variance.line_id])
    return made


def _counters(variance: Variance) -> tuple[int, ...]:
    """Who counted, the first one first."""
    return tuple(
        CountSigning.objects.filter(count=variance.count_id).order_by("part").values_list("person_id", flat=True)
    )
