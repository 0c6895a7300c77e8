"""The frame of what is released: the cover with recipient, purpose and basis, the notice, the consent's scope or copy."""

from collections.abc import Iterator, Sequence
from datetime import date

from documents import Document, Fact, Facts, Heading, NewPage, Notice, Text
from documents.blocks import Block
from privacy.actions.release import Permit
from privacy.models import Consent
from privacy.queries.consents import scope_text
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.disclosure import Attachment
from privacy.rules.notices import Statement, notice_for
from programs.rules.dates import said, said_at


def released_document(permit: Permit, days: tuple[date, date], parts: Sequence[Block]) -> Document:
    """The whole paper; its foot says on every page what it is and to whom it went."""
    going, tz = permit.going, permit.going.site.tz
    return Document(
        title=f"Released record of {going.client.called}",
        organisation=going.site.organisation.name,
        site=going.site.name,
        as_of=f"Released {said_at(permit.at, tz)}",
        printed_by=f"Released by {permit.by.signature}",
        confidential=_foot(permit),
        blocks=(*_cover(permit, days), NewPage(), *parts),
    )


def _foot(permit: Permit) -> str:
    """On every page: the short statement of 2.32 with consent, the terms of the basis without."""
    basis = permit.decision.basis
    on = permit.at.astimezone(permit.going.site.tz).date()
    words = notice_for(Statement.SHORT, on).text if permit.consent or basis is None else basis.terms
    to = permit.going.recipient
    return f"{words} Released {said(on)} to {to.name if to else 'the client in person'}."


def _cover(permit: Permit, days: tuple[date, date]) -> Iterator[Block]:
    going, decision = permit.going, permit.decision
    to, client = going.recipient, going.client
    first, last = days
    yield Facts(
        (
            Fact("To", to.name if to else f"{client.called}, in person"),
            Fact("Address", to.address if to and to.address else "Not recorded"),
            Fact("About", f"{client.called}, {client.record_number}"), Fact("Days", f"{said(first)} to {said(last)}"),
            Fact("Purpose", going.purpose.label.capitalize() + (f", {going.proceeding}" if going.purpose is Purpose.HLEGAL else "")),
            Fact("Permitted by", decision.basis.label if decision.basis else ""),
        )
    )  # fmt: skip
    yield Heading("What is enclosed", 2)
    yield Text("\n".join(each.label for each in InfoClass if each in decision.classes))
    if permit.notice is not None:
        yield Heading("Notice to whoever receives this record", 2)
        for paragraph in permit.notice.text.split("\n"):
            yield Text(paragraph)
    elif decision.basis is not None:
        yield Notice("Terms", decision.basis.terms)
    for finding in decision.findings:
        if finding.code == "disclosure.restricted_in_emergency":
            yield Notice("Please", finding.message)
    if permit.consent is not None and decision.attachment is Attachment.COPY:
        yield NewPage()
        yield from consent_copy(permit.consent)
    elif permit.consent is not None:
        yield Heading("Scope of the consent", 2)
        yield Text(scope_text(permit.consent))


def consent_copy(consent: Consent) -> Iterator[Block]:
    """The consent word for word, with the names under it."""
    yield Heading("Copy of the consent", 2)
    yield Text(f"{consent.get_type_display()}, given by {consent.client_name}. Seal {consent.sha256[:16]}.", small=True)
    for heading, words in consent.words:
        yield Notice(str(heading), str(words))
    for signature in consent.signatures.all():
        how = signature.get_how_display().lower()
        yield Text(f"{signature.name} ({signature.role}), {said(signature.signed_on)}: {how}. {signature.intent}")
