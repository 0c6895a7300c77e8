"""Decide, which only a person does: choose a level on ratings, and write down what the client says to it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asam.actions.assessments import replaced
from asam.models import Assessment, ClientPart, Decision
from asam.queries.catalogs import counting
from asam.rules.decision import check_decision
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, stop
from chart.actions.tasks import close_for, raise_task
from programs.models import Placement
from programs.placed import locked, told
from programs.rules.signature import read_strokes, stroke_findings, svg_of
from staff.access import require
from staff.actions.pins import use
from staff.models import Person, Signature
from staff.rules.capabilities import Capability

LONGEST = 1_000  # characters of what the client says


def purpose(assessment_id: int) -> str:
    """What the supervisor enters their PIN for."""
    return f"asam.decide {assessment_id}"


def already_decided(assessment_id: int) -> Finding | None:
    """Who decided on this assessment, what and when; None where nobody has."""
    earlier = (
        Decision.objects.filter(assessment_id=assessment_id).select_related("by", "assessment__episode").first()
    )  # fmt: skip
    if earlier is None:
        return None
    placement = (
        Placement.objects.filter(episode=earlier.assessment.episode, started_at__lte=earlier.at)
        .select_related("program__site")
        .order_by("-started_at")
        .first()
    )
    when = told(earlier.at, placement.program.site.tz) if placement else f"{earlier.at:%H:%M UTC}"
    who = f"{earlier.by.signature} decided {earlier.selected} on these ratings at {when}"
    return stop("asam.already_decided", f"{who}. To decide anew, rate again.", decision_id=earlier.pk)


def _explain_decided(kwargs: Mapping[str, Any]) -> Finding:
    finding = already_decided(kwargs["assessment_id"])
    return finding or stop("asam.already_decided", "Someone decided on these ratings just now. Open the page again.")


@action("asam.decide", explain={"asam_decision_assessment_id_key": _explain_decided})
def decide(
    *,
    by: Person,
    at: datetime,
    assessment_id: int,
    selected: str,
    reasons: Sequence[str],
    texts: Mapping[str, str],
    safety_strategy: str,
    consequences: Sequence[str] = (),
    consequence_text: str = "",
    supervisor_proof: int | None = None,
    client_part: Mapping[str, Any] | None = None,
    key: UUID | None = None,
) -> Decision:
    """Choose a level on an assessment. What was recommended stays beside it; neither is ever changed.

    Another level needs a reason; one that does not cover the recommendation also what is to be expected of it, a safety
    strategy, and a supervisor: someone else who may decide here, by their own PIN (``supervisor_proof``, for ``purpose``).
    ``client_part`` is what ``say_client_part`` takes, where the client was asked already.
    The second of two is told who decided what, and when. Raises Refused: also where somebody rated since, or where the
    catalog that counts now would propose something else; NotAllowed, Assessment.DoesNotExist.
    Source: facts/levels-of-care.md 4.5.
    """
    assessment = Assessment.objects.get(pk=assessment_id)
    placement = locked(assessment.episode_id, at)
    site = placement.program.site
    require(by, Capability.DECIDE, site.pk, at)
    if (decided := already_decided(assessment_id)) is not None:
        raise Refused(decided)

    proposal = assessment.recommendation
    other = replaced(counting(site.organisation_id, at), assessment)
    findings = [
        *_newer(assessment, placement),
        *([stop("asam.catalog_replaced", other)] if other else []),
        *check_decision(
            recommended=proposal["level"], recovery_residence=proposal["recovery_residence"], selected=selected,
            reasons=reasons, texts=texts, consequences=consequences, consequence_text=consequence_text,
            safety_strategy=safety_strategy, supervisor_present=supervisor_proof is not None,
        ),
    ]  # fmt: skip
    if any(finding.severity is Severity.STOP for finding in findings):
        raise Refused(*(finding for finding in findings if finding.severity is Severity.STOP))
    supervisor = None
    if supervisor_proof is not None:
        supervisor = use(
            supervisor_proof, purpose=purpose(assessment_id), site=site, at=at, capability=Capability.DECIDE,
            but_not=(by.pk,),
        )  # fmt: skip

    chosen, expected = sorted(set(reasons)), sorted(set(consequences))
    facts: dict[str, Any] = {
        "recommended": proposal["level"], "recovery_residence": proposal["recovery_residence"], "selected": selected,
        "reasons": chosen, "reason_texts": {code: texts[code].strip() for code in chosen if texts.get(code, "").strip()},
        "consequences": expected, "consequence_text": consequence_text.strip() if expected else "",
        "safety_strategy": safety_strategy.strip(),
    }  # fmt: skip
    seal = sealed(assessment, facts)
    decision = Decision.objects.create(
        assessment=assessment, **facts, supervisor=supervisor, proof_id=supervisor_proof, digest=seal, at=at, by=by
    )
    sign(decision, by, "author", at)
    if supervisor is not None:
        sign(decision, supervisor, "cosign", at)
    trail.record(
        "asam.decide", by=by, at=at, subject=decision, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Level of care decided: {selected}, {decision.recommended} was recommended",
    )  # fmt: skip
    if client_part:
        say_client_part(by=by, at=at, decision_id=decision.pk, **client_part)
    return decision


def sealed(assessment: Assessment, facts: Mapping[str, Any]) -> str:
    """The SHA-256 of what is signed: the ratings, what they came to, and the choice with all that stands beside it."""
    whole = {"assessment": assessment.pk, "ratings": assessment.ratings, "catalog": assessment.source_id, **facts}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def sign(decision: Decision, person: Person, meaning: str, at: datetime) -> None:
    """A person's name under a decision."""
    Signature.objects.create(
        person=person, credentials=person.credentials, meaning=meaning, subject_kind=decision._meta.label,
        subject_id=decision.pk, content_sha256=decision.digest, at=at,
    )  # fmt: skip


@action("asam.client_part")
def say_client_part(
    *,
    by: Person,
    at: datetime,
    decision_id: int,
    says: str,
    willing: bool | None = None,
    able: bool | None = None,
    concerns: str = "",
    would_help: str = "",
    would_accept: str = "",
    why: str = "",
    strokes: object = (),
    key: UUID | None = None,
) -> ClientPart:
    """Write down what the client says to a decision; what was said before stays, the newest counts.

    ``strokes`` is their signature as it was drawn (``programs.rules.signature``), empty where they signed nothing here.
    ``why`` says why they could not be asked; who declines says what worries them or what they would accept. Where a client
    declines, a director is asked to talk with them, until they agree. Raises Refused, NotAllowed, Decision.DoesNotExist.
    """
    decision = Decision.objects.select_related("assessment").get(pk=decision_id)
    placement = locked(decision.assessment.episode_id, at)
    site, client = placement.program.site, placement.episode.client
    require(by, Capability.RATE, site.pk, at)
    texts = {"concerns": concerns, "would_help": would_help, "would_accept": would_accept, "why": why}
    texts = {name: text.strip() for name, text in texts.items()}
    drawn = read_strokes(strokes)
    findings = [
        *_check_part(says, texts, bool(drawn), decision, placement),
        *(stroke_findings(drawn) if drawn != () else []),
    ]
    if findings:
        raise Refused(*findings)

    row = ClientPart.objects.create(
        decision=decision, says=says, willing=willing, able=able, **texts, strokes=drawn or [],
        svg=svg_of(drawn) if drawn else "", at=at, by=by,
    )  # fmt: skip
    if says == ClientPart.Says.AGREES:
        close_for(decision, "asam.declined", by, at, "The client agrees")
    if says == ClientPart.Says.DECLINES:
        raise_task(
            episode_id=decision.assessment.episode_id, kind="asam.declined", by=by, at=at, due_at=at, subject=decision,
            title=f"{decision.selected} is declined by the client", line=(texts["would_accept"] or texts["concerns"])[:300],
            capability=Capability.DECIDE,
        )  # fmt: skip
    trail.record(
        "asam.client_part", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"What the client says to {decision.selected}: {row.get_says_display().lower()}",
    )  # fmt: skip
    return row


def _check_part(
    says: str, texts: Mapping[str, str], drawn: bool, decision: Decision, placement: Placement
) -> list[Finding]:
    findings = []
    if says not in ClientPart.Says.values:
        findings.append(stop("asam.says_missing", "Say whether the client agrees, declines, or could not be asked."))
    if says == ClientPart.Says.NOT_ASKED and not texts["why"]:
        findings.append(stop("asam.not_asked_why", "Say why the client could not be asked yet."))
    if says == ClientPart.Says.NOT_ASKED and drawn:
        findings.append(stop("asam.not_asked_signed", "Who could not be asked cannot have signed."))
    if says == ClientPart.Says.DECLINES and not (texts["concerns"] or texts["would_accept"]):
        findings.append(stop("asam.declines_what", "Write what worries the client, or what they would accept instead."))
    if any(len(text) > (300 if name == "why" else LONGEST) for name, text in texts.items()):
        findings.append(stop("asam.part_long", f"Say each in at most {LONGEST:,} characters (why: 300)."))
    newer = (
        Decision.objects.filter(assessment__episode_id=placement.episode_id, pk__gt=decision.pk)
        .select_related("by")
        .order_by("-pk")
        .first()
    )
    if newer is not None:
        when = told(newer.at, placement.program.site.tz)
        message = f"{newer.by.signature} decided {newer.selected} at {when}. Write what the client says to that one."
        findings.append(stop("asam.newer_decision", message, decision_id=newer.pk))
    return findings


def _newer(assessment: Assessment, placement: Placement) -> list[Finding]:
    """Ratings that someone has taken since: a decision rests on the newest."""
    newest = (
        Assessment.objects.filter(episode_id=assessment.episode_id, pk__gt=assessment.pk)
        .select_related("by")
        .order_by("-pk")
        .first()
    )
    if newest is None:
        return []
    when = told(newest.at, placement.program.site.tz)
    message = f"{newest.by.signature} rated again at {when}. Open the page again and decide on those ratings."
    return [stop("asam.newer_ratings", message, assessment_id=newest.pk)]
