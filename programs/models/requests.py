"""The placement list: who asks for a place, how far the asking has come, and what the state is told when places run out."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Case, Q, Value, When
from simple_history.models import HistoricalRecords

from programs.models.clients import Client
from programs.models.places import Program, Site
from programs.rules.priority import WORDS, priority
from staff.models import Person

M = TypeVar("M", bound=models.Model)


class InOrder(models.QuerySet[M]):
    """Requests in the order in which they are answered."""

    def in_order(self) -> Self:
        """By federal priority (45 CFR 96.131), then the longest waiting."""
        by_rule = Case(
            When(pregnant=True, injects=True, then=Value(1)),
            When(pregnant=True, then=Value(2)),
            When(injects=True, then=Value(3)),
            default=Value(4),
        )
        return self.order_by(by_rule, "asked_at", "pk")


class PlacementRequest(models.Model):
    """One line of the placement list: a person who asks for a place, and how far the asking has come.

    ``pregnant`` and ``injects`` are what the person said; the priority follows. ``interim_at`` is when interim services
    were begun (45 CFR 96.121, 96.126(b)(2)). ``why`` and ``referred_to`` say how it ended without an admission.
    """

    class State(models.TextChoices):
        INQUIRY = "inquiry", "Inquiry"
        SCREENED = "screened", "Screened"
        APPROVED = "approved", "Approved"
        SCHEDULED = "scheduled", "Scheduled"
        ADMITTED = "admitted", "Admitted"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REFERRED = "referred", "Referred out"

    OPEN = (State.INQUIRY, State.SCREENED, State.APPROVED, State.SCHEDULED)

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="requests")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="requests")
    level_wanted = models.CharField(max_length=20, blank=True)
    payer = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=120, blank=True)  # how to reach them, in their own words
    ready_on = models.DateField(null=True, blank=True)
    scheduled_on = models.DateField(null=True, blank=True)
    pregnant = models.BooleanField(default=False)
    injects = models.BooleanField(default=False)
    interim_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.INQUIRY)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    referred_to = models.CharField(max_length=120, blank=True)
    history = HistoricalRecords()

    objects = InOrder.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, state__in=["inquiry", "screened", "approved", "scheduled"])
                | Q(settled_at__isnull=False, state__in=["admitted", "withdrawn", "referred"]),
                name="programs_request_settled_together",
            ),
            models.UniqueConstraint(
                fields=["client", "site"], condition=Q(settled_at=None), name="programs_one_open_request"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_on__isnull=False), name="programs_request_scheduled_on"
            ),
            models.CheckConstraint(
                condition=~Q(state="referred") | ~Q(referred_to=""), name="programs_request_referred_to"
            ),
        ]
        indexes = [models.Index(fields=["site"], condition=Q(settled_at=None), name="programs_request_open")]

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def priority(self) -> int:
        """1 to 4, by federal rule."""
        return priority(pregnant=self.pregnant, injects=self.injects)

    @property
    def priority_words(self) -> str:
        """Why they come first; '' for all others."""
        return WORDS[self.priority]


class CapacityNotice(models.Model):
    """The state was told that a program reached 90 % of its capacity (45 CFR 96.126(a), within seven days of reaching it)."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="capacity_notices")
    reached_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "reached_at"], name="programs_notice_once"),
            models.CheckConstraint(condition=Q(sent_at__gte=models.F("reached_at")), name="programs_notice_later"),
        ]

    def __str__(self) -> str:
        return f"capacity notice {self.pk}"
