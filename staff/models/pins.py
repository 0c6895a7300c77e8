"""The PIN a person signs with on a shared tablet, every try at it, and the proofs that came of right ones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from staff.models.people import Person


class Pin(models.Model):
    """A person's PIN from ``set_at`` (UTC) on; the newest row counts. Append-only.

    ``secret`` is an Argon2 hash, '' where the PIN was taken away. Only the person sets one; ``by`` is who wrote the row.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pins")
    secret = models.CharField(max_length=160, blank=True)
    set_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pins_written")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(secret="") | Q(by=F("person")), name="staff_pin_set_by_its_person")
        ]
        indexes = [models.Index(fields=["person", "-id"], name="staff_pin_newest")]

    def __str__(self) -> str:
        return f"PIN of {self.person}"


class PinTry(models.Model):
    """A PIN was entered for a person at a site (UTC), right or wrong. Append-only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pin_tries")
    pin = models.ForeignKey(Pin, on_delete=models.PROTECT, related_name="tries")
    site = models.ForeignKey("programs.Site", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        verbose_name_plural = "PIN tries"
        indexes = [models.Index(fields=["pin", "-id"], name="staff_pin_try_newest")]

    def __str__(self) -> str:
        return f"{'right' if self.right else 'wrong'} PIN for {self.person}"


class Proof(models.Model):
    """A person entered their own PIN at a site for one purpose; good until ``expires_at`` (UTC) and once (``used_at``).

    Rests on a right try of that person at that site (a trigger holds it). ``used_at`` is set once, nothing else ever changes.
    ``key`` is the form's, so that the same form sent again gets the proof it used.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proofs")
    site = models.ForeignKey("programs.Site", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    attempt = models.OneToOneField(PinTry, on_delete=models.PROTECT, related_name="proof")
    key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="staff_proof_expires_after"),
            models.CheckConstraint(condition=~Q(purpose=""), name="staff_proof_has_purpose"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("at"), used_at__lt=F("expires_at")),
                name="staff_proof_used_in_time",
            ),
            models.UniqueConstraint(
                fields=["key", "person", "purpose"], condition=~Q(used_at=None), name="staff_proof_key_once"
            ),
        ]
        indexes = [models.Index(fields=["key"], condition=~Q(key=None), name="staff_proof_key")]

    def __str__(self) -> str:
        return f"{self.person} for {self.purpose}"
