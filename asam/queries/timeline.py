"""What levels of care add to a client's timeline: ratings and decisions."""

from collections.abc import Iterator
from datetime import datetime

from asam.models import Assessment, Decision
from asam.queries.reviews import said
from asam.rules.decision import Reason
from programs.contributions import Entry


def entries(client_id: int, at: datetime) -> Iterator[Entry]:
    """Every assessment and decision of a client up to an instant. One query."""
    found = Assessment.objects.filter(episode__client_id=client_id, at__lte=at).select_related(
        "by", "decision__by", "decision__supervisor"
    )
    for assessment in found:
        decision: Decision | None = getattr(assessment, "decision", None)
        if decision is not None and decision.at <= at:
            yield Entry(
                decision.at, "level", f"Decided {decision.selected}", _why(decision), decision.by.signature,
                "gavel", "accent", decision.selected,
            )  # fmt: skip
        rated = sum(bool(codes) for codes in assessment.ratings.values())
        yield Entry(
            assessment.at, "level", f"{assessment.get_kind_display()}: {said(assessment.recommendation)}",
            f"{rated} rated, catalog {assessment.catalog}", assessment.by.signature, "clipboard-check",
        )  # fmt: skip


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
