"""The page on which a review is written: what the ratings support, each outcome with its conditions, what was typed so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from asam.models import LevelReview, ReviewDraft
from asam.queries.catalogs import known
from asam.queries.packet import Packet
from asam.rules.levels import LEVELS, compare
from asam.rules.review_frame import ORDER_OF, Condition, Rests

SAYS = {
    "": "Nothing can be compared with this level: say why you choose what you choose.",
    "same": "The ratings come to this level. They support: continue.",
    "lower": "The ratings come to less. They support: step down, or discharge.",
    "higher": "The ratings come to more than this level gives. They support: step up.",
    "different": "The ratings come to a level that is neither above nor below. They support: a different service.",
}


@dataclass(frozen=True)
class Choice:
    """An outcome: whether the ratings support it, its conditions (code, label, chosen), the levels it may name."""

    code: str
    label: str
    supported: bool
    chosen: bool
    conditions: tuple[tuple[str, str, bool], ...]
    levels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Progress:
    """A dimension: what was written, what the last review said, and whether the result rests on it."""

    number: int
    label: str
    words: str
    last: str
    decides: bool


@dataclass(frozen=True)
class FormPage:
    """``typed`` is what stands in the form. ``longest`` is the last day the next review may be on, None: any."""

    typed: Mapping[str, Any]
    version: int
    saved: ReviewDraft | None
    choices: tuple[Choice, ...]
    beside: tuple[tuple[str, str, bool], ...]
    progress: tuple[Progress, ...]
    rests: Rests | None
    says: str
    next_on: str
    first: date
    longest: date | None
    corrects: LevelReview | None


def form_page(
    found: Packet, *, typed: Mapping[str, Any] | None, corrects: int | None, today: date
) -> FormPage:  # fmt: skip
    """The form: what was typed, else the open draft, else (a correction) what was signed, else blank. Two queries more."""
    stands = found.stands
    draft = ReviewDraft.objects.filter(episode=stands.placement.episode_id, closed_at=None).select_related("by").first()
    corrected = found.last if corrects is not None else None
    words = typed if typed is not None else draft.typed if draft else _signed(corrected)
    rests = stands.rests(corrects=corrected)
    supports = rests.supports if rests is not None else frozenset()
    chosen, picked = words.get("outcome", ""), set(words.get("conditions", ()))
    days = stands.why.policy.days
    longest = today + timedelta(days=days) if days is not None else None
    return FormPage(
        typed=words,
        version=draft.version if draft else 0,
        saved=draft,
        choices=tuple(
            Choice(
                outcome.value,
                outcome.label,
                outcome.value in supports,
                outcome.value == chosen,
                tuple(
                    (each.value, each.label, each.value in picked)
                    for each in Condition
                    if each.outcome == outcome.value
                ),
                _levels(outcome.value, stands.level),
            )
            for outcome in LevelReview.Outcome
        ),
        beside=tuple((each.value, each.label, each.value in picked) for each in Condition if not each.outcome),
        progress=tuple(_progress(found, words)),
        rests=rests,
        says=_says(rests),
        next_on=words.get("next_on") or (longest.isoformat() if longest else ""),
        first=today + timedelta(days=1),
        longest=longest,
        corrects=corrected,
    )


def _signed(row: LevelReview | None) -> Mapping[str, Any]:
    """A signed review as the form would have it, to be corrected."""
    if row is None:
        return {}
    kept = {"outcome": row.outcome, "conditions": row.conditions, "why": row.why, "plan_change": row.plan_change}
    kept |= {
        "against": row.against,
        "to_level": row.to_level,
        "next_on": row.next_on.isoformat() if row.next_on else "",
    }
    return kept | {f"progress-{number}": text for number, text in row.progress.items()}


def _levels(outcome: str, level: str) -> tuple[tuple[str, str], ...]:
    """The levels an outcome may name, seen from the level now; all others where that cannot be compared."""
    order = ORDER_OF.get(outcome)
    if order is None:
        return ()
    every = [(code, each.name) for code, each in LEVELS.items() if code != level]
    if level not in LEVELS:
        return tuple(every)
    return tuple((code, name) for code, name in every if compare(code, level) == order)


def _progress(found: Packet, words: Mapping[str, Any]) -> list[Progress]:
    row = found.stands.assessment
    if row is None:
        return []
    last = found.last.progress if found.last is not None else {}
    return [
        Progress(
            each.number, each.label, words.get(f"progress-{each.number}", ""), last.get(str(each.number), ""),
            each.number in found.stands.drivers,
        )
        for each in known(row.source).catalog.dimensions
    ]  # fmt: skip


def _says(rests: Rests | None) -> str:
    if rests is None:
        return "Nobody has rated this client in this episode yet. Rate first: an outcome rests on ratings."
    if not rests.whole and rests.order != "higher":
        return "The ratings are not whole, so they support no outcome yet: rate the rest."
    return SAYS[rests.order]
