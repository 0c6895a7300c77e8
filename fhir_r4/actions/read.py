"""Answer another system's request about one client: the gate decides on this instant, and the disclosure stands with the answer."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction

from audit import trail
from audit.rules.findings import Refused
from fhir_r4.access import Hidden, Reader, client_of, site_of
from fhir_r4.kinds import KINDS
from fhir_r4.queries.chart import chart
from fhir_r4.rules.bundle import bundle
from fhir_r4.rules.elements import Resource
from fhir_r4.rules.labels import REFRAIN, labelled, refrain
from privacy.actions.release import Permit, leaving, permitted, refusal
from privacy.models import Disclosure
from privacy.queries.gate import Going
from privacy.queries.restrictions import in_force
from privacy.rules.classes import ORDINARY, InfoClass, Purpose
from privacy.rules.necessary import USUAL
from privacy.rules.notices import Channel
from programs.models import Client
from programs.people import ids_of
from staff.models import Person


def classes_of(types: Collection[str]) -> frozenset[InfoClass]:
    """What these types of resources are disclosed as; everything a chart has where none is named. Identity goes with all."""
    wanted = {kind.info for kind in KINDS if not types or set(types) & (set(kind.types) - {"Provenance"})}
    return frozenset(wanted | {InfoClass.IDENTITY})


def asked(who: Reader, client: Client, types: Collection[str], at: datetime) -> Going:
    """What such a request asks the gate for. A system can give no reasons, so it gets what its purpose usually needs and nothing that
    was agreed to be kept back (42 CFR 2.13(a), 2.26)."""
    to, purpose = who.interface.recipient, Purpose(who.interface.purpose)
    classes = classes_of(types) & USUAL.get(purpose, ORDINARY)
    for each in in_force(ids_of(client), at):
        whom = (not each.recipients and not each.kinds) or to.pk in each.recipients or to.kind in each.kinds
        if whom and (not each.purposes or purpose in each.purposes):
            classes -= each.classes or classes
    what = ", ".join(sorted(types)) or "whole chart"
    return Going(client, site_of(who, client, at), to, purpose, frozenset(classes), Channel.API, f"FHIR: {what}"[:400])


def read(
    *, who: Reader, at: datetime, client_id: int, types: Collection[str], base: str, kind: str, only: str = ""
) -> Resource:
    """The Bundle of one request about one client; of ``only`` one resource ('Observation/score-3') where it is named.

    Raises Hidden, and whatever the reason the caller learns no more. Source: 42 CFR 2.13(c), 2.25, 2.31(c), 2.32.
    """
    going = asked(who, client_of(who, client_id), types, at)
    try:
        with transaction.atomic():
            return _read(by=who.account.person, at=at, going=going, types=tuple(types), base=base, kind=kind, only=only)
    except Refused as refused:
        refusal(by=who.account.person, at=at, going=going, findings=refused.findings)
        raise Hidden from refused


def _read(
    *, by: Person, at: datetime, going: Going, types: tuple[str, ...], base: str, kind: str, only: str
) -> Resource:
    permit, _ = permitted(by=by, at=at, going=going, proof_id=None, reasons={})

    made = answer(permit, types, base, kind, only)
    content = json.dumps(made, sort_keys=True).encode()
    row = Disclosure.objects.create(
        **leaving(permit), channel=Channel.API, content_sha256=hashlib.sha256(content).hexdigest(), size=len(content)
    )
    trail.record(
        "privacy.released", by=by, at=at, subject=row, site_id=going.site.pk, client_id=going.client.pk,
        summary=f"{going.summary} of {going.client.record_number} released: {permit.decision.basis}",
        detail={"disclosure": row.pk, "classes": row.classes, "purpose": row.purpose, "consent": row.consent_id},
    )  # fmt: skip
    return made


def answer(permit: Permit, types: Collection[str], base: str, kind: str, only: str = "") -> Resource:
    """What a permit lets out, with the notice and the scope of the consent. Raises Hidden where nothing of
    it may go, or ``only`` is not among it."""
    if types and "Patient" not in types and permit.decision.classes <= {InfoClass.IDENTITY}:
        raise Hidden  # the consent covers nothing of what was asked for
    found = chart(ids_of(permit.going.client), permit.at, permit.decision.classes, types)
    setting = {**REFRAIN, **getattr(settings, "STEPWELL_FHIR_REFRAIN", {})}
    labels = refrain(permit.consent.type if permit.consent else "", setting)
    if only:
        one = [each for each in found if f"{each['resourceType']}/{each['id']}" == only]
        if not one:
            raise Hidden
        return labelled(one[0], labels)
    notice = permit.notice.text if permit.notice else ""
    held = permit.decision.consent
    return bundle(
        found, at=permit.at, name=f"chart-{permit.going.client.pk}", base=base, kind=kind, notice=notice,
        scope=f"Scope of the consent: {held.scope}" if held and held.scope else "", refrain=labels,
    )  # fmt: skip
