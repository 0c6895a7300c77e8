"""Answer somebody outside who asks for a person: the neutral words, or an acknowledgement that names who asks."""

from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from privacy.models import CallerInquiry
from privacy.queries.presence import acknowledging
from programs.models import Site
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("privacy.answer_caller")
def answer_caller(
    *, by: Person, at: datetime, site: Site, asked_for: str, caller: str, way: str, key: UUID | None = None
) -> CallerInquiry:
    """Keep who asked for whom, and what they are told: ``consent`` is the acknowledgement that names them, None the neutral words.

    Raises Refused where no name was written; NotAllowed.
    """
    require(by, Capability.ANSWER_CALLERS, site.pk, at)
    findings = check_words(asked_for, "asked_for", longest=120, missing="Write who is asked for.")
    findings += check_words(caller, "caller", longest=120)
    if way not in CallerInquiry.Way.values:
        findings.append(stop("caller.way", "Choose how they asked.", field="way"))
    if findings:
        raise Refused(*findings)
    found = acknowledging(site, tidy(asked_for), tidy(caller), at)

    row = CallerInquiry.objects.create(
        site=site,
        asked_for=tidy(asked_for),
        caller=tidy(caller),
        way=way,
        consent_id=found.pk if found else None,
        at=at,
        by=by,
    )
    said = "told yes, as the client wished" if found else "neutral words"
    trail.record(
        "privacy.answer_caller", by=by, at=at, subject=row, site_id=site.pk, client_id=found.client_id if found else None,
        summary=f"Somebody outside asked for a person: {said}",
    )  # fmt: skip
    return row
