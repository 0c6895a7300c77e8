"""A few records that were released on a consent, one on its client's request, and one share link that stands."""

from datetime import datetime, timedelta

from chart.pdf.released import released
from config.demo.stage import DAY, HOUR, Stage
from privacy.actions.links import share
from privacy.actions.own_access import keep_access_request
from privacy.actions.release import Content, Permit, release
from privacy.models import AccessRequest, Consent, Recipient
from privacy.queries.gate import Going, look
from privacy.queries.own_access import ground_of_access
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.notices import Channel
from programs.models import Client

C = InfoClass
FOR_CARE = frozenset({C.IDENTITY, C.ALLERGIES, C.DIAGNOSES, C.MEDICATIONS})
FOR_PAYMENT = frozenset({C.IDENTITY, C.PRESENCE, C.ASSESSMENTS})
LATELY = 3 * DAY


def write(stage: Stage) -> None:
    """Four people whose treatment consent counts: to the clinic twice, to the plan, their own copy; and a link for the clinic."""
    by = stage.people["director"]
    clinic, plan = (
        Recipient.objects.get(client=None, name=name) for name in ("Lakeside Family Medicine", "Blue Heron Health Plan")
    )
    site = stage.sites["riverbend"]
    found: list[Consent] = []
    rows = Consent.objects.filter(type="tpo_single", at__lt=stage.now - LATELY).select_related("client").order_by("pk")
    for each in rows:
        asked = Going(each.client, site, clinic, Purpose.TREAT, FOR_CARE, Channel.FILE, "")
        if look(asked, stage.now).decision.classes == FOR_CARE:
            found.append(each)
        if len(found) == 4:
            break
    told = (
        (clinic, Purpose.TREAT, FOR_CARE, Channel.HANDED_OVER, 50 * HOUR), (plan, Purpose.HPAYMT, FOR_PAYMENT, Channel.FILE, 30 * HOUR),
        (None, Purpose.PATRQT, FOR_CARE, Channel.HANDED_OVER, 20 * HOUR), (clinic, Purpose.TREAT, FOR_CARE, Channel.LINK, 2 * HOUR),
    )  # fmt: skip
    for consent, (to, purpose, classes, channel, ago) in zip(found, told, strict=False):
        at = stage.now - ago
        first, last = (at - 6 * DAY).astimezone(site.tz).date(), at.astimezone(site.tz).date()
        names = "; ".join(info.label for info in InfoClass if info in classes)
        asked = Going(
            consent.client, site, to, purpose, classes, channel, f"{names}, {first:%-d %b %Y} to {last:%-d %b %Y}",
            ground=None if to else ground_of_access(_asked(stage, consent.client, at - DAY)),
        )  # fmt: skip

        def make(permit: Permit, first: object = first, last: object = last) -> bytes:
            return released(permit, first, last)  # type: ignore[arg-type]

        content = Content("Record", f"record-{consent.client.record_number}-{first}-{last}.pdf", make)
        if channel is Channel.LINK:
            share(by=by, at=at, going=asked, content=content, proof_id=None, until=at + timedelta(days=3))
        else:
            release(by=by, at=at, going=asked, content=content, proof_id=None)


def _asked(stage: Stage, who: Client, at: datetime) -> AccessRequest:
    """The client asked for their own record; the release answers it."""
    site = stage.sites["riverbend"]
    return keep_access_request(
        by=stage.people["director"], at=at, site=site, client_id=who.pk, asked_on=at.astimezone(site.tz).date(),
        how="In person, to their clinician", asks="What I take and what I am allergic to", wanted="paper",
    )  # fmt: skip
