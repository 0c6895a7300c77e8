"""What is written about a client in sentences: notes, what amends them, the names under them, the objectives they serve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from audit.rules.seal import digest
from chart.models.plans import Objective
from programs.models import Episode, Site
from staff.models import AwaitedName, Person


class NoteManager(models.Manager["Note"]):
    """Notes without the words that only the search reads."""

    def get_queryset(self) -> models.QuerySet[Note]:
        """Every note."""
        return super().get_queryset().defer("words")


class Note(models.Model):
    """A signed note, or what amends one. Append-only: ``sha256`` seals it (``digest``).

    ``text`` is the whole note as it reads; ``fields`` are the parts of its template as they were then: name, label, text, and
    ``copied`` where the words came from ``copied_from`` unedited. ``about_at`` is when it happened, ``written_at`` when it was
    signed; ``late`` where the site's policy calls that a late entry. ``overrides`` are the gaps it was signed with, each with its
    reason.

    A correction or retraction names the newest words it replaces (``corrects``) and the first of them (``root``). An addendum or late
    entry names the first words it adds to (``adds_to``); so do corrections of it.
    """

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress note"
        ADMISSION = "admission", "Admission note"
        STEP = "step", "Step note"
        NURSING = "nursing", "Nursing note"

    class Amendment(models.TextChoices):
        ADDENDUM = "addendum", "Addendum"
        LATE_ENTRY = "late_entry", "Late entry"
        CORRECTION = "correction", "Correction"
        RETRACTION = "retraction", "Entered in error"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="notes")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    template = models.CharField(max_length=40, blank=True)
    template_name = models.CharField(max_length=60, blank=True)
    template_version = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=list, blank=True)
    text = models.TextField()
    about_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    overrides = models.JSONField(default=list, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amendment = models.CharField(max_length=12, choices=Amendment, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later_words")
    adds_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="additions")
    sha256 = models.CharField(max_length=64)
    words = models.GeneratedField(
        expression=SearchVector("text", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    objects = NoteManager()

    class Meta:
        indexes = [
            models.Index(fields=["episode", "-about_at"], name="chart_note_episode"),
            models.Index(fields=["site", "-about_at"], name="chart_note_site"),
            GinIndex(fields=["words"], name="chart_note_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="chart_note_has_text"),
            models.CheckConstraint(condition=~Q(sha256=""), name="chart_note_sealed"),
            models.CheckConstraint(condition=Q(written_at__gte=F("about_at")), name="chart_note_not_in_the_future"),
            models.CheckConstraint(
                condition=Q(started_at=None, ended_at=None) | Q(ended_at__gt=F("started_at")), name="chart_note_times"
            ),
            models.CheckConstraint(
                condition=Q(amendment="", corrects=None, root=None, adds_to=None)
                | Q(amendment__in=["addendum", "late_entry"], corrects=None, root=None, adds_to__isnull=False)
                & ~Q(reason="")
                | Q(amendment__in=["correction", "retraction"], corrects__isnull=False, root__isnull=False) & ~Q(reason=""),
                name="chart_note_amendment_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"note {self.pk}"

    @property
    def title(self) -> str:
        """What it is, in words: 'Progress note, SOAP', 'Addendum'."""
        if self.amendment:
            return Note.Amendment(self.amendment).label
        kind = Note.Kind(self.kind).label
        return f"{kind}, {self.template_name}" if self.template_name and self.template_name != kind else kind

    def digest(self, objectives: Iterable[int] = ()) -> str:
        """The seal of what it says, by whom, about when, after which template, and about which objectives (keys). No query."""
        started, ended = (None if at is None else _instant(at) for at in (self.started_at, self.ended_at))
        return digest(
            [
                1, self.episode_id, self.site_id, self.kind, self.template, self.template_version, self.fields, self.text,
                _instant(self.about_at), started, ended, _instant(self.written_at), self.by_id, self.amendment, self.reason,
                self.corrects_id, self.adds_to_id, self.copied_from_id, self.overrides, sorted(objectives),
            ]
        )  # fmt: skip


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


class NoteObjective(models.Model):
    """A note was about this objective of the client's plan, as the plan read then. Append-only."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="objective_links")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="note_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "objective"], name="chart_note_objective_once")]

    def __str__(self) -> str:
        return f"objective {self.objective_id} of note {self.note_id}"


class NoteCosign(AwaitedName):
    """A signed note waits for a supervisor's name, or has it; then it never changes."""

    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="cosign")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None, at=None) | Q(by__isnull=False, at__isnull=False), name="chart_cosigned_by_someone"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(at=None), name="chart_cosign_open")]

    def __str__(self) -> str:
        return f"co-signature of note {self.note_id}"


class NoteDraft(models.Model):
    """A note that is being written: one for each person, episode and template, theirs alone until it is signed or dropped.

    ``fields`` are words by the name of a field, ``times`` as they were typed (about, began, ended), ``objectives`` keys. ``copied``
    are the words that were brought forward from ``copied_from``, by field: unedited while they are the same. ``version`` is the
    compare-and-set of autosave: a save names the version it started from. ``note`` is what it became.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="drafts")
    template = models.CharField(max_length=40)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    fields = models.JSONField(default=dict, blank=True)
    times = models.JSONField(default=dict, blank=True)
    objectives = models.JSONField(default=list, blank=True)
    copied = models.JSONField(default=dict, blank=True)
    copied_from = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    note = models.OneToOneField(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "episode", "template"], condition=Q(note=None, dropped_at=None), name="chart_one_draft"
            ),
            models.CheckConstraint(condition=Q(note=None) | Q(dropped_at=None), name="chart_draft_one_end"),
            models.CheckConstraint(condition=Q(saved_at__gte=F("begun_at")), name="chart_draft_saved_after_begun"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
