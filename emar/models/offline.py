"""Tablets that keep a pass for when the network is gone, what they sent of it, and what a person has to settle."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from emar.models.doses import Administration
from emar.models.orders import Order
from programs.models import Client, Site
from staff.models import Person


class Tablet(models.Model):
    """A device that may keep a pass. It is known by a secret in a cookie, of which only the hash is kept.

    ``unsent``, ``unsent_since`` and ``unsent_by`` are what it said at ``seen_at``; ``unreadable`` counts doses that it cannot
    read any more because its key is gone. Once revoked it is wiped at its next contact, and nothing it sends is charted.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=40, blank=True)  # names the key the device made for itself
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unsent = models.PositiveSmallIntegerField(default=0)
    unsent_since = models.DateTimeField(null=True, blank=True)
    unsent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unreadable = models.PositiveSmallIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wiped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(revoked_at=None), name="emar_tablet_name_once_a_site"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gte=F("registered_at")),
                name="emar_tablet_revoked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(wiped_at=None) | Q(revoked_at__isnull=False, wiped_at__gte=F("revoked_at")),
                name="emar_tablet_wiped_when_revoked",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="emar_tablet_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TabletDose(models.Model):
    """One dose that a tablet charted without the network, as it was received. Append-only.

    Both clocks are kept: ``device_at`` is what the tablet's clock said when it was charted, ``offset_ms`` how far the server
    was ahead of it at their last contact (``contact_at``, the tablet's clock), ``charted_at`` the two together, and
    ``offset_now_ms`` how far the server was ahead when it was sent. ``administration`` is the row of the record that answers
    it; without one the dose is ``unsettled``. ``sent_by`` is in whose session it was sent, ``person`` who charted it.
    """

    key = models.UUIDField(unique=True)
    tablet = models.ForeignKey(Tablet, on_delete=models.PROTECT, related_name="doses")
    place = models.PositiveIntegerField()  # in the order in which the tablet charted them
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    said = models.JSONField()  # word for word what the tablet sent
    device_at = models.DateTimeField()
    contact_at = models.DateTimeField()
    offset_ms = models.BigIntegerField()
    offset_now_ms = models.BigIntegerField()
    charted_at = models.DateTimeField()
    received_at = models.DateTimeField()
    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, null=True, blank=True, related_name="from_tablets"
    )

    class Meta:
        indexes = [models.Index(fields=["tablet", "-received_at"], name="emar_tablet_dose_received")]

    def __str__(self) -> str:
        return f"tablet dose {self.pk}"


class Unsettled(models.Model):
    """What a tablet says happened and the record could not take: a person settles it. Append-only.

    ``findings`` say why: [{"code", "severity", "message"}]. ``other`` is what stood charted for the dose at that moment.
    """

    dose = models.OneToOneField(TabletDose, on_delete=models.PROTECT, related_name="unsettled")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    findings = models.JSONField()
    other = models.ForeignKey(Administration, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(findings=[]), name="emar_unsettled_says_why")]
        indexes = [models.Index(fields=["site", "at"], name="emar_unsettled_site")]

    def __str__(self) -> str:
        return f"unsettled {self.pk}"


class Settlement(models.Model):
    """A person said what really happened. Append-only, one for each; ``administration`` is the row it put on the record."""

    class Verdict(models.TextChoices):
        SAME = "same", "The same dose, charted twice"
        BOTH = "both", "Both were given"
        RECORD = "record", "It happened as the tablet says"
        NOT = "not", "It did not happen"

    unsettled = models.OneToOneField(Unsettled, on_delete=models.PROTECT, related_name="settlement")
    verdict = models.CharField(max_length=8, choices=Verdict)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    administration = models.OneToOneField(
        Administration, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["both", "record"], administration__isnull=False)
                | Q(verdict__in=["same", "not"], administration=None),
                name="emar_settled_with_its_row",
            ),
            models.CheckConstraint(condition=Q(verdict="same") | ~Q(why=""), name="emar_settled_says_why"),
        ]

    def __str__(self) -> str:
        return f"settlement {self.pk}"
