"""The client's answer to a signed plan: drawn on the tablet, by word before a witness, or refused. Kept as it was given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import digest, plain
from chart.actions.plan_common import in_force, record
from chart.models import PlanAgreement
from chart.rules.agreement import DRAWN, INTENT, WORD, answer_findings
from programs.placed import told
from programs.rules.signature import read_strokes, svg_of
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability

WITNESS = Capability.WRITE_NOTES


def purpose_of(plan_id: int) -> str:
    """What a witness enters their PIN for."""
    return f"chart.plan_agreement:{plan_id}"


def agreed_already(asked: Mapping[str, Any]) -> Finding:
    """What a second agreement to one version is told."""
    row = PlanAgreement.objects.exclude(kind="refused").select_related("by", "plan").get(plan=asked["plan_id"])
    words = f"The client agreed to version {row.plan.number} already; {row.by.signature} took the agreement. Nothing was added."
    return stop("plan.agreed", words)


@action("chart.answer_plan", explain={"chart_plan_agreed_once": agreed_already})
def answer_plan(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    kind: str,
    strokes: object = (),
    words: str = "",
    witness_proof_id: int | None = None,
    key: UUID | None = None,
) -> PlanAgreement:
    """Keep what the client said to the version that counts: ``drawn`` with ``strokes`` ([[[x, y, ms], ...], ...], see
    ``programs.rules.signature``), ``word`` with the proof of a witness's PIN, ``refused`` with the reason in ``words``.

    Append-only. A refusal may be followed by an agreement; after that nothing is added. Raises Refused: ``signature.empty``,
    ``signature.unreadable``, ``plan.refused_why``, ``plan.witness``, ``plan.agreed``, ``plan.old_version``, ``plan.unsigned``.
    """
    found, plan = in_force(plan_id, by, at)
    if PlanAgreement.objects.filter(plan=plan).exclude(kind="refused").exists():
        raise Refused(agreed_already({"plan_id": plan_id}))
    drawn = read_strokes(strokes) if kind == DRAWN else ()
    said = plain(words).strip()
    findings = answer_findings(kind, drawn, said)
    if kind == WORD and witness_proof_id is None:
        findings.append(stop("plan.witness", "Somebody else who heard it enters their own PIN as the witness."))
    if findings:
        raise Refused(*findings)
    witness = None
    if kind == WORD and witness_proof_id is not None:
        witness = use(
            witness_proof_id, purpose=purpose_of(plan_id), site=found.site, at=at, capability=WITNESS, but_not=(by.pk,)
        )

    intent, kept = INTENT[kind], [[list(point) for point in stroke] for stroke in drawn or ()]
    row = PlanAgreement.objects.create(
        plan=plan, kind=kind, intent=intent, words=said, strokes=kept, svg=svg_of(drawn) if drawn else "", witness=witness,
        sha256=digest([plan.sha256, kind, intent, said, kept, at.isoformat()]), at=at, by=by,
    )  # fmt: skip
    label = PlanAgreement.Kind(kind).label.lower()
    record("chart.answer_plan", found, by, at, row, f"Plan version {plan.number}: {label}", sha256=row.sha256)
    return row


def answered(row: PlanAgreement, tz: Any) -> str:
    """'Signed on the tablet at 10:42 on 18 Nov, with LPC Danso': an answer in a line."""
    label = PlanAgreement.Kind(row.kind).label
    witness = f", witness {row.witness.signature}" if row.witness is not None else ""
    return f"{label} at {told(row.at, tz)}, with {row.by.signature}{witness}"
