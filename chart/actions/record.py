"""Keep a client's own record: names, birth date, pronouns, language, sex for clinical use. What stood before stays in its history."""

from datetime import date, datetime
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused, stop
from chart.rules.record import check_record
from programs.models import Client
from programs.placed import told
from programs.rules.words import tidy
from programs.scene import scene
from staff.models import Person
from staff.rules.capabilities import Capability

FIELDS = (
    "first_name", "last_name", "preferred_name", "pronouns", "born_on", "clinical_sex", "housing_preference", "language",
    "interpreter",
)  # fmt: skip


@action("chart.record")
def keep_record(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    first_name: str,
    last_name: str,
    preferred_name: str,
    pronouns: str,
    born_on: date,
    clinical_sex: str,
    housing_preference: str,
    language: str,
    interpreter: bool,
    seen: int,
    why: str = "",
    key: UUID | None = None,
) -> Client:
    """Write who somebody is from now on; ``seen`` is the version (history id) that was shown. A changed legal name or birth date says
    ``why``, as it is how people are recognised.

    Raises Refused: a value is wrong (``detail['field']``), somebody changed the record meanwhile (who, when); NotAllowed.
    """
    here = scene(by, at, client_id, Capability.FACE_SHEET)
    client = here.client
    newest = client.history.select_related("history_user").order_by("-history_id").first()
    if newest is not None and newest.history_id != seen:
        who = newest.history_user.signature if newest.history_user else "Somebody"
        message = (
            f"{who} changed this record at {told(newest.history_date, here.site.tz)}. Look at it, then save again."
        )
        raise Refused(stop("record.changed", message))
    asked = {
        "first_name": tidy(first_name), "last_name": tidy(last_name), "preferred_name": tidy(preferred_name),
        "pronouns": tidy(pronouns), "born_on": born_on, "clinical_sex": clinical_sex,
        "housing_preference": housing_preference, "language": tidy(language), "interpreter": interpreter,
    }  # fmt: skip
    changed = [name for name in FIELDS if getattr(client, name) != asked[name]]
    findings = check_record(asked, changed, why, today=at.astimezone(here.site.tz).date())
    if clinical_sex not in Client.ClinicalSex.values or housing_preference not in Client.Housing.values:
        findings.append(stop("record.choice", "Choose sex for clinical use and rooms from the lists."))
    if findings:
        raise Refused(*findings)
    if not changed:
        return client

    for name in changed:
        setattr(client, name, asked[name])
    client._history_user, client._history_date, client._change_reason = by, at, why.strip()[:100] or None  # type: ignore[attr-defined]
    client.save(update_fields=changed)
    words = ", ".join(name.replace("_", " ") for name in changed)
    here.record("chart.record", f"{client.short_name}: record changed ({words})", client, by, at, fields=changed)

    here.announce(at)
    return client
