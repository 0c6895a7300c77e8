"""What a treatment plan adds to the timeline: signed, answered by the client, reviewed, and objectives that were met."""

from datetime import datetime

from django.urls import reverse

from chart.models import ObjectiveStatus, Plan, PlanAgreement, PlanReview
from programs.contributions import Entry
from programs.together import Asking, asks

KIND = "plan"
ANSWERED = {
    PlanAgreement.Kind.DRAWN: ("The client signed the plan", "free"),
    PlanAgreement.Kind.WORD: ("The client agreed to the plan by word", "free"),
    PlanAgreement.Kind.REFUSED: ("The client did not agree to the plan", "late"),
}


@asks
def plans(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """What happened to a client's plans in ``since <= t < until``, as known at ``at``. Four queries."""
    window = {"at__gte": since, "at__lt": until, "at__lte": at}
    signed = {f"signed_{name}": value for name, value in window.items()}
    met = ObjectiveStatus.objects.filter(
        objective__plan__episode__client=client_id, status=ObjectiveStatus.Status.MET, **window
    )
    versions, answers, reviews, reached = yield (
        Plan.objects.filter(episode__client=client_id, **signed).select_related("signed_by"),
        PlanAgreement.objects.filter(plan__episode__client=client_id, **window).select_related("by"),
        PlanReview.objects.filter(plan__episode__client=client_id, **window).select_related("by", "plan"),
        met.select_related("objective", "by"),
    )
    found = []
    for plan in versions:
        assert plan.signed_at is not None
        assert plan.signed_by is not None
        title = f"Treatment plan signed, version {plan.number}"
        paper = reverse("chart:plan_paper", args=[client_id, plan.pk])
        found.append(Entry(plan.signed_at, KIND, title, "", plan.signed_by.signature, "target", "accent", paper=paper))
    for answer in answers:
        title, tone = ANSWERED[PlanAgreement.Kind(answer.kind)]
        found.append(Entry(answer.at, KIND, title, answer.words, answer.by.signature, "signature", tone))
    for review in reviews:
        changes = f"\nTo change: {review.changes}" if review.changes else ""
        found.append(Entry(
            review.at, KIND, f"Plan reviewed: {review.get_outcome_display().lower()}", f"{review.found}{changes}",
            review.by.signature, "clipboard-check",
        ))  # fmt: skip
    for row in reached:
        words = f"{row.objective.text}\n{row.words}"
        found.append(Entry(row.at, KIND, "Objective met", words, row.by.signature, "circle-check-big", "free"))
    return found
