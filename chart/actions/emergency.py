"""A medical emergency: a paper for the hospital at once, and what was told by telephone, written down afterwards (42 CFR 2.51)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from chart.pdf.released import released
from privacy.actions.emergencies import hospital
from privacy.actions.release import Content, leaving, permitted, release
from privacy.models import Disclosure, EmergencyCall, Recipient
from privacy.queries.gate import Going
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.grounds import EMERGENCY_SET, Emergency
from privacy.rules.notices import Channel
from programs.models import Client, Placement, Site
from programs.people import ids_of
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

TASK = "emergency"
WITHIN = timedelta(hours=1)
"""'Immediately following disclosure' (2.51(c)); the house says an hour."""
BACK = timedelta(days=30)
FACTS = ("personnel", "facility", "discloser", "nature")


@action("privacy.emergency_hospital")
def emergency_hospital(
    *, by: Person, at: datetime, site: Site, facility: str, medical: bool, key: UUID | None = None
) -> Recipient:
    """The hospital by its name, from the list or written now. Raises Refused, NotAllowed."""
    require(by, Capability.RELEASE, site.pk, at)
    return hospital(by=by, at=at, site=site, facility=facility, medical=medical)


def emergency_paper(
    *, by: Person, at: datetime, client: Client, site: Site, facility: str, personnel: str, medical: bool, nature: str,
    classes: Collection[str], proof_id: int, key: UUID | None = None,
) -> Disclosure:  # fmt: skip
    """A paper for medical personnel, through the gate: who is told, by whom, when and why are on the disclosure.

    ``classes`` beyond ``EMERGENCY_SET`` are refused, SUD counseling notes always. Raises Refused, NotAllowed.
    """
    require(by, Capability.RELEASE, site.pk, at)
    if findings := _wrong(personnel, "", nature) + _beyond(classes):
        raise Refused(*findings)
    to = emergency_hospital(by=by, at=at, site=site, facility=facility, medical=medical)
    last = at.astimezone(site.tz).date()
    first = last - BACK
    ground = Emergency(tidy(personnel), to.name, by.signature, at, tidy(nature))
    going = _going(client, site, to, classes, Channel.HANDED_OVER, ground, first)
    name = f"emergency-{client.record_number}-{last}.pdf"
    content = Content("Emergency record", name, lambda permit: released(permit, first, last))
    return release(by=by, at=at, going=going, content=content, proof_id=proof_id, key=key)


@action("privacy.emergency_call")
def keep_call(
    *, by: Person, at: datetime, client_id: int, site: Site, facility: str = "", personnel: str = "", medical: bool = False,
    nature: str = "", told_at: datetime | None = None, discloser: str = "", classes: Collection[str] = (), call_id: int | None = None,
    key: UUID | None = None,
) -> EmergencyCall:  # fmt: skip
    """Write down what was told by word. Whole: it is a disclosure of that instant, and its task ends. Not whole: a task waits for the rest.

    ``call_id``: what is missing of one that is open; then it must be whole. Raises Refused (``emergency.*``, ``ground.*``), NotAllowed.
    """
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    require(by, Capability.RELEASE, site.pk, at)
    call = _open(call_id, client) if call_id is not None else None
    findings = _wrong(personnel, discloser, nature) + _beyond(classes) + check_words(facility, "facility", longest=120)
    if told_at is not None and told_at > at:
        findings.append(stop("emergency.later", "This hour has not come yet. Write when it was told.", field="told_at"))
    facts = {
        "personnel": tidy(personnel),
        "facility": tidy(facility),
        "discloser": tidy(discloser),
        "nature": tidy(nature),
    }
    missing = _missing(facts, told_at, medical)
    if call is not None:
        findings += missing
    if findings:
        raise Refused(*findings)

    if call is None:
        kept = sorted({InfoClass.IDENTITY.value, *classes})
        call = EmergencyCall.objects.create(
            client=client, site=site, told_at=told_at, medical=medical, classes=kept, at=at, by=by, **facts
        )
    if missing:
        _ask(call, missing)
    else:
        _disclose(call, facts, told_at or at, classes, by, at)
    trail.record(
        "privacy.emergency_call", by=by, at=at, subject=call, site_id=site.pk, client_id=client.pk,
        summary=f"{client.record_number}: told by word in an emergency{', facts are missing' if missing else ''}",
    )  # fmt: skip
    return call


def _disclose(
    call: EmergencyCall, facts: dict[str, str], told_at: datetime, classes: Collection[str], by: Person, at: datetime
) -> None:
    """The disclosure of that instant, decided by the gate; the task ends."""
    to = hospital(by=by, at=at, site=call.site, facility=facts["facility"], medical=True)
    ground = Emergency(facts["personnel"], to.name, facts["discloser"], told_at, facts["nature"])
    going = _going(call.client, call.site, to, classes, Channel.ORAL, ground, None)
    permit, _ = permitted(by=by, at=at, going=going, proof_id=None, reasons={})
    call.disclosure = Disclosure.objects.create(**{**leaving(permit), "at": told_at}, channel=Channel.ORAL.value)
    call.save(update_fields=["disclosure"])
    close_for(call, TASK, by, at, "Its facts are whole.")


def _going(
    client: Client, site: Site, to: Recipient, classes: Collection[str], channel: Channel, ground: Emergency, first: date | None
) -> Going:  # fmt: skip
    parts = frozenset({InfoClass.IDENTITY, *map(InfoClass, classes)})
    words = "; ".join(each.label for each in InfoClass if each in parts)
    return Going(
        client, site, to, Purpose.ETREAT, parts, channel, f"Emergency: {words}"[:400], ground=ground, first=first
    )


def _wrong(personnel: str, discloser: str, nature: str) -> list[Finding]:
    named = (("personnel", personnel, 120), ("discloser", discloser, 120), ("nature", nature, 300))
    return [finding for field, value, longest in named for finding in check_words(value, field, longest=longest)]


def _beyond(classes: Collection[str]) -> list[Finding]:
    if set(classes) <= {each.value for each in EMERGENCY_SET}:
        return []
    words = "In an emergency only what it needs goes; SUD counseling notes never (42 CFR 2.31(b), 2.51). Leave the rest out."
    return [stop("emergency.beyond", words, field="classes")]


def _missing(facts: dict[str, str], told_at: datetime | None, medical: bool) -> list[Finding]:
    said = {
        "personnel": "Write the name of the medical personnel.", "facility": "Write the hospital or service they belong to.",
        "discloser": "Write who told them.", "nature": "Write what the emergency was.",
    }  # fmt: skip
    found = [stop("emergency.missing", said[name], field=name) for name in FACTS if not facts[name]]
    if told_at is None:
        found.append(stop("emergency.missing", "Write when it was told.", field="told_at"))
    if not medical:
        words = "Only medical personnel may be told. If these were not, record an incident of privacy; this stays open until then."
        found.append(stop("emergency.missing", words, field="medical"))
    return found


def _open(pk: int, client: Client) -> EmergencyCall:
    rows = EmergencyCall.objects.select_for_update(of=("self",)).select_related("client", "site")
    call = rows.filter(pk=pk, client__in=ids_of(client), disclosure=None).first()
    if call is None:
        raise Refused(stop("emergency.whole", "Its facts are whole already. Reload the page."))
    return call


def _ask(call: EmergencyCall, missing: list[Finding]) -> None:
    """A task for whoever releases records, where the client has a course of care to hang it on; the list of the privacy officer has it
    anyhow."""
    rows = Placement.objects.filter(episode__client=call.client_id, program__site=call.site_id)
    placement = rows.select_related("program__site", "episode__client").order_by("-started_at").first()
    if placement is not None:
        fields = ", ".join(str(each.detail["field"]) for each in missing)
        raise_task(
            episode_id=placement.episode_id, kind=TASK, title="Complete what was told in an emergency", placement=placement,
            due_at=call.at + WITHIN, at=call.at, capability=Capability.RELEASE, subject=call, by=call.by, urgent=True,
            line=f"Missing: {fields}",
        )  # fmt: skip
