"""What a score says must be seen to at once becomes an urgent task, in the transaction of the score."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Model

from chart.actions.tasks import raise_task
from chart.models import Score, Task
from chart.rules.scales import Scale
from staff.models import Person
from staff.rules.capabilities import Capability

SAFETY = "safety"
"""The kind of the task. It is not taken away by a correction of the score: a person says how it ended."""


def raise_alarms(
    scale: Scale, answers: Mapping[str, int], *, episode_id: int, about: Model, at: datetime, by: Person | None
) -> list[Task]:
    """An urgent safety task for what these answers (or a part of them) alarm; for use inside another action.

    ``about`` is the score or the hand-over: one task stays open about it, however often it is asked. ``by``: None where the
    client pressed the answer.
    """
    return [
        raise_task(
            episode_id=episode_id, kind=SAFETY, title=alert.title, line=alert.line, due_at=at, at=at, by=by, urgent=True,
            capability=Capability.SAFETY_TASKS, subject=about,
        )
        for alert in scale.alarms(answers)[:1]
    ]  # fmt: skip


def subject_of_alarm(score: Score) -> Model:
    """What the tasks of a score are about: the hand-over it came from, else the first of the scores that correct each other."""
    while score.corrects is not None:
        score = score.corrects
    return getattr(score, "hand_over", None) or score
