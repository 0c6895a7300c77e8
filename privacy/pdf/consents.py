"""A consent on paper: the client's copy, and what goes along with a release (42 CFR 2.32(b))."""

from collections.abc import Iterator
from datetime import datetime

from documents import Document, Heading, Notice, Text
from documents.blocks import HANDED, Block, Drawn, Fact, Facts
from privacy.consent_texts import forms
from privacy.models import ConsentSignature
from privacy.queries.consents import Standing
from privacy.rules.consents import ConsentType
from privacy.rules.elements import Signer
from programs.models import Site
from programs.rules.dates import said, said_at
from programs.rules.signature import HIGH, WIDE
from staff.models import Person


def consent_document(found: Standing, site: Site, *, by: Person, at: datetime) -> Document:
    """Its words as they were signed, the signatures, and how it stands at ``at``."""
    return Document(
        title=forms()[ConsentType(found.row.type)].title, organisation=site.organisation.name, site=site.name,
        as_of=f"As of {said_at(at, site.tz)}", confidential=HANDED, printed_by=f"Printed {said_at(at, site.tz)} by {by.signature}",
        blocks=tuple(consent_blocks(found, site)),
    )  # fmt: skip


def consent_blocks(found: Standing, site: Site) -> Iterator[Block]:
    """The consent as a part of a document."""
    row = found.row
    if not found.counts:
        why = found.why or "It is not signed by everybody yet. Nothing may be given on it."
        yield Notice("Does not count", why, strong=True)
    yield Facts((Fact("Client", row.client_name), Fact("Form", f"{row.type}, version {row.version}")))
    for heading, words in row.words:
        if heading:
            yield Heading(heading, 2)
        yield Text(words)
    for each in found.signatures:
        yield from _signed(each, site)
    for event in found.events:
        part = f" ({event.get_scope_display().lower()})" if event.kind == "revoked" else ""
        words = f"{said_at(event.at, site.tz)}, {event.by.signature}. {event.words}"
        yield Notice(f"{event.get_kind_display()}{part}", words.strip())
    yield Text(f"Seal {row.sha256}", small=True)


def _signed(each: ConsentSignature, site: Site) -> Iterator[Block]:
    who = f"{each.name}, {Signer(each.role).label.lower()}" + (f" ({each.authority})" if each.authority else "")
    label = f"{who}, signed on {said(each.signed_on)}; written {said_at(each.at, site.tz)} with {each.by.signature}"
    if each.strokes:
        lines = tuple(tuple((x, y) for x, y, _ in stroke) for stroke in each.strokes if len(stroke) > 1)
        yield Drawn(lines, WIDE, HIGH, label)
    else:
        yield Notice("On paper", f"{label}. The paper: {each.paper}")
