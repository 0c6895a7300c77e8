"""An audit or research was agreed to; it ended; what was copied was destroyed (42 CFR 2.52, 2.53)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.actions.legal import recipient_of
from privacy.models import Engagement, EngagementStep
from privacy.queries.engagements import Engaged, engaged
from privacy.rules.classes import InfoClass, RecipientKind
from privacy.rules.engagements import EngagementKind, EngagementStepKind, lacking
from programs.models import Site
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LINES = {
    "agency": (140, "Write for whom it is done."), "authority": (200, "Write on which authority it is done."),
    "agreement": (160, "Write where the signed agreement is."), "director": (200, ""), "irb": (140, ""),
}  # fmt: skip


@action("privacy.engagement")
def keep_engagement(
    *, by: Person, at: datetime, site: Site, kind: str, recipient_id: int | None, agency: str, authority: str, agreement: str,
    classes: Collection[str], first_day: date, last_day: date, copies: bool = False, listed_sponsor: bool = False,
    destroy_by: date | None = None, director: str = "", linkage: bool = False, irb: str = "", key: UUID | None = None,
) -> Engagement:  # fmt: skip
    """Write an audit or research down as it was agreed. From its first to its last day releases may rest on it, within its parts.

    Raises Refused (``engagement.*``, ``words.*``, ``recipient.unknown``), NotAllowed.
    """
    require(by, Capability.PRIVACY_DUTIES, site.pk, at)
    words = {"agency": agency, "authority": authority, "agreement": agreement, "director": director, "irb": irb}
    findings = [
        each for field, (longest, missing) in LINES.items() for each in check_words(words[field], field, longest=longest, missing=missing)
    ]  # fmt: skip
    if kind not in set(EngagementKind) or not set(classes) <= set(InfoClass):
        raise Refused(stop("engagement.unknown", "Choose from the lists. Reload the page and try again."))
    findings += lacking(
        EngagementKind(kind), words, classes, copies=copies, listed_sponsor=listed_sponsor, linkage=linkage, destroy_by=destroy_by
    )  # fmt: skip
    findings += _wrong_days(first_day, last_day, destroy_by)
    if not classes:
        findings.append(stop("engagement.scope", "Tick the parts of the record that were agreed.", field="classes"))
    recipient = recipient_of(recipient_id, site)
    if recipient is None:
        sentence = "Choose who does it. Somebody who is not in the list is written down under Recipients first."
        findings.append(stop("recipient.unknown", sentence, field="recipient"))
    elif kind == EngagementKind.RESEARCH and recipient.kind != RecipientKind.RESEARCHER:
        sentence = f"{recipient.name} is not recorded as a researcher. Change it under Recipients, or choose another."
        findings.append(stop("engagement.researcher", sentence, field="recipient"))
    if findings or recipient is None:
        raise Refused(*findings)

    row = Engagement.objects.create(
        site=site, kind=kind, recipient=recipient, classes=[each.value for each in InfoClass if each in set(classes)],
        first_day=first_day, last_day=last_day, copies=copies, listed_sponsor=listed_sponsor, destroy_by=destroy_by, linkage=linkage,
        at=at, by=by, **{name: tidy(value) for name, value in words.items()},
    )  # fmt: skip
    trail.record(
        "privacy.engagement", by=by, at=at, subject=row, site_id=site.pk,
        summary=f"Engagement {row.pk} ({EngagementKind(kind).label.lower()}) by {recipient.name} written",
    )  # fmt: skip
    return row


def _wrong_days(first_day: date, last_day: date, destroy_by: date | None) -> list[Finding]:
    found = []
    if last_day < first_day:
        found.append(stop("engagement.days", "Its last day is before its first. Choose a later one.", field="last_day"))
    if destroy_by is not None and destroy_by < first_day:
        sentence = "Nothing is destroyed before its first day. Choose a later one."
        found.append(stop("engagement.destroy_by", sentence, field="destroy_by"))
    return found


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("engagement.done", "That is written already. Reload the page to see it.", field="kind")


@action("privacy.engagement_step", explain={"privacy_engagement_step_once": _once})
def step_engagement(
    *, by: Person, at: datetime, engagement_id: int, kind: str, words: str, destroyed_on: date | None = None, proof: str = "",
    key: UUID | None = None,
) -> EngagementStep:  # fmt: skip
    """It ended before its last day, or its copies were destroyed (after it was over), with the proof.

    Raises Refused (``engagement.*``, ``words.*``), NotAllowed, Engagement.DoesNotExist.
    """
    row = Engagement.objects.select_for_update(of=("self",)).select_related("site").get(pk=engagement_id)
    require(by, Capability.PRIVACY_DUTIES, row.site_id, at)
    findings = check_words(words, "words", longest=400, missing="Write what happened.")
    findings += check_words(proof, "proof", longest=200)
    if kind not in set(EngagementStepKind):
        findings.append(stop("engagement.unknown", "Choose what happened.", field="kind"))
    else:
        findings += _wrong_step(engaged(row, at), EngagementStepKind(kind), destroyed_on, proof)
    if findings:
        raise Refused(*findings)

    made = EngagementStep.objects.create(
        engagement=row, kind=kind, words=tidy(words), destroyed_on=destroyed_on, proof=tidy(proof), at=at, by=by
    )
    trail.record(
        "privacy.engagement_step", by=by, at=at, subject=row, site_id=row.site_id,
        summary=f"Engagement {row.pk}: {EngagementStepKind(kind).label.lower()}",
    )  # fmt: skip
    return made


def _wrong_step(found: Engaged, kind: EngagementStepKind, destroyed_on: date | None, proof: str) -> list[Finding]:
    if any(each.kind == kind for each in found.steps):
        return [_once({})]
    if kind is EngagementStepKind.ENDED:
        if found.over:
            return [stop("engagement.over", "Its last day is gone: it has ended by itself.", field="kind")]
        if destroyed_on is not None or proof.strip():
            sentence = (
                "The day and the proof are of a destruction. Leave them empty, or choose that copies were destroyed."
            )
            return [stop("engagement.not_destroyed", sentence, field="destroyed_on")]
        return []
    if found.row.destroy_by is None:
        return [stop("engagement.no_copies", "No copies were agreed, so none are destroyed.", field="kind")]
    if not found.over:
        sentence = "It still runs, and more may be copied. End it first, then write the destruction down."
        return [stop("engagement.runs", sentence, field="kind")]
    wrong = []
    if destroyed_on is None:
        wrong.append(
            stop("engagement.destroyed_on", "Write the day on which they were destroyed.", field="destroyed_on")
        )
    elif not found.row.first_day <= destroyed_on <= found.today:
        sentence = "Choose a day between its first day and today."
        wrong.append(stop("engagement.destroyed_on", sentence, field="destroyed_on"))
    if not proof.strip():
        wrong.append(stop("engagement.proof", "Write where the proof is: their letter, a certificate.", field="proof"))
    return wrong
