"""Other systems that ask by themselves: an account with scopes, and the tokens they show. Only a token's hash is kept."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from staff.models.people import Person
from staff.rules.services import Scope


class ServiceAccount(models.Model):
    """A system that may do what its ``scopes`` say, at ``site`` or (NULL) in the whole organisation, until it is closed.

    ``person`` is the row that stands wherever a row names who did it: it has no password, no role, and is never active.
    """

    name = models.CharField(max_length=80, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="service")
    scopes = ArrayField(models.CharField(max_length=40))
    site = models.ForeignKey("programs.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(scopes=[]) & ~Q(name=""), name="staff_service_may_something"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__gte=F("made_at"), closed_by__isnull=False),
                name="staff_service_closed_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def may(self, scope: Scope) -> bool:
        """True where the account carries the scope."""
        return scope.value in self.scopes


class ServiceToken(models.Model):
    """A token of a service account: SHA-256 of it (it has 256 random bits), and its first letters to tell it by.

    Good from ``made_at`` until ``expires_at`` or ``revoked_at`` (UTC). ``used_at`` is right to a minute.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    begins = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="staff_token_expires_after"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="staff_token_is_hashed"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__gte=F("made_at"), revoked_by__isnull=False),
                name="staff_token_revoked_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.begins}... of {self.account}"
