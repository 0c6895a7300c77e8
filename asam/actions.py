"""What can people do here? Rate, which the catalog answers with a proposal; and decide, which only a person does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asam.models import Assessment, Decision
from asam.rules.decision import check_decision
from asam.rules.level_of_care import InvalidRating, Recommendation, load_catalog, recommend
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, stop
from programs.models import Placement
from programs.placed import locked, told
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_EVIDENCE = 2_000  # characters a subdimension


@action("asam.assess")
def assess(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    kind: str,
    ratings: Mapping[str, Sequence[str]],
    evidence: Mapping[str, str],
    key: UUID | None = None,
) -> Assessment:
    """Record ratings taken now, with what the catalog makes of them. Half a form gives a lower bound.

    ``ratings`` maps a subdimension to its codes (none: not yet rated), ``evidence`` to a sentence. Raises Refused for a
    code the catalog does not offer, nothing rated, or an episode that is in no program; NotAllowed.
    """
    placement = locked(episode_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    catalog = load_catalog()

    given = {key: list(codes) for key, codes in ratings.items() if codes}
    words = {key: text.strip() for key, text in evidence.items() if text.strip()}
    try:
        proposal = recommend(given, catalog)
    except InvalidRating as error:
        raise Refused(stop("asam.rating_invalid", str(error), key=error.key)) from error
    findings = [*_check_words(words, {sub.key for sub in catalog.subdimensions})]
    if not given:
        findings.append(stop("asam.nothing_rated", "Nothing is rated yet: rate at least one line, then save."))
    if kind not in Assessment.Kind.values:
        findings.append(stop("asam.kind_unknown", "Choose which kind of assessment it is."))
    if findings:
        raise Refused(*findings)

    assessment = Assessment.objects.create(
        episode_id=episode_id, kind=kind, edition=str(catalog.edition), catalog=catalog.name,
        catalog_version=catalog.version, ratings=given, evidence=words, recommendation=stored(proposal), at=at, by=by,
    )  # fmt: skip
    least = "" if proposal.complete else "at least "
    trail.record(
        "asam.assess", by=by, at=at, subject=assessment, site_id=placement.program.site_id,
        client_id=placement.episode.client_id, summary=f"Level of care rated: {least}{proposal.level} proposed",
    )  # fmt: skip
    return assessment


def stored(proposal: Recommendation) -> dict[str, object]:
    """A recommendation as an assessment keeps it."""
    return {
        "level": proposal.level,
        "recovery_residence": proposal.recovery_residence,
        "flags": sorted(proposal.flags),
        "complete": proposal.complete,
        "drivers": [list(driver) for driver in proposal.drivers],
        "steps": list(proposal.steps),
    }


def _check_words(words: Mapping[str, str], keys: set[str]) -> list[Finding]:
    findings = []
    for key, text in words.items():
        if key not in keys:
            findings.append(stop("asam.evidence_unknown", f"There is nothing to rate under '{key[:40]}'.", key=key))
        elif len(text) > LONGEST_EVIDENCE:
            message = f"Say it in at most {LONGEST_EVIDENCE:,} characters, and write the rest as a note."
            findings.append(stop("asam.evidence_long", message, key=key))
    return findings


def already_decided(assessment_id: int) -> Finding | None:
    """Who decided on this assessment, what and when; None where nobody has."""
    earlier = (
        Decision.objects.filter(assessment_id=assessment_id)
        .select_related("by", "assessment__episode")
        .first()
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
    supervisor: Person | None = None,
    key: UUID | None = None,
) -> Decision:
    """Choose a level on an assessment. What was recommended stays beside it; neither is ever changed.

    Another level needs a reason; one that does not cover the recommendation also a safety strategy and a supervisor,
    who is someone else and may decide at this site. The second of two is told who decided what, and when. Raises
    Refused, NotAllowed, Assessment.DoesNotExist. Source: facts/levels-of-care.md 4.5.
    """
    assessment = Assessment.objects.get(pk=assessment_id)
    placement = locked(assessment.episode_id, at)
    site = placement.program.site
    require(by, Capability.DECIDE, site.pk, at)
    if (decided := already_decided(assessment_id)) is not None:
        raise Refused(decided)

    proposal = assessment.recommendation
    findings = [
        *_newer(assessment, placement),
        *_check_supervisor(supervisor, by, site.pk, at),
        *check_decision(
            recommended=proposal["level"], recovery_residence=proposal["recovery_residence"], selected=selected,
            reasons=reasons, texts=texts, safety_strategy=safety_strategy, supervisor_present=supervisor is not None,
        ),
    ]  # fmt: skip
    if any(finding.severity is Severity.STOP for finding in findings):
        raise Refused(*(finding for finding in findings if finding.severity is Severity.STOP))

    chosen = sorted(set(reasons))
    decision = Decision.objects.create(
        assessment=assessment, recommended=proposal["level"], recovery_residence=proposal["recovery_residence"],
        selected=selected, reasons=chosen,
        reason_texts={code: texts[code].strip() for code in chosen if texts.get(code, "").strip()},
        safety_strategy=safety_strategy.strip(), supervisor=supervisor, at=at, by=by,
    )  # fmt: skip
    trail.record(
        "asam.decide", by=by, at=at, subject=decision, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Level of care decided: {selected}, {decision.recommended} was recommended",
    )  # fmt: skip
    return decision


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


def _check_supervisor(supervisor: Person | None, by: Person, site_id: int, at: datetime) -> list[Finding]:
    if supervisor is None:
        return []
    if supervisor.pk == by.pk:
        return [stop("asam.supervisor_same", "A supervisor is someone else than the person who decides.")]
    if not may(supervisor, Capability.DECIDE, site_id, at):
        message = f"{supervisor.signature} may not decide levels of care here. Choose someone of the list."
        return [stop("asam.supervisor_not_allowed", message)]
    return []
