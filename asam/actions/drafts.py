"""Ratings under way: begun after the question about danger, kept as they are pressed, saved once, or given up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asam.actions.assessments import LONGEST_EVIDENCE, Support, assess, prescreen
from asam.actions.catalogs import kept
from asam.models import Assessment, Draft, DraftPart, DraftSupport, PreScreen
from asam.models.drafts import versions_of
from asam.queries.catalogs import counting, known
from asam.rules.catalog import Catalog, differences
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from programs.models import Placement
from programs.placed import last, locked, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

MOST_ATTACHED = 40  # of an assessment


def _explain_open(kwargs: Mapping[str, Any]) -> Finding:
    return stop(
        "asam.draft_open", "Someone began to rate this client just now. Open the page again and go on together."
    )


@action("asam.begin_rating", explain={"asam_one_open_draft": _explain_open})
def begin_rating(
    *, by: Person, at: datetime, episode_id: int, kind: str, danger: str, done: str = "", key: UUID | None = None
) -> PreScreen:
    """Answer the question about danger; where nothing stops, a draft begins. What was pressed in it survives every break.

    Raises Refused: a draft is open (by whom, since when), the kind is unknown, and what ``prescreen`` raises; NotAllowed.
    """
    placement = locked(episode_id, at)
    site = placement.program.site
    require(by, Capability.RATE, site.pk, at)
    if kind not in Assessment.Kind.values:
        raise Refused(stop("asam.kind_unknown", "Choose which kind of assessment it is."))
    standing = Draft.objects.filter(episode_id=episode_id, closed_at=None).select_related("by").first()
    if standing is not None and danger == PreScreen.Danger.NONE:
        when = told(standing.begun_at, site.tz)
        raise Refused(stop("asam.draft_open", f"{standing.by.signature} began to rate at {when}. Go on in that one."))

    row = prescreen(by=by, at=at, episode_id=episode_id, danger=danger, done=done)
    if not row.stops:
        Draft.objects.create(
            episode_id=episode_id, kind=kind, source=kept(counting(site.organisation_id, at), at), prescreen=row,
            begun_at=at, by=by,
        )  # fmt: skip
    return row


@action("asam.save_part")
def save_part(
    *,
    by: Person,
    at: datetime,
    draft_id: int,
    number: int,
    version: int,
    ratings: Mapping[str, Sequence[str]],
    evidence: Mapping[str, str],
    views: Mapping[str, str],
    window: str = "",
    leaves: bool = False,
    key: UUID | None = None,
) -> DraftPart:
    """Keep one dimension of a draft as it stands on the page; ``version`` is the one it was opened with (0: none).

    ``window`` names the page. Its own last word (``leaves``: it goes on to another screen) counts also where a save of
    the same page was still on its way when it was pressed. Only what belongs to the dimension is kept; the same content
    again is no save. Raises Refused: someone saved it from another window since (who, when), a code that does not exist,
    the draft was saved or given up; NotAllowed.
    """
    draft, placement = _open(draft_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    catalog = known(draft.source).catalog
    mine = _of_dimension(catalog, number, ratings, evidence, views)
    part = draft.parts.select_for_update(of=("self",)).select_related("by").filter(number=number).first()
    if part is not None and (part.ratings, part.evidence, part.views) == mine:
        return part
    own = part is not None and leaves and bool(window) and part.window == window
    if (part.version if part else 0) != version and not own:
        who = (
            f"{part.by.signature} saved this dimension at {told(part.saved_at, placement.program.site.tz)}"
            if part
            else "It was emptied"
        )
        raise Refused(
            stop("asam.part_changed", f"{who} in another window. Open the page again: nothing of theirs is lost.")
        )

    part = part or DraftPart(draft=draft, number=number)
    part.ratings, part.evidence, part.views = mine
    part.version, part.window, part.saved_at, part.by = part.version + 1, window[:36], at, by
    part.save()
    return part


@action("asam.attach")
def attach(
    *, by: Person, at: datetime, draft_id: int, support: Support, attached: bool, key: UUID | None = None
) -> Draft:
    """Attach something of the chart to a dimension of a draft, or take it off again. Doing so twice changes nothing."""
    draft, placement = _open(draft_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    same = draft.support.filter(dimension=support.dimension, kind=support.kind, of=support.of)
    if not attached:
        same.delete()
        return draft
    if draft.support.count() >= MOST_ATTACHED:
        raise Refused(stop("asam.attached_most", f"{MOST_ATTACHED} things are attached already. Take one off first."))
    if not same.exists():
        DraftSupport.objects.create(
            draft=draft, dimension=support.dimension, kind=support.kind, of=support.of, words=support.words[:300],
            happened_at=support.happened_at,
        )  # fmt: skip
    return draft


@action("asam.drop_rating")
def drop_rating(*, by: Person, at: datetime, draft_id: int, key: UUID | None = None) -> Draft:
    """Give a draft up: nothing of it becomes a record. Raises Refused, NotAllowed."""
    draft, placement = _open(draft_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    draft.closed_at, draft.dropped_by = at, by
    draft.save(update_fields=["closed_at", "dropped_by"])
    trail.record(
        "asam.drop_rating", by=by, at=at, subject=draft, site_id=placement.program.site_id,
        client_id=placement.episode.client_id, summary="Ratings that were not saved were given up",
    )  # fmt: skip
    return draft


@action("asam.finish_rating")
def finish_rating(*, by: Person, at: datetime, draft_id: int, seen: str, key: UUID | None = None) -> Assessment:
    """Save a draft as an assessment. ``seen`` names the versions that were on the page (``versions_of``).

    Raises Refused: somebody changed a part since, another catalog counts by now (then the draft moves to it, and codes that
    are gone are not rated any more: look again), and what ``assess`` raises; NotAllowed.
    """
    draft = Draft.objects.get(pk=draft_id)
    placement = locked(draft.episode_id, at)
    draft, _ = _open(draft_id, at)
    site = placement.program.site
    require(by, Capability.RATE, site.pk, at)
    parts = list(draft.parts.order_by("number"))
    findings = []
    if (counts := counting(site.organisation_id, at)).row is not None and counts.row.pk != draft.source_id:
        words = f"Catalog {counts.words} counts by now; these ratings were begun by {draft.source}."
        findings.append(stop("asam.draft_catalog", f"{words} Take them over to it, look at what changed, then save."))
    elif versions_of(parts) != seen:
        newest = max(parts, key=lambda part: part.saved_at)
        who = f"{newest.by.signature} changed dimension {newest.number} at {told(newest.saved_at, site.tz)}"
        findings.append(stop("asam.draft_changed", f"{who}. Look the ratings over again, then save."))
    if findings:
        raise Refused(*findings)

    assessment = assess(
        by=by, at=at, episode_id=draft.episode_id, kind=draft.kind, prescreen_id=draft.prescreen_id,
        ratings={name: codes for part in parts for name, codes in part.ratings.items()},
        evidence={name: text for part in parts for name, text in part.evidence.items()},
        views={name: text for part in parts for name, text in part.views.items()},
        support=[
            Support(row.dimension, row.kind, row.of, row.words, row.happened_at)
            for row in draft.support.order_by("dimension", "happened_at", "pk")
        ],
    )  # fmt: skip
    draft.closed_at, draft.assessment = at, assessment
    draft.save(update_fields=["closed_at", "assessment"])
    return assessment


@action("asam.take_over_catalog")
def take_over_catalog(*, by: Person, at: datetime, draft_id: int, key: UUID | None = None) -> Draft:
    """Move a draft to the catalog that counts now. Codes that it lacks are 'not yet rated' again. Raises Refused, NotAllowed."""
    draft, placement = _open(draft_id, at)
    site = placement.program.site
    require(by, Capability.RATE, site.pk, at)
    counts = counting(site.organisation_id, at)
    row = kept(counts, at)
    if row.pk == draft.source_id:
        return draft

    changes = differences(known(draft.source).catalog, counts.catalog)
    for part in draft.parts.select_for_update():
        part.ratings, part.evidence, part.views = _of_dimension(
            counts.catalog, part.number, part.ratings, part.evidence, part.views, keep_unknown=False
        )
        part.version += 1
        part.save()
    was, draft.source = str(draft.source), row
    draft.save(update_fields=["source"])
    trail.record(
        "asam.take_over_catalog", by=by, at=at, subject=draft, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Ratings under way moved from catalog {was} to {row}", detail={"changes": list(changes)[:50]},
    )  # fmt: skip
    return draft


def _open(draft_id: int, at: datetime) -> tuple[Draft, Placement]:
    """The draft, locked and still open, and its episode's newest placement. Raises Refused, Draft.DoesNotExist."""
    draft = Draft.objects.select_for_update(of=("self",)).select_related("source", "dropped_by").get(pk=draft_id)
    placement = last(draft.episode_id, at)
    assert placement is not None  # a draft begins in one
    if draft.closed_at is not None:
        when = told(draft.closed_at, placement.program.site.tz)
        how = f"given up by {draft.dropped_by.signature}" if draft.dropped_by else "saved"
        raise Refused(stop("asam.draft_closed", f"These ratings were {how} at {when}. Open the level page again."))
    return draft, placement


Parts = tuple[dict[str, list[str]], dict[str, str], dict[str, str]]


def _of_dimension(
    catalog: Catalog,
    number: int,
    ratings: Mapping[str, Sequence[str]],
    evidence: Mapping[str, str],
    views: Mapping[str, str],
    *,
    keep_unknown: bool = True,
) -> Parts:
    """What of the given belongs to a dimension, in its shape. Raises Refused for a code that does not exist (or leaves it out)."""
    dimension = catalog.dimension(number)
    if dimension is None:
        raise Refused(stop("asam.dimension_unknown", "There is no such dimension in this catalog."))
    rated: dict[str, list[str]] = {}
    for sub in dimension.subdimensions:
        codes = [code for code in ratings.get(sub.key, ()) if code]
        wrong = [code for code in codes if sub.code(code) is None]
        if wrong and keep_unknown:
            offered = ", ".join(code.code for code in sub.codes)
            sentence = f"{sub.label} has no code '{wrong[0][:20]}'; it offers {offered}."
            raise Refused(stop("asam.rating_invalid", sentence, key=sub.key))
        codes = [code for code in codes if code not in wrong]
        if codes:
            rated[sub.key] = codes
    keys, topics = [sub.key for sub in dimension.subdimensions], [key for key, _ in dimension.talked_about]
    long = [key for key, text in (*evidence.items(), *views.items()) if len(text) > LONGEST_EVIDENCE]
    if long:
        sentence = f"Say it in at most {LONGEST_EVIDENCE:,} characters, and write the rest as a note."
        raise Refused(stop("asam.evidence_long", sentence, key=long[0]))
    return (
        rated,
        {key: evidence[key] for key in keys if evidence.get(key, "").strip()},
        {key: views[key] for key in topics if views.get(key, "").strip()},
    )
