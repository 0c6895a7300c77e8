"""The tablet goes to the client to sign one paper, and comes back. The signature itself is an act of the paper."""

from datetime import datetime

from django.db import models

from audit import trail
from audit.actions import action
from programs.models import Client, Site
from staff.access import require
from staff.actions import pins
from staff.models import Person
from staff.rules.capabilities import Capability


def purpose(paper: models.Model) -> str:
    """What a PIN is entered for, to take a tablet back."""
    return f"chart.hand_sign.{paper._meta.model_name}.{paper.pk}"


@action("chart.hand_sign")
def hand_to_sign(
    *, by: Person, at: datetime, client: Client, site: Site, paper: models.Model, capability: Capability
) -> models.Model:  # fmt: skip
    """Say on the trail that the client has the tablet, locked to this paper. Raises NotAllowed."""
    require(by, capability, site.pk, at)
    trail.record(
        "chart.hand_sign", by=by, at=at, subject=paper, site_id=site.pk, client_id=client.pk,
        summary=f"Tablet handed over to sign: {paper._meta.verbose_name}",
    )  # fmt: skip
    return paper


@action("chart.hand_sign_back")
def take_signed_back(
    *, by: Person, at: datetime, client: Client, site: Site, paper: models.Model, capability: Capability, proof_id: int
) -> models.Model:  # fmt: skip
    """Take the tablet back with one's own PIN (a proof for ``purpose``). Raises Refused (pin.*)."""
    pins.use(proof_id, purpose=purpose(paper), site=site, at=at, capability=capability)
    trail.record(
        "chart.hand_sign_back",
        by=by,
        at=at,
        subject=paper,
        site_id=site.pk,
        client_id=client.pk,
        summary="Tablet taken back",
    )
    return paper
