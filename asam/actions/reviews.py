"""Write a review of a level: keep its draft, sign it, confirm it; and set a program's rule. Nothing is decided by software."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from asam.models import LevelReview, ReviewConfirmation, ReviewDraft, ReviewPolicy
from asam.queries.due import newest_reviews
from asam.queries.reviewing import Reviewing, reviewing
from asam.rules.levels import LEVELS
from asam.rules.review_frame import Written, check_review
from asam.rules.review_policy import check_policy
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from programs.models import Placement, Program
from programs.placed import locked, told
from staff.access import may, require
from staff.actions.pins import use
from staff.models import Person, Signature
from staff.rules.capabilities import Capability

CONFIRM = "asam.confirm_review"
WITHIN = timedelta(hours=24)  # to confirm; Illinois asks it at residential medical levels (facts/levels-of-care.md 5.3)
MOST_TYPED = 40_000  # characters of a draft


@dataclass(frozen=True)
class Answer:
    """A review as it was written on the page. ``progress`` is by the number of a dimension."""

    outcome: str
    conditions: Sequence[str]
    why: str
    plan_change: str = ""
    against: str = ""
    to_level: str = ""
    next_on: date | None = None
    progress: Mapping[int, str] = field(default_factory=dict)
    corrected_why: str = ""


def purpose(episode_id: int) -> str:
    """What the second person enters their PIN for."""
    return f"asam.review {episode_id}"


def asks_of(author: Person, level: str, site_id: int, at: datetime) -> Capability | None:
    """Whose name a review needs beside its author's: at a medically managed level a prescriber's, else a director's; None where
    the author is one. Source: facts/levels-of-care.md 5.3."""
    managed = level in LEVELS and LEVELS[level].managed == "medically"
    needed = Capability.WRITE_ORDERS if managed else Capability.DECIDE
    return None if may(author, needed, site_id, at) else needed


def _begun(kwargs: Mapping[str, Any]) -> Finding:
    return stop(
        "asam.review_draft", "Somebody began this review at the same moment. Open the page again and go on together."
    )


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("asam.reviewed", "Somebody signed a review at the same moment. Open the page again.")


@action("asam.save_review_draft", explain={"asam_one_review_draft": _begun})
def save_review_draft(
    *, by: Person, at: datetime, episode_id: int, version: int, typed: Mapping[str, Any], window: str = "",
    key: UUID | None = None,
) -> ReviewDraft:  # fmt: skip
    """Keep a review as it stands on the page; ``version`` is the one it was opened with (0: none).

    The same words again are no save. Raises Refused: somebody saved it in another window since (who, when), it is too long, the
    episode ended; NotAllowed.
    """
    placement = locked(episode_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    draft = ReviewDraft.objects.select_for_update(of=("self",)).select_related("by").filter(
        episode_id=episode_id, closed_at=None
    ).first()  # fmt: skip
    kept = {name: value for name, value in typed.items() if value}
    if draft is not None and draft.typed == kept:
        return draft
    if len(json.dumps(kept)) > MOST_TYPED:
        raise Refused(stop("asam.review_long", f"A draft keeps {MOST_TYPED:,} characters. Take some out."))
    if (draft.version if draft else 0) != version:
        raise Refused(_changed(draft, placement, at))

    draft = draft or ReviewDraft(episode_id=episode_id, begun_at=at)
    draft.typed, draft.window, draft.version = kept, window[:36], draft.version + 1
    draft.saved_at, draft.by = at, by
    draft.save()
    return draft


@action("asam.drop_review_draft")
def drop_review_draft(*, by: Person, at: datetime, draft_id: int, key: UUID | None = None) -> ReviewDraft:
    """Put a draft away: nothing of it becomes a record. Doing so twice changes nothing. Raises NotAllowed, Refused."""
    draft = ReviewDraft.objects.select_for_update(of=("self",)).get(pk=draft_id)
    placement = locked(draft.episode_id, at)
    require(by, Capability.RATE, placement.program.site_id, at)
    if draft.closed_at is None:
        draft.closed_at = at
        draft.save(update_fields=["closed_at"])
    return draft


@action("asam.review", explain={"asam_one_first_review": _raced, "asam_levelreview_follows_id_key": _raced})
def write_review(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    answer: Answer,
    seen: int | None,
    proof: int | None = None,
    corrects: int | None = None,
    key: UUID | None = None,
) -> LevelReview:
    """Sign a review. ``seen`` is the last review that was on the page (None: there was none), ``proof`` the PIN of the second person.

    It restarts the clock of reviews; it moves nobody, and decides no level: a step is decided on ratings and carried out by itself.
    ``corrects`` names the last review: the new row takes its place and keeps the day on which it was held. Where the author's name is
    not enough and nobody confirms now, a task asks for it within a day.
    Raises Refused: somebody wrote one since (who, what, when), what ``check_review`` says, the catalog comes to something else now,
    the episode or its placement ended; NotAllowed. Source: facts/levels-of-care.md 5.1, 5.3.
    """
    placement = locked(episode_id, at)
    site = placement.program.site
    require(by, Capability.RATE, site.pk, at)
    stands = reviewing(placement, at)
    if (stands.last.pk if stands.last else None) != seen:
        raise Refused(_newer(stands.last, placement))
    if corrects is not None:
        _check_correction(stands.last, corrects, answer)

    today = at.astimezone(site.tz).date()
    written = Written(
        answer.outcome, tuple(dict.fromkeys(answer.conditions)), answer.why, answer.plan_change, answer.against, answer.to_level,
        answer.next_on, {number: text for number, text in answer.progress.items() if text.strip()},
    )  # fmt: skip
    rests = stands.rests(corrects=stands.last if corrects else None)
    findings = check_review(written, level=stands.level, rests=rests, today=today, longest=stands.why.policy.days)
    if stands.replaced and answer.outcome != LevelReview.Outcome.DISCHARGE:
        findings.append(stop("asam.catalog_replaced", stands.replaced))
    if findings:
        raise Refused(*findings)
    asked = asks_of(by, stands.level, site.pk, at)
    second = None
    if proof is not None and asked is not None:
        second = use(proof, purpose=purpose(episode_id), site=site, at=at, capability=asked, but_not=(by.pk,))

    review = _written(by, at, placement, stands, written, asked, corrects, answer)
    _sign(review, by, "author", at)
    if second is not None:
        _confirm(review, second, at, proof)
    elif asked is not None:
        raise_task(
            episode_id=episode_id, kind=CONFIRM, by=by, at=at, due_at=at + WITHIN, subject=review, capability=asked,
            title="Confirm a review of the level", line=review.get_outcome_display(),
        )  # fmt: skip
    for draft in ReviewDraft.objects.select_for_update().filter(episode_id=episode_id, closed_at=None):
        draft.closed_at = at
        draft.save(update_fields=["closed_at"])
    trail.record(
        "asam.review", by=by, at=at, subject=review, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Level reviewed at {review.level}: {review.get_outcome_display().lower()}",
    )  # fmt: skip
    return review


@action("asam.confirm_review")
def confirm_review(
    *, by: Person, at: datetime, review_id: int, proof: int | None = None, key: UUID | None = None
) -> ReviewConfirmation:
    """Put a second name under a review: ``by``, signed in themselves, or whoever entered the PIN of ``proof``.

    Raises Refused: it needs none, it has one already (whose, when), it was corrected since, the author confirms themselves; NotAllowed.
    """
    review = LevelReview.objects.select_related("by", "confirmation__by", "placement__program__site").get(pk=review_id)
    placement = locked(review.episode_id, at)
    site = placement.program.site
    require(by, Capability.SEE_LEVELS, site.pk, at)
    earlier = getattr(review, "confirmation", None)
    if not review.asks:
        raise Refused(stop("asam.confirm_none", "The author's own name is enough for this review."))
    if earlier is not None:
        when = told(earlier.at, site.tz)
        raise Refused(stop("asam.confirmed", f"{earlier.by.signature} confirmed this review at {when}."))
    if LevelReview.objects.filter(corrects=review).exists():
        raise Refused(
            stop("asam.review_corrected", "This review was corrected since. Open the newest and confirm that.")
        )
    needed = Capability(review.asks)
    if proof is not None:
        second = use(
            proof, purpose=purpose(review.episode_id), site=site, at=at, capability=needed, but_not=(review.by_id,)
        )
    else:
        require(by, needed, site.pk, at)
        if by.pk == review.by_id:
            raise Refused(stop("asam.confirm_self", "Who wrote a review cannot confirm it. Ask somebody else."))
        second = by
    row = _confirm(review, second, at, proof)
    trail.record(
        "asam.confirm_review", by=second, at=at, subject=review, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"Review confirmed: {review.get_outcome_display().lower()}",
    )  # fmt: skip
    return row


@action("asam.set_review_policy")
def set_review_policy(
    *,
    by: Person,
    at: datetime,
    program_id: int,
    days: int,
    hours: int | None,
    off: Sequence[str],
    why: str,
    key: UUID | None = None,
) -> ReviewPolicy:
    """Set by which rule the clients of a program are due, from now on; what was set before stays in its history.

    Raises Refused with what ``check_policy`` says, or for a recovery residence; NotAllowed, Program.DoesNotExist.
    """
    program = Program.objects.select_for_update(no_key=True).get(pk=program_id)
    require(by, Capability.DECIDE, program.site_id, at)
    findings = check_policy(days, hours, off, why)
    if program.kind != Program.Kind.TREATMENT:
        findings.append(
            stop("asam.review_residence", f"{program.name} is a recovery residence: it has no level to review.")
        )
    if findings:
        raise Refused(*findings)
    row = ReviewPolicy.objects.create(
        program=program, days=days, hours=hours, off=sorted(set(off)), why=why.strip(), at=at, by=by
    )
    trail.record(
        "asam.set_review_policy", by=by, at=at, subject=row, site_id=program.site_id,
        summary=f"{program.name}: reviewed every {days} days{f' or {hours} hours' if hours else ''}",
    )  # fmt: skip
    return row


def _written(
    by: Person, at: datetime, placement: Placement, stands: Reviewing, written: Written, asked: Capability | None,
    corrects: int | None, answer: Answer,
) -> LevelReview:  # fmt: skip
    """The row, sealed."""
    rated = stands.assessment
    facts: dict[str, Any] = {
        "level": stands.level, "recommended": rated.recommendation["level"] if rated else "", "order": stands.order,
        "outcome": written.outcome, "to_level": written.to_level, "conditions": list(written.conditions),
        "why": written.why.strip(), "plan_change": written.plan_change.strip(), "against": written.against.strip(),
        "progress": {str(number): text.strip() for number, text in (written.progress or {}).items()},
        "due": [each.words for each in stands.why.reasons.triggers],
    }  # fmt: skip
    next_on = written.next_on if written.outcome == LevelReview.Outcome.CONTINUE else None
    whole = {"episode": placement.episode_id, "assessment": rated.pk if rated else None, "next": str(next_on), **facts}
    return LevelReview.objects.create(
        episode_id=placement.episode_id, placement=placement, assessment=rated, **facts, next_on=next_on,
        digest=hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest(), asks=asked.value if asked else "",
        reviewed_at=stands.last.reviewed_at if corrects and stands.last else at, at=at, by=by, follows=stands.last,
        corrects_id=corrects, corrected_why=answer.corrected_why.strip() if corrects else "",
    )  # fmt: skip


def _sign(review: LevelReview, person: Person, meaning: str, at: datetime) -> None:
    Signature.objects.create(
        person=person, credentials=person.credentials, meaning=meaning, subject_kind=review._meta.label,
        subject_id=review.pk, content_sha256=review.digest, at=at,
    )  # fmt: skip


def _confirm(review: LevelReview, person: Person, at: datetime, proof: int | None) -> ReviewConfirmation:
    row = ReviewConfirmation.objects.create(review=review, by=person, at=at, proof_id=proof)
    _sign(review, person, "cosign", at)
    close_for(review, CONFIRM, person, at, f"Confirmed by {person.signature}")
    return row


def _check_correction(last: LevelReview | None, corrects: int, answer: Answer) -> None:
    if last is None or last.pk != corrects:
        raise Refused(stop("asam.correct_last", "Only the last review can be corrected. Write a new one instead."))
    if not answer.corrected_why.strip():
        raise Refused(stop("asam.corrected_why", "Say what was wrong in the review you correct."))
    if len(answer.corrected_why.strip()) > 300:
        raise Refused(stop("asam.corrected_why", "Say in at most 300 characters what was wrong."))


def _newer(last: LevelReview | None, placement: Placement) -> Finding:
    if last is None:
        return stop("asam.reviewed", "Open the page again: it was drawn for another client.")
    when = told(last.at, placement.program.site.tz)
    words = f"{last.by.signature} signed a review at {when}: {last.get_outcome_display().lower()}"
    return stop("asam.reviewed", f"{words}. Open the page again; what you typed stays in the draft.", review_id=last.pk)


def _changed(draft: ReviewDraft | None, placement: Placement, at: datetime) -> Finding:
    if draft is not None:
        when = told(draft.saved_at, placement.program.site.tz)
        sentence = f"{draft.by.signature} saved this review at {when} in another window. Open the page again: nothing of theirs is lost."
        return stop("asam.review_changed", sentence)
    last = newest_reviews([placement.episode_id], at).get(placement.episode_id)
    if last is not None:
        return _newer(last, placement)
    return stop("asam.review_changed", "This draft was put away. Open the page again to begin anew.")
