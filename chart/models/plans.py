"""The treatment plan: versions, and in each of them problems, goals, objectives and interventions."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from programs.models import Episode
from staff.models import Person
from staff.rules.capabilities import Role


class Plan(models.Model):
    """One version of an episode's plan: a draft until ``signed_at``, then never changed (a trigger holds it, also for its lines).

    The next version is drafted from the newest signed one (``supersedes``); a line keeps its ``thread`` through all of them. What
    counts is derived: the newest signed version, while the episode lasts. ``wish`` is what the client wants, in their own words.
    ``revision`` counts the changes of a draft, so that nobody signs what they have not seen.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")
    wish = models.TextField(blank=True)
    review_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="plans")
    sha256 = models.CharField(max_length=64, blank=True)
    overrides = models.JSONField(default=list, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dropped_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(signed_at=None, dropped_at=None), name="chart_plan_one_draft"
            ),
            models.UniqueConstraint(
                fields=["episode", "number"], condition=Q(dropped_at=None), name="chart_plan_number_once"
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(dropped_at=None), name="chart_plan_superseded_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1, supersedes=None) | Q(number__gt=1, supersedes__isnull=False),
                name="chart_plan_follows_one",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, sha256="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False, review_on__isnull=False) & ~Q(sha256="")),
                name="chart_plan_signed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, dropped_by=None, dropped_why="")
                | (Q(dropped_at__isnull=False, dropped_by__isnull=False, signed_at=None) & ~Q(dropped_why="")),
                name="chart_plan_dropped_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(signed_at__gte=F("begun_at")), name="chart_plan_signed_after_begun"
            ),
        ]
        indexes = [models.Index(fields=["episode", "-signed_at"], name="chart_plan_newest")]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Line(models.Model):
    """What every line of a plan has. ``thread`` is its identity through the versions, ``rank`` its place among its neighbours,
    ``version`` the compare-and-set of whoever changes it. Closed in a version, with a reason, it is not carried into the next."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="%(class)ss")
    thread = models.UUIDField(default=uuid4)
    rank = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "thread"], name="chart_%(class)s_thread_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_why="") | (Q(closed_at__isnull=False) & ~Q(closed_why="")),
                name="chart_%(class)s_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


class Problem(Line):
    """What is in the way. ``dimension`` is the number of the ASAM dimension it belongs to, '' where nobody said."""

    dimension = models.CharField(max_length=1, blank=True, choices=[(str(each), str(each)) for each in range(1, 7)])


class Goal(Line):
    """Where the client wants to get with a problem."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="goals")


class Objective(Line):
    """A step towards a goal that can be measured: by a scale, a count, or words, from a baseline to a target, until a date.

    ``baseline`` and ``target`` are as typed; a rule asks for numbers where the measure is a scale or a count. ``unit`` says what is
    counted. Notes and group parts name objectives of signed versions; ``thread`` gathers them.
    """

    class Measure(models.TextChoices):
        SCALE = "scale", "A scale"
        COUNT = "count", "A count"
        WORDS = "words", "Words"

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="objectives")
    measure = models.CharField(max_length=8, choices=Measure, blank=True)
    scale = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    baseline = models.CharField(max_length=120, blank=True)
    target = models.CharField(max_length=120, blank=True)
    by_date = models.DateField(null=True, blank=True)

    class Meta(Line.Meta):
        constraints = [
            *Line.Meta.constraints,
            models.CheckConstraint(condition=Q(scale="") | Q(measure="scale"), name="chart_objective_scale_measured"),
        ]
        indexes = [models.Index(fields=["thread"], name="chart_objective_thread")]


class Intervention(Line):
    """What is done for an objective, how often, and by whom: a person or whoever works in a role."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="interventions")
    frequency = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_role = models.CharField(max_length=30, blank=True, choices=[(role.value, role.label) for role in Role])

    class Meta(Line.Meta):
        constraints = [
            *Line.Meta.constraints,
            models.CheckConstraint(condition=Q(owner=None) | Q(owner_role=""), name="chart_intervention_one_owner"),
        ]
