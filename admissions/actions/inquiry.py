"""A new inquiry: for someone who has a record, or for a person who gets one in the same transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from admissions.actions.admit import in_care_at
from admissions.actions.onlist import CONTACT, PAYER, already_asking, announce, written
from admissions.queries.people import alike
from admissions.rules import asking
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, override, refuse_unless_overridden, stop
from beds.actions.common import lock_clients
from programs.models import Client, Organisation, PlacementRequest, Site
from programs.rules.duplicates import Match, Someone
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

PREFIX, DIGITS = "R", 4


def _already(kwargs: Mapping[str, Any]) -> Finding:
    site = Site.objects.get(pk=kwargs["site_id"])
    name = Client.objects.get(pk=kwargs["client_id"]).short_name if kwargs.get("client_id") else "This person"
    return already_asking(kwargs.get("client_id") or 0, site, name)


def _number_taken(kwargs: Mapping[str, Any]) -> Finding:
    return stop("request.number_taken", "Another record was made at the same moment. Send it once more.")


@action("admissions.ask", explain={"programs_one_open_request": _already, "programs_record_number_once": _number_taken})
def ask(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    client_id: int | None = None,
    first_name: str = "",
    last_name: str = "",
    preferred_name: str = "",
    born_on: date | None = None,
    level_wanted: str = "",
    payer: str = "",
    contact: str = "",
    ready_on: date | None = None,
    pregnant: bool = False,
    injects: bool = False,
    reasons: Mapping[str, str] | None = None,
    key: UUID | None = None,
) -> PlacementRequest:
    """Write an inquiry for a client, or (``client_id`` None) for a new person, whose record number is given here.

    Raises Refused: a value is wrong (``detail['field']``); the client asks here already, or is in care; a record with the same
    name and birth date exists (``request.same_person``, which a reason in ``reasons`` overrides); NotAllowed.
    """
    require(by, Capability.ADMIT, site_id, at)
    site = Site.objects.select_related("organisation").get(pk=site_id)
    today = at.astimezone(site.tz).date()
    payer, wrong = written(payer, "payer", PAYER)
    contact, also = written(contact, "contact", CONTACT)
    findings = [*wrong, *also, *asking.check_level(level_wanted), *asking.check_ready(ready_on, today)]
    if client_id is None:
        findings = [*_check_person(first_name, last_name, preferred_name, born_on, today), *findings]
    if findings:
        raise Refused(*findings)
    overridden: tuple[Finding, ...] = ()
    if client_id is not None:
        client = lock_clients(client_id).get(client_id)
        _check_known(client, site, at)
        assert client is not None
    else:
        assert born_on is not None
        # One inquiry at a time for the organisation: nobody makes the same person, or the same number, twice.
        Organisation.objects.select_for_update(no_key=True).get(pk=site.organisation_id)
        asks = Someone(_tidy(first_name), _tidy(last_name), born_on, _tidy(preferred_name))
        overridden = refuse_unless_overridden(_same(site, asks), reasons or {})
        client = Client.objects.create(
            organisation=site.organisation, record_number=next_number(site.organisation_id), first_name=asks.first,
            last_name=asks.last, preferred_name=asks.preferred, born_on=born_on,
        )  # fmt: skip

    request = PlacementRequest.objects.create(
        client=client, site=site, level_wanted=level_wanted, payer=payer, contact=contact, ready_on=ready_on,
        pregnant=pregnant, injects=injects, asked_at=at,
    )  # fmt: skip
    new = ", with a new record" if client_id is None else ""
    trail.record(
        "admissions.ask", by=by, at=at, subject=request, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} asked for a place{new}", overridden=overridden, reasons=reasons,
    )  # fmt: skip
    announce(site)
    return request


def next_number(organisation_id: int) -> str:
    """The record number after the highest of the organisation, such as 'R1043'; call it under the organisation's lock."""
    numbered = Client.objects.filter(organisation=organisation_id, record_number__regex=rf"^{PREFIX}[0-9]{{1,8}}$")
    highest = numbered.aggregate(highest=Max(Cast(Substr("record_number", 2), IntegerField())))["highest"] or 0
    return f"{PREFIX}{highest + 1:0{DIGITS}}"


def _check_person(first: str, last: str, preferred: str, born_on: date | None, today: date) -> list[Finding]:
    """What is wrong with a new person's names and birth date."""
    missing = [stop("asking.born_missing", "Write the birth date.", field="born_on")]
    return [
        *asking.check_name(first, "first_name", "first name"),
        *asking.check_name(last, "last_name", "last name"),
        *asking.check_name(preferred, "preferred_name", "preferred name", required=False),
        *(missing if born_on is None else asking.check_birth(born_on, today)),
    ]


def _check_known(client: Client | None, site: Site, at: datetime) -> None:
    """Refuse a client of nobody, one who asks here already, and one who is in care."""
    if client is None or client.organisation_id != site.organisation_id:
        raise Refused(stop("request.no_client", "There is no such person. Look for them again."))
    if PlacementRequest.objects.filter(client=client, site=site, settled_at=None).exists():
        raise Refused(already_asking(client.pk, site, client.short_name))
    in_care = in_care_at(client, at)
    if in_care is not None:
        raise Refused(stop("request.in_care", in_care.message))


def _same(site: Site, who: Someone) -> list[Finding]:
    """The records that have this name and birth date; one finding, since one reason answers for all of them."""
    numbers = [
        f"{client.record_number} ({client.short_name})"
        for match, client in alike(site.organisation_id, who) if match is Match.SAME
    ]  # fmt: skip
    if not numbers:
        return []
    records = " and ".join([", ".join(numbers[:-1]), numbers[-1]] if numbers[1:] else numbers)
    message = (
        f"Record{'s' if numbers[1:] else ''} {records} {'have' if numbers[1:] else 'has'} the same name and birth date. "
        "Choose that person, or say why this is somebody else."
    )
    return [override("request.same_person", message, records=numbers, field="reason")]


def _tidy(name: str) -> str:
    return " ".join(name.split())
