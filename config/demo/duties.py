"""What the privacy officer keeps: restrictions in each state, a call of an emergency, legal papers, incidents with their clocks."""

from datetime import date, datetime
from typing import Any

from chart.actions.emergency import keep_call
from config.demo.stage import DAY, HOUR, Stage
from privacy.actions.breaches import assess, close_incident, keep_incident, keep_notice, name_person
from privacy.actions.legal import keep_legal_request, step_legal_request
from privacy.actions.restrictions import ask_restriction, step_restriction
from privacy.models import BreachIncident, Recipient
from programs.models import Client


def write(stage: Stage) -> None:
    """At Riverbend, with people who are there and of whom nothing was released."""
    here = [
        path.who
        for path in stage.paths
        if path.ends is None and stage.programs[path.steps[-1].program].site.slug == "riverbend"
        and path.starts < stage.now - 6 * DAY
    ]  # fmt: skip
    _restrictions(stage, here[-6:-3])
    _call(stage, here[-3])
    _legal(stage, here[-2])
    _incidents(stage, here[-1])


def _restrictions(stage: Stage, three: list[Client]) -> None:
    """One that waits, one that was agreed to (paid in full), one that was declined."""
    site, by, officer = stage.sites["riverbend"], stage.people["director"], stage.people["privacy"]
    first, second, third = three
    ask_restriction(
        by=by, at=stage.now - 5 * HOUR, site=site, client_id=first.pk, how="oral", words="Not my drug screens to anybody who pays",
        purposes=["HPAYMT"], classes=["drug_screens"], recipient_kind="health_plan",
    )  # fmt: skip
    paid = ask_restriction(
        by=by, at=stage.now - 5 * DAY, site=site, client_id=second.pk, how="written", words="I pay it myself; the plan is not to know",
        purposes=["HPAYMT", "HOPERAT"], recipient_kind="health_plan", paid_in_full=True, evidence="Receipt of the front desk",
    )  # fmt: skip
    step_restriction(by=officer, at=stage.now - 4 * DAY, request_id=paid.pk, kind="agreed")
    clinic = Recipient.objects.get(client=None, name="Lakeside Family Medicine")
    asked = ask_restriction(
        by=by, at=stage.now - 4 * DAY, site=site, client_id=third.pk, how="oral", words="Not my medications to the clinic",
        purposes=["TREAT"], classes=["medications"], recipient_id=clinic.pk,
    )  # fmt: skip
    reason = "The clinic prescribes too and needs to know; the client was told"
    step_restriction(by=officer, at=stage.now - 3 * DAY, request_id=asked.pk, kind="declined", reason=reason)


def _call(stage: Stage, who: Client) -> None:
    """A nurse told the ambulance, and did not ask for the name."""
    keep_call(
        by=stage.people["director"], at=stage.now - HOUR, client_id=who.pk, site=stage.sites["riverbend"], facility="County ambulance",
        medical=True, nature="Chest pain", told_at=stage.now - HOUR, discloser=stage.people["nurse"].signature,
        classes=["allergies", "medications", "diagnoses"],
    )  # fmt: skip


def _legal(stage: Stage, who: Client) -> None:
    """A subpoena that waits, one that was answered, and an order whose mandate came and which counsel reviewed."""
    site, by, today = stage.sites["riverbend"], stage.people["privacy"], stage.today("riverbend")
    asked: dict[str, Any] = {"by": by, "site": site, "sender": "Tallgrass Law", "court": "County Court"}
    old = keep_legal_request(
        at=stage.now - 5 * DAY, kind="subpoena", named="As it stands on the paper", asks="The whole chart", docket="26-CV-1187",
        received_on=_day(stage, stage.now - 5 * DAY), **asked,
    )  # fmt: skip
    counsel = "Nothing may be said; send the neutral reply"
    step_legal_request(by=by, at=stage.now - 4 * DAY, request_id=old.pk, kind="counsel", words=counsel)
    step_legal_request(
        by=by, at=stage.now - 3 * DAY, request_id=old.pk, kind="answered", answer="neutral", words="By first-class mail"
    )
    keep_legal_request(
        at=stage.now - 20 * HOUR, kind="subpoena", named="As it stands on the paper", asks="Dates of every stay", docket="26-CR-204",
        received_on=_day(stage, stage.now - 20 * HOUR), due_on=today + 9 * DAY,
        record_number=who.record_number, **asked,
    )  # fmt: skip
    order = keep_legal_request(
        at=stage.now - 2 * DAY, kind="order", named="A fictitious name", asks="Dates and the plan, in chambers", docket="26-FA-31",
        received_on=_day(stage, stage.now - 2 * DAY), record_number=who.record_number, section="2.64",
        classes=["identity", "presence", "plan"],
        mandate="Subpoena of the same day", until=stage.now + 30 * DAY, **asked,
    )  # fmt: skip
    words = "Good cause found after a hearing; its scope is as written"
    step_legal_request(by=by, at=stage.now - DAY, request_id=order.pk, kind="counsel", words=words)


def _incidents(stage: Stage, who: Client) -> None:
    """One that is not assessed, one that is a breach with clocks, one that is closed."""
    site, by = stage.sites["riverbend"], stage.people["privacy"]

    def found(what: str, days: int, people: int) -> BreachIncident:
        at = stage.now - days * DAY
        return keep_incident(by=by, at=at, site=site, what=what, discovered_at=at - HOUR, people=people)

    found("A face sheet lay in the printer of the lobby overnight.", 2, 1)
    fax = found("A discharge summary was faxed to a wrong number.", 5, 1)
    name_person(by=by, at=stage.now - 5 * DAY, incident_id=fax.pk, record_number=who.record_number)
    factors: dict[str, Any] = {
        "information": "Name, diagnosis and plan",
        "receiver": "An office that is not bound by HIPAA",
    }
    assess(
        by=by, at=stage.now - 4 * DAY, incident_id=fax.pk, acquired="It was read, as they told us", mitigated="Shredded, in writing",
        breach=True, reason="It was read by somebody who may not know it", people=1, most_in_state=1, **factors,
    )  # fmt: skip
    keep_notice(
        by=by, at=stage.now - DAY, incident_id=fax.pk, whom="individuals", sent_on=_day(stage, stage.now - DAY),
        how="First-class mail", proof="Binder 9, receipt",
    )  # fmt: skip
    tablet = found("A tablet was left in a van; it was locked and encrypted.", 6, 12)
    factors = {"information": "The pass of one unit", "receiver": "Nobody, as far as is known"}
    assess(
        by=by, at=stage.now - 5 * DAY, incident_id=tablet.pk, acquired="The log shows no try to open it", mitigated="Found the same day",
        breach=False, reason="Encrypted, locked, and nobody tried", people=12, most_in_state=12, **factors,
    )  # fmt: skip
    words = "Tablets are counted before a van leaves."
    close_incident(by=by, at=stage.now - 4 * DAY, incident_id=tablet.pk, words=words)


def _day(stage: Stage, at: datetime) -> date:
    """The day of an instant on the site's calendar (five days back is another hour where the clocks changed between)."""
    return at.astimezone(stage.sites["riverbend"].tz).date()
