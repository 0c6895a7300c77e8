"""A client asks that something not be disclosed; the program decides; it ends. Each a row of its own (42 CFR 2.26)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import Recipient, RestrictionRequest, RestrictionStep
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from privacy.rules.restrictions import How, Step, asked, may_step
from programs.models import Client, Site
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("privacy.ask_restriction")
def ask_restriction(
    *, by: Person, at: datetime, site: Site, client_id: int, how: str, words: str, purposes: Collection[str],
    classes: Collection[str] = (), recipient_id: int | None = None, recipient_kind: str = "", paid_in_full: bool = False,
    evidence: str = "", key: UUID | None = None,
) -> RestrictionRequest:  # fmt: skip
    """Write down what the client asks to keep back. Nothing is kept back until it is agreed to.

    Raises Refused (``restriction.*``, ``words.*``), NotAllowed.
    """
    require(by, Capability.KEEP_CONSENTS, site.pk, at)
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    recipient = _recipient(recipient_id, site) if recipient_id is not None else None
    findings = check_words(words, "words", longest=400, missing="Write what the client asks, in their words.")
    findings += check_words(evidence, "evidence", longest=200)
    if unknown := _unknown(how, purposes, classes, recipient_kind):
        raise Refused(unknown)
    kind = RecipientKind(recipient_kind) if recipient_kind else None
    parts = frozenset(map(InfoClass, classes))
    findings += asked(frozenset(map(Purpose, purposes)), kind, recipient is not None, parts, paid_in_full, evidence)
    if findings:
        raise Refused(*findings)

    row = RestrictionRequest.objects.create(
        client=client, site=site, how=how, words=tidy(words), classes=sorted(parts), recipient=recipient, recipient_kind=recipient_kind,
        purposes=sorted(set(purposes)), paid_in_full=paid_in_full, evidence=tidy(evidence), at=at, by=by,
    )  # fmt: skip
    trail.record(
        "privacy.ask_restriction", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"{client.record_number} asks for a restriction{', paid in full' if paid_in_full else ''}",
    )  # fmt: skip
    return row


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("restriction.decided", "Somebody wrote that already. Reload the page to see it.")


@action(
    "privacy.restriction_step",
    explain={
        "privacy_restriction_decided_once": _once,
        "privacy_restriction_ended_once": _once,
        "privacy_restriction_ended_by_program_once": _once,
    },
)
def step_restriction(
    *, by: Person, at: datetime, request_id: int, kind: str, reason: str = "", paper: str = "", key: UUID | None = None
) -> RestrictionStep:
    """Agree to it, decline it with a reason, or end it. The program's own end counts for later records only (2.26(b)).

    Raises Refused (``restriction.*``), NotAllowed, RestrictionRequest.DoesNotExist.
    """
    row = RestrictionRequest.objects.select_related("client").get(pk=request_id)
    Client.objects.select_for_update(of=("self",)).get(pk=row.client_id)
    require(by, Capability.PRIVACY_DUTIES, row.site_id, at)
    if kind not in set(Step):
        raise Refused(stop("restriction.kind", "Choose what happened.", field="decision"))
    before = frozenset(map(Step, row.steps.values_list("kind", flat=True)))
    findings = check_words(reason, "reason", longest=400) + check_words(paper, "paper", longest=200)
    findings += may_step(Step(kind), row.paid_in_full, before, reason, paper)
    if findings:
        raise Refused(*findings)

    made = RestrictionStep.objects.create(
        request=row, kind=kind, mandatory=row.paid_in_full, reason=tidy(reason), paper=tidy(paper), at=at, by=by
    )
    trail.record(
        "privacy.restriction_step", by=by, at=at, subject=row, site_id=row.site_id, client_id=row.client_id,
        summary=f"Restriction of {row.client.record_number}: {Step(kind).label.lower()}",
    )  # fmt: skip
    return made


def _recipient(pk: int, site: Site) -> Recipient:
    row = Recipient.objects.filter(pk=pk, organisation=site.organisation_id, ended_at=None).first()
    if row is None:
        raise Refused(stop("recipient.unknown", "That recipient is not in the lists any more. Reload the page."))
    return row


def _unknown(how: str, purposes: Collection[str], classes: Collection[str], kind: str) -> Finding | None:
    known = how in set(How) and set(purposes) <= set(Purpose) and set(classes) <= set(InfoClass)
    if known and (not kind or kind in set(RecipientKind)):
        return None
    return stop("restriction.unknown", "Choose from the lists. Reload the page and try again.")
