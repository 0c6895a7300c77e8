"""What is recorded of what happened: events, the seals that chain them, overrides, and answered requests.

Events carry labels and ids, never foreign keys, so they outlive what they describe.
"""

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One thing that a person did or saw, written in the transaction that did it. Append-only."""

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=60)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120)
    as_role = models.CharField(max_length=40, blank=True)
    site_id = models.BigIntegerField(null=True)
    client_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    summary = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "-at"], name="audit_event_client"),
            models.Index(fields=["by_id", "-at"], name="audit_event_by"),
            models.Index(fields=["site_id", "-id"], name="audit_event_site"),
            models.Index(fields=["site_id", "-at", "-id"], name="audit_event_lately"),
            models.Index(fields=["subject_kind", "subject_id"], name="audit_event_subject"),
            models.Index(fields=["site_id", "verb", "-at"], name="audit_event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}: {self.summary}"


class Seal(models.Model):
    """One link of the hash chain: event ``event_id`` stands at ``position``. Append-only.

    ``digest`` = SHA-256 over the previous digest and the event's canonical text. Events are sealed in the order in which
    they became visible, that is, in commit order as the sealer saw it.
    """

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveSmallIntegerField(
        default=1
    )  # what the digest covers (``audit.chain``); the first links have 1

    def __str__(self) -> str:
        return f"seal {self.position}"


class Sight(models.Model):
    """A person saw a thing in this hour, and the trail has it: so that it is told once. No record, only a reminder: the sealer
    clears away what is older than two days."""

    by_id = models.BigIntegerField()
    what = models.CharField(max_length=120)  # 'plan client 12': a part, and whose
    hour = models.DateTimeField()  # the full hour, UTC

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by_id", "hour", "what"], name="audit_sight_once")]
        indexes = [models.Index(fields=["hour"], name="audit_sight_hour")]

    def __str__(self) -> str:
        return f"{self.what} at {self.hour:%Y-%m-%d %H}"


class Override(models.Model):
    """A finding that a person went past, and why. Append-only."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="overrides")
    code = models.CharField(max_length=60)
    message = models.CharField(max_length=400)
    reason = models.TextField()
    second_person_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="audit_override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class Answer(models.Model):
    """What a request with this client-made key was answered, so that a retry gets the same answer once more."""

    key = models.UUIDField(primary_key=True)
    verb = models.CharField(max_length=60)
    by_id = models.BigIntegerField()
    asked = models.CharField(max_length=64)  # SHA-256 of what was asked: one key, one question
    model = models.CharField(max_length=80, blank=True)
    pk_answered = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
