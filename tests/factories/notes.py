"""Notes for tests, written by the acts."""

from datetime import datetime
from typing import Any

from chart.actions.drafts import Typed, Which, save_draft
from chart.actions.note_signing import sign_draft
from chart.models import Note, NoteDraft
from programs.models import Episode
from staff.models import Person

SOAP = {
    "subjective": "Says the week was hard.", "objective": "Tired, on time.", "assessment": "Holds the plan.",
    "risk": "Asked: no wish to die, no plan.", "plan": "Meet on Friday.",
}  # fmt: skip


def which(episode: Episode, template: str = "narrative", draft: NoteDraft | None = None) -> Which:
    """The draft as a form that was drawn from it names it."""
    return Which(episode.pk, template, draft.pk if draft else None, draft.version if draft else 0)


def saved(
    by: Person, at: datetime, episode: Episode, words: Any = "Slept well.", template: str = "narrative",
    draft: NoteDraft | None = None,
) -> NoteDraft:  # fmt: skip
    """A draft with these words (of the field 'text', unless they are fields)."""
    fields = words if isinstance(words, dict) else {"text": words}
    return save_draft(by=by, at=at, which=which(episode, template, draft), typed=Typed(fields))


def signed(
    by: Person, at: datetime, episode: Episode, words: Any = "Slept well.", template: str = "narrative",
    draft: NoteDraft | None = None, objectives: tuple[int, ...] = (), **more: Any,
) -> Note:  # fmt: skip
    """A signed note."""
    fields = words if isinstance(words, dict) else {"text": words}
    return sign_draft(
        by=by, at=at, which=which(episode, template, draft), typed=Typed(fields, objectives=objectives), **more
    )  # fmt: skip
