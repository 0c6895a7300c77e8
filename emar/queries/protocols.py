"""Which protocols a site has, and what stands against an order that names one."""

from datetime import datetime

from django.db.models import QuerySet

from audit.rules.findings import Finding, stop
from chart.scales import scale as scale_of
from emar.models import Medication, Protocol
from emar.rules.orders.facts import Sig
from emar.rules.orders.kinds import StartKind
from emar.rules.protocols import named_findings
from programs.models import Site

STARTS = {StartKind.INDUCTION: "buprenorphine", StartKind.CONTINUES_OTP: "methadone"}
"""Of which ingredient an order is that begins, or carries on, so."""


def protocols_at(site_id: int, at: datetime) -> QuerySet[Protocol]:
    """The protocols in force at a site, by name, with who wrote them."""
    return Protocol.objects.current(at).filter(site=site_id).select_related("by").order_by("name", "pk")


def protocols_for(site_id: int, medication: Medication, at: datetime) -> list[Protocol]:
    """Those an order of this medication may name."""
    return list(protocols_at(site_id, at).filter(ingredient=medication.ingredient))


def sig_findings(sig: Sig, medication: Medication, site: Site, at: datetime) -> list[Finding]:
    """What stands against the protocol and the kind of start that an order names. One query, none where it names neither."""
    found: list[Finding] = []
    if sig.start_kind not in set(StartKind):
        found.append(stop("order.start_kind", "Choose whether it begins treatment, carries it on, or neither."))
    elif (needed := STARTS.get(StartKind(sig.start_kind))) and needed not in medication.ingredient_names:
        words = f"{StartKind(sig.start_kind).label} is said of {needed}, not of {medication.shown}. Choose neither."
        found.append(stop("order.start_kind", words))
    if sig.protocol_id is None:
        return found
    row = Protocol.objects.filter(pk=sig.protocol_id, site=site.pk).first()
    if row is None:
        return [*found, stop("order.protocol", "This site has no such protocol. Choose one of the list.")]
    if row.started_at > at or (row.ended_at is not None and row.ended_at <= at):
        words = f"The protocol {row.name} is not in force any more. Choose the newer one, or order without."
        return [*found, stop("order.protocol", words)]
    scale = scale_of(row.scale)
    found += named_findings(
        row.table, f"{row.name} ({scale.name if scale else row.scale})", ingredient=medication.ingredient,
        unit=sig.unit.strip(), least=sig.dose, most=sig.dose_max, as_needed=sig.schedule.get("kind") == "as_needed",
    )  # fmt: skip
    return found
