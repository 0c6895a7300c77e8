"""A step that is prepared for tomorrow, and one that was taken back: made by the acts themselves, in the last hours."""

from datetime import datetime, time, timedelta
from typing import Any

from admissions.actions.take_back import take_back
from admissions.actions.transition import transition
from admissions.actions.transition_draft import prepare, settle
from admissions.queries.transition import touched
from admissions.rules.transition import fit, lines
from admissions.rules.transition_check import judge, marks
from admissions.rules.transition_stored import from_stored
from asam.actions import assess, decide
from asam.models import Assessment, Decision, Draft
from config.demo.stage import Stage
from emar.models import Order
from programs.models import Leave, Placement, Program
from staff.rules.capabilities import Role

MINUTE = timedelta(minutes=1)


def write(stage: Stage) -> None:
    """One of each, where somebody fits."""
    begun = stage.now - 3 * 60 * MINUTE
    _taken_back(stage, begun)
    _prepared(stage, begun)


def _who(level: str, at: datetime, *, ordered: bool) -> Placement | None:
    """Somebody at a level since yesterday, here and not being rated: with running orders, or without."""
    rows = Placement.objects.current(at).filter(
        kind=Program.Kind.TREATMENT,
        level=level,
        ended_at=None,
        started_at__lt=at - timedelta(days=1),
        episode__ended_at=None,
    )
    away = Leave.objects.filter(ended_at=None).values("episode")
    rated = Draft.objects.filter(closed_at=None).values("episode")
    running = Order.objects.current(at).values("episode")
    rows = rows.exclude(episode__in=away).exclude(episode__in=rated)
    rows = rows.filter(episode__in=running) if ordered else rows.exclude(episode__in=running)
    found = rows.select_related("program__site", "episode__client").order_by("pk").last()
    return found if isinstance(found, Placement) else None


def _decided(stage: Stage, left: Placement, level: str, at: datetime) -> Decision | None:
    like = Assessment.objects.filter(recommendation__level=level, recommendation__complete=True).order_by("pk").first()
    if like is None:
        return None
    director = stage.on_duty(left.program.site.slug, Role.DIRECTOR, at)
    rated = assess(
        by=director, at=at, episode_id=left.episode_id, kind="reassessment", ratings=like.ratings, evidence={}
    )
    return decide(
        by=director,
        at=at + 5 * MINUTE,
        assessment_id=rated.pk,
        selected=level,
        reasons=[],
        texts={},
        safety_strategy="",
    )


def _into(left: Placement, level: str) -> Program | None:
    return (
        Program.objects.filter(site=left.program.site, level=level, licensed_capacity=None).order_by("position").first()
    )


def _taken_back(stage: Stage, at: datetime) -> None:
    left = _who("2.1", at, ordered=False)
    program = _into(left, "1.5") if left else None
    decision = _decided(stage, left, "1.5", at) if left and program else None
    if left is None or program is None or decision is None:
        return
    director = stage.on_duty(left.program.site.slug, Role.DIRECTOR, at)
    made = transition(by=director, at=at + 10 * MINUTE, decision_id=decision.pk, program_id=program.pk)
    take_back(
        by=director, at=at + 70 * MINUTE, transition_id=made.pk,
        why="The evening job fell through: the client asks to stay in the evening groups.",
    )  # fmt: skip


def _prepared(stage: Stage, at: datetime) -> None:
    left = _who("3.5", at, ordered=True)
    program = _into(left, "2.5") if left else None
    decision = _decided(stage, left, "2.5", at + 20 * MINUTE) if left and program else None
    if left is None or program is None or decision is None:
        return
    director, tz = stage.on_duty(left.program.site.slug, Role.DIRECTOR, at), left.program.site.tz
    today = stage.now.astimezone(tz).date()
    stored: dict[str, Any] = {
        "handoff": {
            "receiving": f"{program.name}, Kofi Danso", "accepted_on": today.isoformat(), "caller": "Imani Clarke, the same day",
            "first_visit_at": f"{today + timedelta(days=2)}T09:00", "bridge": "Seven days, with the client", "kit": "given",
            "next_dose": "Tomorrow 20:00, with the client", "triggers": "Any use, a missed day, or a night without sleep",
        },
        "bed": {"choice": "keep"}, "consent": {"choice": "checked"},
    }  # fmt: skip
    when = at + 30 * MINUTE
    for _ in range(2):  # what a line asks for is said
        asked = lines(touched(left, program, decision.assessment, when).facts, from_stored(stored))
        for finding in judge(asked, fit(asked, from_stored(stored))):
            key = str(finding.detail["line"])
            stored[key] = {"choice": "elsewhere" if key == "residence" else stored.get(key, {}).get("choice", ""),
                           "reason": "Agreed with the client and the payer"}  # fmt: skip
    draft = settle(
        by=director,
        at=when,
        decision_id=decision.pk,
        program_id=program.pk,
        version=0,
        settled=stored,
        seen=marks(asked),
    )
    tomorrow = datetime.combine(today + timedelta(days=1), time(10), tz)
    prepare(by=director, at=when + MINUTE, draft_id=draft.pk, version=draft.version, scheduled_for=tomorrow)
