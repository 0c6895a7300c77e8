"""What levels of care add to a client's timeline: ratings and decisions."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from asam.models import Assessment, ClientPart, Decision, LevelReview, PreScreen
from asam.queries.said import said
from asam.rules.decision import Reason
from programs.contributions import Entry
from programs.together import Asking, asks


@asks
def entries(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The assessments and decisions of a client in ``since <= t < until``, as known at ``at``, with the dangers that were recorded and
    what the client said, and the reviews. Four queries."""
    rated, decided = Q(at__gte=since, at__lt=until), Q(decision__at__gte=since, decision__at__lt=until)
    found = Assessment.objects.filter(rated | decided, episode__client_id=client_id, at__lte=at)
    window = {"at__gte": since, "at__lt": until, "at__lte": at}
    stopped = PreScreen.objects.filter(episode__client_id=client_id, **window).exclude(danger=PreScreen.Danger.NONE)
    heard = ClientPart.objects.filter(decision__assessment__episode__client_id=client_id, **window)
    held = LevelReview.objects.filter(episode__client_id=client_id, **window)
    assessments, stops, parts, reviewed = yield (
        found.select_related("by", "decision__by", "decision__supervisor"),
        stopped.select_related("by"),
        heard.select_related("by", "decision"),
        held.select_related("by"),
    )
    lines = []
    for assessment in assessments:
        decision: Decision | None = getattr(assessment, "decision", None)
        if decision is not None and decision.at <= at and since <= decision.at < until:
            lines.append(Entry(
                decision.at, "level", f"Decided {decision.selected}", _why(decision), decision.by.signature,
                "gavel", "accent", decision.selected,
            ))  # fmt: skip
        if not since <= assessment.at < until:
            continue
        count = sum(bool(codes) for codes in assessment.ratings.values())
        lines.append(Entry(
            assessment.at, "level", f"{assessment.get_kind_display()}: {said(assessment.recommendation)}",
            f"{count} rated, catalog {assessment.catalog}", assessment.by.signature, "clipboard-check",
        ))  # fmt: skip

    for row in stops:
        title = f"{row.get_danger_display()}: nothing was rated"
        lines.append(Entry(row.at, "level", title, row.done, row.by.signature, "octagon-x", "stop"))
    for part in parts:
        tone = {"agrees": "free", "declines": "stop"}.get(part.says, "caution")
        said_ = part.would_accept or part.concerns or part.why or part.would_help
        title = f"The client on {part.decision.selected}: {part.get_says_display().lower()}"
        lines.append(Entry(part.at, "level", title, said_, part.by.signature, "message-circle", tone))
    for review in reviewed:
        to = f" to {review.to_level}" if review.to_level else ""
        title = f"Level reviewed: {review.get_outcome_display().lower()}{to}"
        line = f"A correction: {review.corrected_why} · {review.why}" if review.corrects_id else review.why
        paper = reverse("asam:review_pdf", args=[review.pk])
        lines.append(
            Entry(review.at, "level", title, line, review.by.signature, "clipboard-list", "accent", review.level, paper)
        )
    return lines


def _why(decision: Decision) -> str:
    """What was recommended, and what stands beside a choice that differs."""
    words = [f"{decision.recommended} was recommended"]
    words += [_reason(code, decision.reason_texts) for code in decision.reasons]
    words += [f"Safety: {decision.safety_strategy}"] if decision.safety_strategy else []
    words += [f"Supervisor {decision.supervisor.signature}"] if decision.supervisor else []
    return " · ".join(words)


def _reason(code: str, texts: dict[str, str]) -> str:
    known = Reason.__members__.get(code)
    label = known.label if known else code
    return f"{label}: {texts[code]}" if texts.get(code) else label
