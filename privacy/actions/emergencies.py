"""Who is told in an emergency: a hospital that is in the list, or one that is written down in that minute (42 CFR 2.51)."""

from datetime import datetime

from audit import trail
from audit.rules.findings import Refused, stop
from privacy.models import Recipient
from privacy.rules.classes import RecipientKind
from programs.models import Site
from programs.rules.words import check_words, tidy
from staff.models import Person


def hospital(*, by: Person, at: datetime, site: Site, facility: str, medical: bool) -> Recipient:
    """The medical recipient of that name, written now where there is none; for use inside another act.

    ``medical``: whoever acts says that these are medical personnel. Raises Refused (``emergency.facility``, ``emergency.not_medical``).
    """
    found = check_words(
        facility, "facility", longest=120, missing="Write the hospital or service that the medical personnel belong to."
    )
    if found:
        raise Refused(*found)
    name = tidy(facility)
    rows = Recipient.objects.filter(organisation=site.organisation_id, client=None, ended_at=None, name__iexact=name)
    rows = rows.select_for_update(of=("self",)).order_by("-medical", "pk")
    row = rows.first()
    if row is not None and row.medical:
        return row
    if row is not None:
        sentence = (
            f"{row.name} is in the list and is not recorded as medical personnel. In an emergency records go to medical personnel only "
            "(42 CFR 2.51). If the list is wrong, have it changed under Recipients."
        )
        raise Refused(stop("emergency.not_medical", sentence, field="facility"))
    if not medical:
        sentence = "Records go to medical personnel only (42 CFR 2.51). Tick that they are, or release on a consent."
        raise Refused(stop("emergency.not_medical", sentence, field="medical"))
    row = Recipient.objects.create(
        organisation=site.organisation, kind=RecipientKind.PROVIDER.value, name=name, medical=True, started_at=at, by=by
    )
    trail.record(
        "privacy.recipient", by=by, at=at, subject=row, site_id=site.pk, summary=f"{row.name}: written in an emergency"
    )
    return row
