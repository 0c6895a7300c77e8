"""What one shift tells the next, and what a day was like."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Site
from staff.models import Person, Proof


class HandoffDraft(models.Model):
    """What is being written for a unit and a shift, by whoever writes: one row, kept as it is typed, ``version`` counted up.

    ``content`` is ``{"unit": words, "clients": {key: {...}}}`` (``chart/rules/handoff.py``). ``since`` and ``until`` are the shift.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    unit_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "since"], name="chart_handoff_draft_once"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="chart_handoff_draft_shift"),
        ]

    def __str__(self) -> str:
        return f"handoff draft {self.pk}"


class Handoff(models.Model):
    """A handoff as it was given and signed for a unit and a shift: every generated line and every typed word. Append-only."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="handoffs")
    unit_id = models.BigIntegerField()
    unit = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handoffs_given")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "since"], name="chart_handoff_once"),
            models.CheckConstraint(
                condition=Q(until__gt=F("since"), given_at__gt=F("since")) & ~Q(sha256=""), name="chart_handoff_shift"
            ),
        ]
        indexes = [models.Index(fields=["site", "-since"], name="chart_handoff_site")]

    def __str__(self) -> str:
        return f"handoff {self.pk}"


class HandoffReceipt(models.Model):
    """Somebody of the next shift took a handoff over, and read it back in their own words. Append-only; never by who gave it.

    ``proof`` is that of their PIN where the tablet was signed in as somebody else (``tablet_of``); both NULL in their own session.
    """

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="receipts")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    read_back = models.TextField(max_length=2000)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handoffs_taken")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, related_name="+")
    tablet_of = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handoff", "by"], name="chart_handoff_taken_once"),
            models.CheckConstraint(condition=~Q(read_back=""), name="chart_handoff_read_back"),
            models.CheckConstraint(condition=~Q(by=F("given_by")), name="chart_handoff_taken_by_another"),
            models.CheckConstraint(
                condition=Q(proof=None, tablet_of=None) | Q(proof__isnull=False, tablet_of__isnull=False),
                name="chart_handoff_taken_with_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt of handoff {self.handoff_id}"


class DayReport(models.Model):
    """A site's 24 hours as a person finished them: the figures and lines as they stood, and a comment. Append-only.

    ``on`` is the site's date. What becomes known later is a new report naming the old one.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="day_reports")
    on = models.DateField()
    comment = models.TextField(max_length=4000)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(comment="") & ~Q(sha256=""), name="chart_day_report_whole"),
            models.UniqueConstraint(
                fields=["site", "on"], condition=Q(corrects=None), name="chart_day_report_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"report of {self.on}"
