"""Who was let in, in the demonstration: no desk locks soon, two charts were opened in an emergency, and one other system asks."""

from datetime import datetime, timedelta
from typing import Any

from audit import trail
from chart.actions.break_glass import OPENS, ask_for_review, purpose, review_due, review_glass
from chart.models import BreakGlass
from chart.queries.break_glass import SEEN
from chart.rules.break_glass import Judged, Why
from config.demo.stage import DAY, HOUR, MINUTE, Stage
from config.demo.twice import NUMBER
from fhir_r4.actions.interfaces import connect
from privacy.models import Recipient
from privacy.rules.classes import Purpose
from programs.models import Client, SiteAccess
from staff.actions import make_service
from staff.models import Person, Pin, PinTry, Proof
from staff.rules.capabilities import Role
from staff.rules.services import Scope

SOURCE = "The demonstration: an hour, so that nobody who looks around is locked out"


def write(stage: Stage) -> None:
    """An hour before anything locks; a reviewed and a waiting emergency; an account of another system without a token."""
    by = stage.people["administrator"]
    for site in stage.sites.values():
        SiteAccess.objects.create(
            site=site, started_at=stage.now - 60 * DAY, by=by, source=SOURCE, idle_minutes=60, tablet_minutes=60
        )
    here = stage.sites["riverbend"]
    gone = Client.objects.get(record_number=NUMBER)
    nurse, prescriber = (stage.teams["riverbend", role][0] for role in (Role.NURSE, Role.PRESCRIBER))
    before = _broken(
        stage, nurse, gone, stage.now - 3 * DAY, Why.RETURNING,
        "He rang from the bus station and asked whether the swelling came from a tablet he had here.",
    )  # fmt: skip
    review_glass(
        by=stage.people["director"], at=stage.now - 2 * DAY, glass_id=before.pk, judged=Judged.RIGHT,
        words="The allergy was needed at once. The call is noted.",
    )  # fmt: skip
    _broken(
        stage, prescriber, gone, stage.now - 5 * HOUR, Why.AFTERCARE,
        "His new clinic asks which dose he left with; I looked it up before calling him for a consent.",
    )  # fmt: skip
    feed = make_service(
        by=by, at=stage.now - 20 * DAY, site_id=here.pk, name="Regional health exchange", scopes=[Scope.FHIR_READ]
    )
    clinic = Recipient.objects.get(client=None, name="Lakeside Family Medicine")
    connect(by=by, at=stage.now - 20 * DAY, site_id=here.pk, account=feed, recipient=clinic, purpose=Purpose.TREAT)


def _broken(stage: Stage, who: Person, client: Client, at: datetime, why: Why, words: str) -> BreakGlass:
    """The rows an emergency leaves: the PIN, the glass, the pages, and the review that is due."""
    site = stage.sites["riverbend"]
    pin = Pin.objects.filter(person=who).latest("pk")
    attempt = PinTry.objects.create(person=who, pin=pin, site=site, at=at, right=True)
    proof = Proof.objects.create(
        person=who, site=site, purpose=purpose(OPENS, client.pk), at=at, expires_at=at + 2 * MINUTE, attempt=attempt
    )
    Proof.objects.filter(pk=proof.pk).update(used_at=at)
    glass = BreakGlass.objects.create(
        person=who, client=client, site=site, why=why.value, words=words, started_at=at, ends_at=at + HOUR,
        ended_at=at + timedelta(minutes=12), review_due_at=review_due(site, at), proof=proof,
    )  # fmt: skip
    told: dict[str, Any] = {"by": who, "subject": glass, "site_id": site.pk, "client_id": client.pk}
    trail.record("glass.break", at=at, summary=f"Broke the glass of {client.record_number}: {why.label}", **told)
    for minute, page in ((0, ""), (2, "facts/"), (5, "notes/")):
        path = f"/clients/{client.pk}/{page}"
        trail.record(
            SEEN, at=at + minute * MINUTE, summary=f"Saw {path} through broken glass",
            detail={"method": "GET", "path": path}, **told,
        )  # fmt: skip
    ask_for_review(glass)
    return glass
