"""Keep what an opioid treatment program said of a client's last dose. Never changed; a correction names the old row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import Verification
from emar.queries.policy import policy_of
from live.actions import publish
from programs.contributions import places
from programs.models import Client
from programs.placed import last, told
from programs.topics import pass_topic
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability

SKEW = timedelta(minutes=5)
LONGEST_AGO = timedelta(days=30)
LARGEST = Decimal(1_000)
LONGEST = {"program": (120, "which program it was"), "told_by": (80, "who there said it")}


def corrected_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of one verification is told."""
    newer = Verification.objects.select_related("by").filter(corrects=asked["corrects_id"]).first()
    who = "Someone" if newer is None else newer.by.signature
    return stop("verify.corrected", f"{who} corrected this meanwhile. Look at the newer one first.")


@action("emar.verify_dose", explain={"emar_verification_corrects_id_key": corrected_meanwhile})
def verify_dose(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    program: str,
    told_by: str,
    how: str,
    last_dose: Decimal | None,
    last_dose_at: datetime | None,
    heard_at: datetime | None = None,
    take_home_doses: int = 0,
    note: str = "",
    corrects_id: int | None = None,
    key: UUID | None = None,
) -> Verification:
    """Keep what the program said; it holds for as long as the site says. A nurse who charts doses or a prescriber does it.

    Raises Refused (codes: docs/withdrawal.md), NotAllowed, and Client.DoesNotExist for an unknown episode.
    """
    client = Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program here. Admit them first."))
    site = placement.program.site
    if not may(by, Capability.WRITE_ORDERS, site.pk, at):
        require(by, Capability.GIVE_DOSES, site.pk, at)
    old = None if corrects_id is None else Verification.objects.filter(pk=corrects_id, client=client).first()
    if corrects_id is not None and old is None:
        raise Refused(stop("verify.unknown", "The entry to correct is not this client's. Open the page again."))
    if old is not None and Verification.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"corrects_id": corrects_id}))

    heard = heard_at or at
    findings = [*_words(program, told_by, how, note, old), *_dose(last_dose, last_dose_at, heard, at, take_home_doses)]
    if findings:
        raise Refused(*findings)
    assert last_dose is not None
    assert last_dose_at is not None

    row = Verification.objects.create(
        client=client, program=program.strip(), told_by=told_by.strip(), how=how, heard_at=min(heard, at), last_dose=last_dose,
        last_dose_at=last_dose_at, take_home_doses=take_home_doses, note=note.strip(), by=by, written_at=at, corrects=old,
        expires_at=min(heard, at) + policy_of(site.pk, at).otp_verified,
    )  # fmt: skip
    record(
        "emar.verify_dose", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"Last methadone dose verified with the program, {told(row.heard_at, site.tz)}",
        detail={"corrects": corrects_id},
    )  # fmt: skip

    place = places(site.pk, at, episode_id).get(episode_id)
    if place is not None:
        publish({pass_topic(place.unit_id): []})
    return row


def _words(program: str, told_by: str, how: str, note: str, old: Verification | None) -> list[Finding]:
    found = []
    for name, text in (("program", program), ("told_by", told_by)):
        most, what = LONGEST[name]
        if not 1 <= len(text.strip()) <= most or "\x00" in text:
            found.append(stop(f"verify.{name}", f"Enter {what}, in at most {most} characters."))
    if how not in Verification.How.values:
        found.append(stop("verify.how", "Say whether it was by telephone, by fax or in person."))
    if len(note.strip()) > 300 or "\x00" in note:
        found.append(stop("verify.note", "A note has at most 300 plain characters."))
    if old is not None and not note.strip():
        found.append(stop("verify.note", "Say why this is corrected: the first entry stays visible beside it."))
    return found


def _dose(
    last_dose: Decimal | None, last_dose_at: datetime | None, heard: datetime, at: datetime, take_home: int
) -> list[Finding]:
    found = []
    if (
        last_dose is None
        or not last_dose.is_finite()
        or not 0 < last_dose < LARGEST
        or last_dose != round(last_dose, 3)
    ):
        found.append(stop("verify.last_dose", f"Enter the last dose in mg: more than zero, under {LARGEST:,}."))
    if last_dose_at is None:
        found.append(stop("verify.last_dose_at", "Enter the day and time of the last dose."))
        return found
    if any(each.utcoffset() is None for each in (heard, last_dose_at)):
        return [*found, stop("dose.no_zone", "A time came without a time zone. Send it with one.")]
    if heard - at > SKEW or last_dose_at > min(heard, at):
        found.append(
            stop("verify.future", "The last dose lies before the call, and the call before now. Check the times.")
        )
    if at - last_dose_at > LONGEST_AGO:
        words = f"The last dose is more than {LONGEST_AGO.days} days ago: the prescriber begins anew. Leave this order away."
        found.append(stop("verify.long_ago", words))
    if not 0 <= take_home <= 31:
        found.append(stop("verify.take_home", "Take-home doses are a whole number from 0 to 31."))
    return found
