"""An audit that runs and takes copies, research, and a client whose request for their own record waits."""

from datetime import date
from typing import Any

from config.demo.stage import DAY, Stage
from privacy.actions.engagements import keep_engagement
from privacy.actions.own_access import keep_access_request
from privacy.models import Recipient

ASKED = 24  # days ago: a week is left


def write(stage: Stage) -> None:
    """At Riverbend. The request is of the one who has been there longest."""
    _engagements(stage)
    here = [
        path for path in stage.paths if path.ends is None and stage.programs[path.steps[-1].program].site.slug == "riverbend"
    ]  # fmt: skip
    who = min(here, key=lambda path: path.starts).who
    keep_access_request(
        by=stage.people["director"], at=stage.now - ASKED * DAY, site=stage.sites["riverbend"], client_id=who.pk,
        asked_on=_day(stage, -ASKED), how="A letter, binder 12", asks="Everything since I came, for my own lawyer to read with me",
        wanted="file",
    )  # fmt: skip


def _engagements(stage: Stage) -> None:
    asked: dict[str, Any] = {"by": stage.people["privacy"], "site": stage.sites["riverbend"]}
    whom = {row.name: row.pk for row in Recipient.objects.filter(client=None)}
    keep_engagement(
        at=stage.now - 5 * DAY, kind="audit", recipient_id=whom["State Audit Bureau"], agency="State office of addiction services",
        authority="State funding contract, section 9", agreement="Contracts, shelf 3", first_day=_day(stage, -4), last_day=_day(stage, 10),
        classes=["identity", "presence", "assessments", "plan"], copies=True, listed_sponsor=True, destroy_by=_day(stage, 70), **asked,
    )  # fmt: skip
    keep_engagement(
        at=stage.now - 3 * DAY, kind="research", recipient_id=whom["Prairie University, public health"], agency="Prairie University",
        authority="Waiver of authorization, 45 CFR 164.512(i), binder 14", agreement="Contracts, shelf 4", first_day=_day(stage, -2),
        last_day=_day(stage, 180), classes=["identity", "presence", "scales"], director="Determined on the day of the agreement",
        linkage=True, irb="Board of Prairie University, protocol 26-114", destroy_by=_day(stage, 540), **asked,
    )  # fmt: skip


def _day(stage: Stage, days: int) -> date:
    """So many days from now on the site's calendar."""
    return (stage.now + days * DAY).astimezone(stage.sites["riverbend"].tz).date()
