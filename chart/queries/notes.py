"""One note as it is read: its words, what amends them, the names under them. Frozen, in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from chart.models import Note, NoteObjective
from programs.models import Client
from programs.people import ids_of
from staff.models import Signature

RETRACTION = Note.Amendment.RETRACTION


@dataclass(frozen=True)
class Part:
    """A field of a note under its label ('' where the note has no fields); ``copied``: brought forward and not edited."""

    name: str
    label: str
    text: str
    copied: bool = False


@dataclass(frozen=True)
class Name:
    """A name under a note: 'LPC Danso', as what, when."""

    by: str
    meaning: str
    at: datetime


@dataclass(frozen=True)
class Gap:
    """Something the note was signed without, and why."""

    message: str
    reason: str


@dataclass(frozen=True)
class Words:
    """One row of a note's story. ``stands``: neither corrected nor retracted. ``whole``: the seal is that of what stands here.

    ``cosign_due``: until when a supervisor's name is due, None where it stands or none is needed. ``corrects`` is the key of the
    words it replaces.
    """

    pk: int
    title: str
    amendment: str
    parts: tuple[Part, ...]
    reason: str
    about_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int | None
    written_at: datetime
    late: bool
    author_id: int
    by: str
    stands: bool
    gaps: tuple[Gap, ...]
    copied_from: int | None
    objectives: tuple[str, ...]
    names: tuple[Name, ...]
    cosign_due: datetime | None
    seal: str
    whole: bool


@dataclass(frozen=True)
class Thread:
    """A note with all that amends it. ``chain``: its words from the first to the newest; ``additions`` each a chain of its own.

    ``retraction`` is set where it was entered in error: then nothing of it stands, and all of it stays readable here.
    """

    client: Client
    root: int
    kind: str
    template: str
    chain: tuple[Words, ...]
    additions: tuple[tuple[Words, ...], ...]
    retraction: Words | None

    @property
    def first(self) -> Words:
        """The words as they were signed first."""
        return self.chain[0]

    @property
    def newest(self) -> Words:
        """The words that count, or the last that did."""
        return self.chain[-1]

    @property
    def amended(self) -> bool:
        """Whether anything was written after the first signature."""
        return len(self.chain) > 1 or bool(self.additions) or self.retraction is not None


def standing(rows: QuerySet[Note]) -> QuerySet[Note]:
    """Those of the notes that working views show: neither corrected nor retracted, nor added to what was retracted."""
    gone = Note.objects.filter(root=OuterRef("adds_to"), amendment=RETRACTION)
    newer = Note.objects.filter(corrects=OuterRef("pk"))
    return rows.filter(Q(adds_to=None) | ~Exists(gone), ~Exists(newer)).exclude(amendment=RETRACTION)


def thread(client: Client, pk: int) -> Thread | None:
    """The story that this note of the client is part of; None where there is no such note. Four queries."""
    asked = Note.objects.filter(pk=pk, episode__client__in=ids_of(client)).first()
    if asked is None:
        return None
    root = asked.adds_to_id or asked.root_id or asked.pk
    rows = list(
        Note.objects.filter(Q(pk=root) | Q(root=root) | Q(adds_to=root))
        .select_related("by", "cosign", "corrected_by")
        .order_by("written_at", "pk")
    )
    names, objectives = _names(rows), _objectives(rows)
    told = {row.pk: _words(row, names.get(row.pk, ()), objectives.get(row.pk, ())) for row in rows}
    chains: dict[int, list[Words]] = {}
    retracted: dict[int, Words] = {}
    for row in rows:
        start = row.root_id or row.pk
        if row.amendment == RETRACTION:
            retracted[start] = told[row.pk]
        else:
            chains.setdefault(start, []).append(told[row.pk])
    first = next(row for row in rows if row.pk == root)
    return Thread(
        client=client,
        root=root,
        kind=first.get_kind_display(),
        template=first.template_name,
        chain=tuple(chains.pop(root)),
        additions=tuple(
            tuple([*chain, retracted[start]] if start in retracted else chain) for start, chain in chains.items()
        ),
        retraction=retracted.get(root),
    )


def _words(row: Note, names: Iterable[Name], objectives: Iterable[tuple[int, str]]) -> Words:
    cosign = getattr(row, "cosign", None)
    linked = list(objectives)
    took = None if row.started_at is None or row.ended_at is None else row.ended_at - row.started_at
    return Words(
        pk=row.pk,
        title=row.title,
        amendment=row.amendment,
        parts=parts_of(row),
        reason=row.reason,
        about_at=row.about_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        minutes=None if took is None else int(took.total_seconds() // 60),
        written_at=row.written_at,
        late=row.late,
        author_id=row.by_id,
        by=row.by.signature,
        stands=getattr(row, "corrected_by", None) is None and row.amendment != RETRACTION,
        gaps=tuple(Gap(each["message"], each["reason"]) for each in row.overrides),
        copied_from=row.copied_from_id,
        objectives=tuple(words for _, words in linked),
        names=tuple(names),
        cosign_due=None if cosign is None or cosign.at is not None else cosign.due_at,
        seal=row.sha256[:12],
        whole=row.digest(pk for pk, _ in linked) == row.sha256,
    )


def parts_of(row: Note) -> tuple[Part, ...]:
    """The words of a note by field; one part without a label where it has none. No query."""
    if len(row.fields) < 2:
        copied = bool(row.fields) and row.fields[0]["copied"]
        return (Part(row.fields[0]["name"] if row.fields else "text", "", row.text, copied),)
    return tuple(Part(each["name"], each["label"], each["text"], each["copied"]) for each in row.fields)


def _names(rows: Sequence[Note]) -> Mapping[int, list[Name]]:
    found: dict[int, list[Name]] = {}
    signed = Signature.objects.filter(subject_kind=Note._meta.label, subject_id__in=[row.pk for row in rows])
    for each in signed.select_related("person").order_by("at", "pk"):
        by = f"{each.person.name}, {each.credentials}" if each.credentials else each.person.name
        found.setdefault(each.subject_id, []).append(Name(by, each.get_meaning_display(), each.at))
    return found


def _objectives(rows: Sequence[Note]) -> Mapping[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    links = NoteObjective.objects.filter(note__in=[row.pk for row in rows]).order_by("pk")
    for note_id, pk, words in links.values_list("note_id", "objective_id", "objective__text"):
        found.setdefault(note_id, []).append((pk, words))
    return found
