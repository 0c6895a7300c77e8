"""One note on paper: what stands first, then what it was before, with every name and reason."""

from collections.abc import Iterator

from chart.queries.notes import Thread, Words
from documents import Document, Fact, Facts, Heading, Notice, Text
from documents.blocks import Block
from programs.models import Site
from programs.placed import told


def note_document(found: Thread, site: Site, *, printed_by: str) -> Document:
    """The document. A retracted note says so on top; nothing is left out."""
    newest, tz = found.newest, site.tz
    client = found.client
    when = told(newest.about_at, tz)
    if newest.started_at is not None and newest.ended_at is not None:
        ended = newest.ended_at.astimezone(tz)
        when = f"{told(newest.started_at, tz)} to {ended:%H:%M}, {newest.minutes} minutes"
    return Document(
        title=f"{newest.title if not newest.amendment else found.first.title}, {newest.about_at.astimezone(tz):%-d %b %Y}",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"{client.called}, {client.record_number}",
        printed_by=printed_by,
        blocks=(
            *_retracted(found, site),
            Facts(
                (
                    Fact("Client", client.called), Fact("Born", f"{client.born_on:%-d %b %Y}"),
                    Fact("Record", client.record_number), Fact("Template", found.template or "None"),
                    Fact("About", when), Fact("Signed", told(newest.written_at, tz)),
                ),
                columns=2,
            ),
            *_words(newest, site),
            *(block for chain in found.additions for block in _addition(chain, site)),
            *_before(found, site),
        ),
    )  # fmt: skip


def _retracted(found: Thread, site: Site) -> Iterator[Block]:
    if found.retraction is not None:
        each = found.retraction
        text = f"{each.reason} {each.by}, {told(each.written_at, site.tz)}."
        yield Notice("Entered in error", text, strong=True)


def _words(words: Words, site: Site) -> Iterator[Block]:
    if words.late:
        yield Notice("Late entry", f"Recorded {told(words.written_at, site.tz)}. {words.reason}".strip())
    for part in words.parts:
        if part.label:
            yield Heading(part.label, 2)
        yield Text(part.text)
        if part.copied:
            yield Text("Copied from an earlier note, not edited.", small=True)
    for objective in words.objectives:
        yield Text(f"Objective: {objective}", small=True)
    for gap in words.gaps:
        yield Notice("Signed with a reason", f"{gap.message} Reason: {gap.reason}")
    for name in words.names:
        yield Text(f"{name.meaning}: {name.by}, {told(name.at, site.tz)}. Seal {words.seal}.", small=True)
    if words.cosign_due is not None:
        yield Text(f"Co-signature due {told(words.cosign_due, site.tz)}.", small=True)


def _addition(chain: tuple[Words, ...], site: Site) -> Iterator[Block]:
    for words in chain:
        yield Heading(
            f"{words.title}, {told(words.written_at, site.tz)}{'' if words.stands else ' (no longer stands)'}", 2
        )
        yield Text(f"Why: {words.reason}", small=True)
        if words.amendment != "retraction":
            yield from _words(words, site)


def _before(found: Thread, site: Site) -> Iterator[Block]:
    """The words that were corrected, oldest first."""
    for old, newer in zip(found.chain, found.chain[1:], strict=False):
        yield Heading(f"Before: signed {told(old.written_at, site.tz)}, corrected {told(newer.written_at, site.tz)}", 2)
        yield Text(f"Why it was corrected: {newer.reason}", small=True)
        yield from _words(old, site)
