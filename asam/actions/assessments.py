"""Rate: the question about danger that comes first, and ratings, which their catalog answers with a proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from asam.actions.catalogs import kept
from asam.models import Assessment, AssessmentEvidence, PreScreen
from asam.queries.catalogs import Known, counting
from asam.rules.catalog import Catalog
from asam.rules.level_of_care import InvalidRating, Recommendation, early_stop, recommend
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from programs.placed import locked, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_EVIDENCE = 2_000  # characters a subdimension, or a topic
URGENT = timedelta(minutes=15)  # until somebody has looked after a person in danger


@dataclass(frozen=True)
class Support:
    """Something of the chart that a rating rests on, as it is said now; ``of`` is its key in its own table."""

    dimension: int
    kind: str
    of: int
    words: str
    happened_at: datetime


@action("asam.prescreen")
def prescreen(
    *, by: Person, at: datetime, episode_id: int, danger: str, done: str = "", key: UUID | None = None
) -> PreScreen:
    """Record whether the person is in immediate danger. Where they are, nothing is rated: an urgent task is raised at once.

    ``done`` says what was done about it, and must be said. Raises Refused, NotAllowed.
    Source: facts/levels-of-care.md 3.2 and 4.1.
    """
    placement = locked(episode_id, at)
    site, client = placement.program.site, placement.episode.client
    require(by, Capability.RATE, site.pk, at)
    findings = []
    if danger not in PreScreen.Danger.values:
        findings.append(stop("asam.danger_unknown", "Say first whether the person is in immediate danger."))
    elif danger != PreScreen.Danger.NONE and not done.strip():
        findings.append(
            stop("asam.danger_done", "Say what was done: who was called, when, and who stays with the person.")
        )
    if len(done.strip()) > 600:
        findings.append(stop("asam.danger_long", "Say it in at most 600 characters, and write the rest as a note."))
    if findings:
        raise Refused(*findings)

    over = PreScreen.objects.filter(episode_id=episode_id, at__lte=at).order_by("-at", "-pk").first()
    row = PreScreen.objects.create(episode_id=episode_id, danger=danger, done=done.strip(), at=at, by=by)
    if over is not None and over.stops and not row.stops:
        close_for(over, "asam.danger", by, at, "The danger is over: asked again")
    if row.stops:
        raise_task(
            episode_id=episode_id, kind="asam.danger", title=row.get_danger_display(), by=by, at=at,
            line=f"Belongs in {row.setting}. {row.done}"[:300], due_at=at + URGENT, urgent=True, subject=row,
            capability=Capability.DECIDE,
        )  # fmt: skip
    trail.record(
        "asam.prescreen", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"Before rating: {row.get_danger_display().lower()}",
    )  # fmt: skip
    return row


@action("asam.assess")
def assess(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    kind: str,
    ratings: Mapping[str, Sequence[str]],
    evidence: Mapping[str, str],
    views: Mapping[str, str] | None = None,
    support: Sequence[Support] = (),
    prescreen_id: int | None = None,
    key: UUID | None = None,
) -> Assessment:
    """Record ratings taken now, with what the catalog that counts makes of them. Half a form gives a lower bound.

    ``ratings`` maps a subdimension to its codes (none: not yet rated), ``evidence`` to a sentence, ``views`` a topic to what
    the person said, ``support`` is what of the chart they rest on. Raises Refused for a code the catalog does not offer,
    nothing rated, a danger that was recorded last, an episode that is in no program, or a treatment-planning
    assessment that is not whole; NotAllowed.
    """
    placement = locked(episode_id, at)
    site = placement.program.site
    require(by, Capability.RATE, site.pk, at)
    known = counting(site.organisation_id, at)
    catalog = known.catalog

    given = {key: list(codes) for key, codes in ratings.items() if codes}
    words, said = _words(evidence), _words(views or {})
    try:
        proposal = recommend(given, catalog)
    except InvalidRating as error:
        raise Refused(stop("asam.rating_invalid", str(error), key=error.key)) from error
    findings = [
        *_check_words(words, {sub.key for sub in catalog.subdimensions}, "asam.evidence"),
        *_check_words(said, set(catalog.topics), "asam.views"),
        *_danger(episode_id, at, site.tz),
        *_check_kind(kind, given, said, proposal, catalog),
    ]
    if findings:
        raise Refused(*findings)

    assessment = Assessment.objects.create(
        episode_id=episode_id, kind=kind, edition=str(catalog.edition), catalog=catalog.name,
        catalog_version=catalog.version, source=kept(known, at), prescreen_id=prescreen_id, ratings=given,
        evidence=words, views=said, recommendation=stored(proposal, settled=early_stop(given, proposal, catalog)),
        at=at, by=by,
    )  # fmt: skip
    AssessmentEvidence.objects.bulk_create(
        AssessmentEvidence(
            assessment=assessment, dimension=each.dimension, kind=each.kind, of=each.of, words=each.words[:300],
            happened_at=each.happened_at,
        )
        for each in support
    )  # fmt: skip
    least = "" if proposal.complete else "at least "
    trail.record(
        "asam.assess", by=by, at=at, subject=assessment, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Level of care rated: {least}{proposal.level} proposed",
    )  # fmt: skip
    return assessment


def stored(proposal: Recommendation, *, settled: bool = False) -> dict[str, object]:
    """A recommendation as an assessment keeps it; ``settled``: the first three dimensions decide, the rest was left."""
    return {
        "level": proposal.level,
        "recovery_residence": proposal.recovery_residence,
        "flags": sorted(proposal.flags),
        "complete": proposal.complete,
        "settled": settled and not proposal.complete,
        "drivers": [list(driver) for driver in proposal.drivers],
        "steps": list(proposal.steps),
    }


def replaced(known: Known, assessment: Assessment) -> str:
    """What is to be said where another catalog counts now than when these ratings were taken; '' where it is the same,
    or where the one that counts now comes to the same."""
    if known.row is not None and known.row.pk == assessment.source_id:
        return ""
    try:
        now = recommend(assessment.ratings, known.catalog)
    except InvalidRating as error:
        return f"Catalog {known.words} counts now, and cannot read these ratings: {error} Rate again."
    kept_level = assessment.recommendation["level"], assessment.recommendation["recovery_residence"]
    if (now.level, now.recovery_residence) == kept_level:
        return ""
    return (
        f"Catalog {known.words} counts now. By it these ratings come to {now.level}, not {kept_level[0]}"
        f"{'' if now.level != kept_level[0] else ' with the same housing'}. Rate again."
    )


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text.strip() for key, text in texts.items() if text.strip()}


def _check_words(words: Mapping[str, str], keys: set[str], code: str) -> list[Finding]:
    findings = []
    for key, text in words.items():
        if key not in keys:
            findings.append(stop(f"{code}_unknown", f"There is nothing under '{key[:40]}' in this catalog.", key=key))
        elif len(text) > LONGEST_EVIDENCE:
            message = f"Say it in at most {LONGEST_EVIDENCE:,} characters, and write the rest as a note."
            findings.append(stop(f"{code}_long", message, key=key))
    return findings


def _danger(episode_id: int, at: datetime, tz: ZoneInfo) -> list[Finding]:
    """A danger that was recorded last stands against rating until somebody says that it is over."""
    newest = (
        PreScreen.objects.filter(episode_id=episode_id, at__lte=at).select_related("by").order_by("-at", "-pk").first()
    )
    if newest is None or not newest.stops:
        return []
    when = told(newest.at, tz)
    message = f"{newest.by.signature} recorded at {when}: {newest.get_danger_display().lower()}. Answer the question about danger again."
    return [stop("asam.danger_stands", message, prescreen_id=newest.pk)]


def _check_kind(
    kind: str, given: Mapping[str, object], said: Mapping[str, str], proposal: Recommendation, catalog: Catalog
) -> list[Finding]:
    """What each kind of assessment must have: a plan rests on a whole picture, and on what the person said."""
    if kind not in Assessment.Kind.values:
        return [stop("asam.kind_unknown", "Choose which kind of assessment it is.")]
    if not given:
        return [stop("asam.nothing_rated", "Nothing is rated yet: rate at least one line, then save.")]
    if kind != Assessment.Kind.PLANNING:
        return []
    findings = []
    if not proposal.complete:
        missing = ", ".join(sub.label for sub in catalog.subdimensions if not given.get(sub.key))
        findings.append(stop("asam.planning_not_whole", f"A plan rests on a whole picture. Not rated yet: {missing}."))
    if catalog.topics and not said:
        sentence = "A plan begins with what the person wants: write at least one line in their own words, in the last dimension."
        findings.append(stop("asam.planning_views", sentence))
    return findings
