"""What is recorded of the people who work here: accounts, the roles they hold at a site, and their signatures."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from simple_history.models import HistoricalRecords

from staff.rules.capabilities import Role


class Person(AbstractUser):
    """Someone who works here and signs in. ``name`` is how colleagues know them; never deleted, only made inactive."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=20, blank=True)  # "RN", "LCSW"

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.signature

    @property
    def signature(self) -> str:
        """How an act is signed: 'RN Cole', or the whole name where there are no credentials."""
        return f"{self.credentials} {self.name.split()[-1]}" if self.credentials else self.name

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"

    def get_full_name(self) -> str:
        """The whole name (Django asks under this name)."""
        return self.name

    def get_short_name(self) -> str:
        """The signature (Django asks under this name)."""
        return self.signature


class TsTzRange(Func):
    """``tstzrange(start, end)``: from start, up to and not including end; a NULL end is open."""

    function = "TSTZRANGE"


def as_range(field: str) -> Func:
    """An integer column as a one-number range, so that a plain gist constraint can compare it (no btree_gist)."""
    return Func(F(field), F(field), Value("[]"), function="INT8RANGE")


class RoleAssignment(models.Model):
    """A person holds a role at a site for a period (UTC; ``ended_at`` exclusive, open while NULL)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey("programs.Site", on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=30, choices=[(role.value, role.label) for role in Role])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="staff_role_ends_after_start"
            ),
            *[
                ExclusionConstraint(
                    name=f"staff_role_once_{role.value}",
                    expressions=[
                        (as_range("person_id"), RangeOperators.OVERLAPS),
                        (as_range("site_id"), RangeOperators.OVERLAPS),
                        (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(role=role.value),
                )
                for role in Role
            ],
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.role}"

    def holds(self, at: datetime) -> bool:
        """True where the role is held at this instant."""
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at)


class Signature(models.Model):
    """A person's name under something written: what it says (by hash), what signing meant, and as what. Append-only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    credentials = models.CharField(max_length=20, blank=True)
    meaning = models.CharField(max_length=20, choices=[("author", "Author"), ("cosign", "Co-signer")])
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    content_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "meaning", "subject_kind", "subject_id", "content_sha256"], name="staff_signed_once"
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="staff_signature_subject")]

    def __str__(self) -> str:
        return f"{self.person} {self.meaning} {self.subject_kind} {self.subject_id}"
