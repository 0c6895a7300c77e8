"""SUD counseling notes, apart from everything else that is written of a client (42 CFR 2.11), and who else may read some of them."""

from __future__ import annotations

from datetime import UTC

from django.db import models
from django.db.models import F, Q

from privacy.models.watch import SAID
from privacy.rules.counseling import GRANTABLE, ReadBasis
from programs.models import Client, Site
from staff.models import Person


class CounselingNote(models.Model):
    """What its author made of the conversation in a session, for themselves alone. Append-only; a correction is a new row.

    The words are only in ``sealed`` (``privacy/sealing.py``); ``key`` names the key. Nothing but these two ever changes, and they only
    when the key is changed for another. ``about_at``: when the session began.
    """

    uid = models.UUIDField(unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    about_at = models.DateTimeField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected")
    key = models.CharField(max_length=8)
    sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["by", "client", "-about_at"], name="privacy_counseling_own")]
        constraints = [
            models.CheckConstraint(condition=Q(about_at__lte=F("at")), name="privacy_counseling_after_session"),
            models.CheckConstraint(condition=Q(key__regex=r"^[0-9a-f]{8}$"), name="privacy_counseling_sealed"),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="privacy_counseling_corrects_another"
            ),
        ]

    def __str__(self) -> str:
        return f"counseling note {self.pk}"

    @property
    def bound(self) -> dict[str, object]:
        """What the words are tied to: whose, by whom, when, about which session, in place of which."""
        return {
            "table": "privacy_counselingnote", "client": self.client_id, "site": self.site_id, "by": self.by_id,
            "about": self.about_at.astimezone(UTC).isoformat(), "at": self.at.astimezone(UTC).isoformat(), "corrects": self.corrects_id,
        }  # fmt: skip


class CounselingNoteGrant(models.Model):
    """A privacy officer lets one person read what one author wrote of one client, on one basis of 2.31(b)(1), until an hour.

    ``ended_at`` is set once, where it ends before its time.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=[(each.value, each.label) for each in GRANTABLE])
    words = models.CharField(max_length=400)
    at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["reader", "client"], name="privacy_counseling_reader")]
        constraints = [
            models.CheckConstraint(
                condition=Q(basis__in=[each.value for each in GRANTABLE]), name="privacy_grant_known_basis"
            ),
            models.CheckConstraint(condition=Q(words__regex=SAID), name="privacy_grant_has_words"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("at")), name="privacy_grant_ends_later"),
            models.CheckConstraint(
                condition=~Q(reader=F("author")) & ~Q(reader=F("by")), name="privacy_grant_to_another"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("at"), ended_by__isnull=False),
                name="privacy_grant_ended_by",
            ),
        ]

    def __str__(self) -> str:
        return f"counseling grant {self.pk}"

    @property
    def label(self) -> str:
        """Its basis in words."""
        return ReadBasis(self.basis).label
