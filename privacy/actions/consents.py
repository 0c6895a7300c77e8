"""Write a consent, and have it signed. What is signed is never changed; a change is a new consent."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import digest, plain
from privacy.models import Consent, ConsentEvent, ConsentRecipient, ConsentSignature
from privacy.queries.proposing import Sheet, Sketch, sheet
from privacy.queries.sealing import seal_of
from privacy.rules.consents import ConsentType
from privacy.rules.elements import Signed, Signer, elements, signature
from programs.models import Client, Site
from programs.rules.signature import read_strokes, stroke_findings, svg_of
from programs.rules.words import check_words, tidy
from programs.scene import Scene, scene
from staff.models import Person
from staff.rules.capabilities import Capability

DRAWN, PAPER = ConsentSignature.How.DRAWN, ConsentSignature.How.PAPER
TEXTS = {"scope_words": 400, "proceeding": 160, "required_by": 160, "period_words": 300}


@action("privacy.consent")
def write_consent(
    *, by: Person, at: datetime, client_id: int, sketch: Sketch, replaces_id: int | None = None, key: UUID | None = None
) -> Consent:
    """Write what the client is asked to sign. It counts when everybody has signed (``sign_consent``).

    Raises Refused: an element of 42 CFR 2.31(a) is missing (``detail['field']``), a combination that is not allowed; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.KEEP_CONSENTS)
    made = sheet(sketch, here.client, here.site, at)
    findings = [
        finding for field, longest in TEXTS.items() for finding in check_words(getattr(sketch, field), field, longest=longest)
    ] + elements(made.proposed)  # fmt: skip
    if len(made.proposed.recipients) < len(set(sketch.recipients)):
        words = "Somebody who was named is not in the lists any more. Choose again."
        findings.append(stop("consent.recipient_gone", words, field="recipients"))
    old = Consent.objects.filter(pk=replaces_id, client=here.client, type=sketch.type).first() if replaces_id else None
    if replaces_id and old is None:
        findings.append(
            stop("consent.replaces", "The consent it takes the place of is not in this chart.", field="replaces")
        )
    if findings:
        raise Refused(*findings)

    row, names = drawn_up(made, sketch, here.client, here.site, old, by, at)
    row.save()
    ConsentRecipient.objects.bulk_create(
        ConsentRecipient(consent=row, recipient_id=pk, name=name) for pk, name in names
    )
    _tell(here, "privacy.consent", "written", row, by, at, sha256=row.sha256)
    return row


def drawn_up(
    made: Sheet, sketch: Sketch, client: Client, site: Site, old: Consent | None, by: Person, at: datetime
) -> tuple[Consent, list[tuple[int, str]]]:  # fmt: skip
    """The row of a consent with its seal, not saved, and the recipients it names (key, name)."""
    asked = made.proposed
    row = Consent(
        client=client, type=asked.type.value, version=made.form.version, client_name=asked.client_name,
        site=None if sketch.everywhere else site, discloser=asked.discloser, kinds=sorted(asked.kinds),
        participants=asked.participants, purposes=sorted(asked.purposes), classes=sorted(asked.classes),
        scope_words=plain(tidy(asked.scope_words)), expiry=asked.expiry.value if asked.expiry else "", expires_on=asked.expires_on,
        proceeding=plain(tidy(asked.proceeding)), required_by=plain(tidy(asked.required_by)),
        period_words=plain(tidy(asked.period_words)), revocable_on=asked.revocable_on, signers=list(asked.signers),
        also=sorted(asked.also), clauses=sorted(asked.clauses), words=[list(part) for part in made.words], replaces=old, at=at, by=by,
    )  # fmt: skip
    names = [(each.pk, each.name) for each in asked.recipients]
    row.sha256 = seal_of(row, names)
    return row, names


def drawn_signature(
    row: Consent, strokes: list[list[list[int]]], signed_on: date, by: Person, at: datetime
) -> ConsentSignature:
    """The client's drawn signature with its seal, not saved; ``strokes`` as ``read_strokes`` takes them."""
    role, name, how, intent = Signer.CLIENT.value, row.client_name, DRAWN.value, row.words[-1][1]
    return ConsentSignature(
        consent=row, role=role, name=name, how=how, intent=intent, strokes=strokes, svg=svg_of(read_strokes(strokes) or ()),
        signed_on=signed_on, at=at, by=by,
        sha256=digest([row.sha256, role, name, "", how, intent, strokes, "", str(signed_on), at.isoformat()]),
    )  # fmt: skip


def _twice(kwargs: Mapping[str, Any]) -> Finding:
    return stop("consent.signed", "That signature was written already. Reload the page to see it.")


@action("privacy.sign_consent", explain={"privacy_consent_signed_once": _twice})
def sign_consent(
    *,
    by: Person,
    at: datetime,
    consent_id: int,
    role: str = Signer.CLIENT.value,
    name: str = "",
    authority: str = "",
    how: str = DRAWN,
    strokes: object = (),
    paper: str = "",
    signed_on: date | None = None,
    key: UUID | None = None,
) -> ConsentSignature:
    """Write one signature: drawn on the tablet now, or on ``paper`` (where it is) on a day that is over. ``name`` '' is the client's.

    With the last one that is asked for, the consent counts, and one that it replaces ends. Raises Refused, NotAllowed.
    """
    here, row = open_consent(by, at, consent_id)
    today = at.astimezone(here.site.tz).date()
    drawn = read_strokes(strokes) if how == DRAWN else ()
    signer = Signer(role) if role in set(Signer) else None
    name = tidy(name) or (row.client_name if signer is Signer.CLIENT else "")
    findings = check_words(name, "name", longest=140) + check_words(authority, "authority", longest=200)
    findings += check_words(paper, "paper", longest=200)
    if how == DRAWN:
        findings += stroke_findings(drawn)
    if row.events.filter(kind=ConsentEvent.Kind.DROPPED).exists():
        findings.append(stop("consent.dropped", "This one was put away without a signature. Write a new one."))
    if signer is None or how not in ConsentSignature.How.values:
        findings.append(stop("consent.who", "Choose who signs, and how.", field="role"))
    else:
        asked = tuple(Signer(each) for each in row.signers)
        signed = Signed(
            signer,
            name,
            bool(drawn) if how == DRAWN else bool(paper.strip()),
            today if how == DRAWN else signed_on,
            authority,
        )
        findings += [
            each for each in signature(signed, asked, today) if not (how == DRAWN and each.code == "consent.signature")
        ]
    if findings:
        raise Refused(*findings)
    if row.signatures.filter(role=role).exists():
        raise Refused(_twice({}))

    intent, kept = row.words[-1][1], [[list(point) for point in stroke] for stroke in drawn or ()]
    day = today if how == DRAWN or signed_on is None else signed_on
    made = ConsentSignature.objects.create(
        consent=row, role=role, name=name, authority=tidy(authority), how=how, intent=intent, strokes=kept,
        svg=svg_of(drawn) if drawn else "", paper=tidy(paper) if how == PAPER else "", signed_on=day, at=at, by=by,
        sha256=digest([row.sha256, role, name, authority, how, intent, kept, paper, str(day), at.isoformat()]),
    )  # fmt: skip
    _tell(here, "privacy.sign_consent", f"signed by {Signer(role).label.lower()}", row, by, at, sha256=made.sha256)
    if row.replaces_id is not None and set(row.signatures.values_list("role", flat=True)) >= set(row.signers):
        _supersede(here, row, by, at)
    return made


def _supersede(here: Scene, row: Consent, by: Person, at: datetime) -> None:
    """The one it replaces ends, where nothing ended it before."""
    kinds = (ConsentEvent.Kind.REVOKED, ConsentEvent.Kind.SUPERSEDED)
    if (
        row.replaces is not None
        and not ConsentEvent.objects.filter(consent=row.replaces, kind__in=kinds, scope="whole").exists()
    ):
        ConsentEvent.objects.create(
            consent=row.replaces, kind=ConsentEvent.Kind.SUPERSEDED, by_consent=row, at=at, by=by
        )
        _tell(here, "privacy.supersede_consent", "took the place of the one before", row, by, at)


def open_consent(by: Person, at: datetime, consent_id: int) -> tuple[Scene, Consent]:
    """The client under lock, and their consent. Raises NotAllowed, Consent.DoesNotExist."""
    client_id = Consent.objects.only("client_id").get(pk=consent_id).client_id
    here = scene(by, at, client_id, Capability.KEEP_CONSENTS)
    return here, Consent.objects.get(pk=consent_id)


def _tell(here: Scene, verb: str, what: str, row: Consent, by: Person, at: datetime, **detail: object) -> None:
    label = ConsentType(row.type).label
    here.record(verb, f"{here.client.short_name}: consent '{label}' {what}", row, by, at, consent=row.pk, **detail)
