"""Recipients with their agreements, and consents: nearly everybody's for care and billing, a few of the other kinds, and what ended."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chart.models import Contact
from config.demo.plans import scribble
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from privacy.actions.consents import drawn_signature, drawn_up
from privacy.models import Agreement, Consent, ConsentEvent, ConsentRecipient, ConsentSignature, Recipient
from privacy.queries.proposing import Sketch, sheet
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.consents import ConsentType as T
from privacy.rules.consents import ExpiryKind
from privacy.rules.shapes import SHAPES
from programs.models import Organisation
from staff.models import Person
from staff.rules.capabilities import Role

# kind, name, address, HIPAA, Part 2, medical personnel
OUTSIDE = (
    ("provider", "Lakeside Family Medicine", "14 Quay Road", "ce", "no", True),
    ("provider", "City Hospital, emergency department", "1 Hospital Drive", "ce", "no", True),
    ("provider", "Dr. Ansel Wu", "", "unknown", "unknown", True),
    ("provider", "Northgate Outpatient Recovery", "220 North Gate", "ce", "program", False),
    ("health_plan", "Blue Heron Health Plan", "P.O. Box 900", "ce", "no", False),
    ("operations", "Stateline Laboratories", "8 Mill Lane", "ba", "no", False),
    ("operations", "Ledger & Lane, billing", "41 Canal Street", "ba", "no", False),
    ("criminal_justice", "County Probation, unit 3", "Court House, room 12", "neither", "no", False),
    ("legal", "Tallgrass Law", "5 Market Square", "neither", "no", False),
    ("intermediary", "Statewide Health Exchange", "", "unknown", "unknown", False),
    ("pdmp", "State Prescription Monitoring", "", "neither", "no", False),
    ("employer", "Orchard Street Bakery", "77 Orchard Street", "neither", "no", False),
    ("agency", "State Audit Bureau", "3 Capitol Square", "neither", "no", False),
    ("researcher", "Prairie University, public health", "12 College Avenue", "neither", "no", False),
)
AGREED = (("Stateline Laboratories", "qsoa"), ("Stateline Laboratories", "baa"), ("Ledger & Lane, billing", "qsoa"))
USUAL = Sketch(
    type=T.TPO_SINGLE, classed=True, everywhere=True, purposes=SHAPES[T.TPO_SINGLE].purposes, classes=SHAPES[T.TPO_SINGLE].begun,
    expiry=ExpiryKind.END_OF_TREATMENT,
)  # fmt: skip


@dataclass
class Made:
    """A consent of the demonstration while it is written."""

    row: Consent
    names: list[tuple[int, str]]
    path: Path


def write(stage: Stage, organisation: Organisation) -> None:
    """Those in care: nearly everybody has one for treatment, payment and operations. One is revoked, one held, one over."""
    dice = stage.dice("consents")
    outside = _recipients(stage, organisation)
    here = [
        path for path in stage.paths if path.ends is None and path.again is None and path.starts < stage.now - 6 * HOUR
    ]
    made = [_made(stage, path, USUAL, 40 * MINUTE) for place, path in enumerate(here) if place % 14 != 13]
    told = _told(stage, organisation, here)
    clinic, officer = outside["Lakeside Family Medicine"], outside["County Probation, unit 3"]
    named = Sketch(
        type=T.SPECIFIC, recipients=(clinic.pk,), purposes=frozenset({Purpose.TREAT}), classes=SHAPES[T.SPECIFIC].begun,
        expiry=ExpiryKind.DATE,
    )  # fmt: skip
    old = [path for path in here if stage.now - path.starts > 9 * DAY and _at_riverbend(stage, path)]
    over = _made(stage, old[0], replace(named, expires_on=_day(stage, -2)), HOUR)
    made += [over, *(_made(stage, path, replace(named, expires_on=_day(stage, 180)), HOUR) for path in old[1:9])]
    made.append(_made(stage, old[2], _case(stage, officer), 2 * HOUR))
    waiting = _made(stage, old[3], replace(named, recipients=(outside["Tallgrass Law"].pk,), expires_on=_day(stage, 90),
        purposes=frozenset({Purpose.PATRQT}), classes=frozenset({InfoClass.IDENTITY, InfoClass.PRESENCE})), 3 * HOUR)  # fmt: skip
    _keep([*made, *told, waiting])
    signatures = [
        drawn_signature(each.row, scribble(dice), _on(stage, each), each.row.by, each.row.at + 5 * MINUTE)
        for each in (*made, *told)
    ]
    ConsentSignature.objects.bulk_create(signatures, batch_size=500)
    _since(stage, made, dice_strokes=scribble(dice))


def _recipients(stage: Stage, organisation: Organisation) -> dict[str, Recipient]:
    by, at = stage.people["privacy"], stage.since
    rows = Recipient.objects.bulk_create(
        Recipient(
            organisation=organisation, kind=kind, name=name, address=address, hipaa=hipaa, part2=part2, medical=medical, started_at=at,
            by=by,
        )
        for kind, name, address, hipaa, part2, medical in OUTSIDE
    )  # fmt: skip
    found = {row.name: row for row in rows}
    began = (stage.since - 200 * DAY).date()
    Agreement.objects.bulk_create(
        Agreement(recipient=found[name], kind=kind, starts_on=began, at=at, by=by, reference="Contracts, shelf 2")
        for name, kind in AGREED
    )
    return found


def _told(stage: Stage, organisation: Organisation, here: list[Path]) -> list[Made]:
    """Every third client has named a contact of theirs who may be told that they are here."""
    rows: list[tuple[Path, Recipient]] = []
    for contact in Contact.objects.filter(ended_at=None).select_related("client").order_by("pk"):
        path = next((each for each in here[::3] if each.who.pk == contact.client_id), None)
        if path is None or any(each[0] is path for each in rows) or contact.relation == "probation officer":
            continue
        person = Recipient(
            organisation=organisation, client=contact.client, kind="person", name=contact.name, relation=contact.relation,
            phone=contact.phone, hipaa="neither", part2="no", started_at=path.starts, by=_by(stage, path),
        )  # fmt: skip
        rows.append((path, person))
    Recipient.objects.bulk_create(person for _, person in rows)
    sketch = Sketch(
        type=T.PRESENCE_ACK, purposes=frozenset({Purpose.PRESENCE}), classes=frozenset({InfoClass.PRESENCE}),
        expiry=ExpiryKind.END_OF_TREATMENT,
    )  # fmt: skip
    return [_made(stage, path, replace(sketch, recipients=(person.pk,)), 50 * MINUTE) for path, person in rows]


def _case(stage: Stage, officer: Recipient) -> Sketch:
    return Sketch(
        type=T.CRIMINAL_JUSTICE_REFERRAL, recipients=(officer.pk,), purposes=frozenset({Purpose.MONITOR}),
        classes=SHAPES[T.CRIMINAL_JUSTICE_REFERRAL].begun, expiry=ExpiryKind.END_OF_CASE, required_by="County Court, 24-CR-118",
        period_words="The ninety days of the program, and the hearing after them", revocable_on=_day(stage, 60),
    )  # fmt: skip


def _made(stage: Stage, path: Path, what: Sketch, later: timedelta) -> Made:
    site = stage.sites[stage.site_of(path.steps[0].program)]
    by, at = _by(stage, path), path.starts + later
    row, names = drawn_up(sheet(what, path.who, site, at), what, path.who, site, None, by, at)
    return Made(row, names, path)


def _keep(made: list[Made]) -> None:
    Consent.objects.bulk_create((each.row for each in made), batch_size=500)
    ConsentRecipient.objects.bulk_create(
        ConsentRecipient(consent=each.row, recipient_id=pk, name=name) for each in made for pk, name in each.names
    )


def _since(stage: Stage, made: list[Made], dice_strokes: list[list[list[int]]]) -> None:
    """One was revoked on the tablet, one is held since this morning, one is revoked for payers."""
    usual = [each for each in made if each.row.type == T.TPO_SINGLE and each.path.starts < stage.now - 4 * DAY]
    old = [each for each in usual if _at_riverbend(stage, each.path)]
    first, second, third = old[2], old[5], old[8]
    ConsentEvent.objects.bulk_create([
        _event(stage, first, "revoked", 2 * DAY, words="Wants nobody outside to know", strokes=dice_strokes),
        _event(stage, second, "held", 2 * HOUR, words="Said at the desk: stop sharing. The paper is to be signed today."),
        _event(stage, third, "revoked", DAY, scope="kind", recipient_kind="health_plan", paper="Signed letter, in the paper chart"),
    ])  # fmt: skip


def _event(stage: Stage, each: Made, kind: str, before: timedelta, **more: object) -> ConsentEvent:
    at = stage.now - before
    site = stage.site_of(each.path.steps[0].program)
    return ConsentEvent(consent=each.row, kind=kind, at=at, by=stage.on_duty(site, Role.INTAKE, at), **more)


def _at_riverbend(stage: Stage, path: Path) -> bool:
    """Where most people of the demonstration sign in."""
    return all(stage.site_of(step.program) == "riverbend" for step in path.steps)


def _by(stage: Stage, path: Path) -> Person:
    return stage.on_duty(stage.site_of(path.steps[0].program), Role.INTAKE, path.starts)


def _on(stage: Stage, each: Made) -> date:
    site = stage.site_of(each.path.steps[0].program)
    at: datetime = each.row.at
    return at.astimezone(stage.tz(site)).date()


def _day(stage: Stage, days: int) -> date:
    return stage.today("riverbend") + timedelta(days=days)
