"""Reviews of a level: the rule, what came of each, who confirmed it, and the draft while it is written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.database import append_only
from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("asam", "0007_transitions"),
        ("programs", "0009_merges"),
        ("staff", "0004_pins_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LevelReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(max_length=20)),
                ("recommended", models.CharField(blank=True, max_length=20)),
                ("order", models.CharField(blank=True, max_length=10)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("continue", "Continue at this level"),
                            ("step_down", "Step down"),
                            ("step_up", "Step up"),
                            ("different", "A different service"),
                            ("discharge", "Discharge"),
                        ],
                        max_length=10,
                    ),
                ),
                ("to_level", models.CharField(blank=True, max_length=20)),
                ("conditions", models.JSONField()),
                ("why", models.TextField()),
                ("plan_change", models.TextField(blank=True)),
                ("progress", models.JSONField(blank=True, default=dict)),
                ("against", models.TextField(blank=True)),
                ("next_on", models.DateField(blank=True, null=True)),
                ("due", models.JSONField(blank=True, default=list)),
                ("digest", models.CharField(max_length=64)),
                ("reviewed_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("corrected_why", models.CharField(blank=True, max_length=300)),
                (
                    "assessment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="asam.assessment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="level_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="asam.levelreview",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="level_reviews", to="programs.episode"
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="asam.levelreview",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="level_reviews",
                        to="programs.placement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proof",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.proof",
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confirmation", to="asam.levelreview"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("typed", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("window", models.CharField(blank=True, max_length=36)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_drafts", to="programs.episode"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("off", models.JSONField(blank=True, default=list)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_policies",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "review policies",
            },
        ),
        migrations.AddIndex(
            model_name="levelreview",
            index=models.Index(fields=["episode", "-at"], name="asam_level_review_newest"),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows", None)), fields=("episode",), name="asam_one_first_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("why", ""), _negated=True),
                    models.Q(("conditions", []), _negated=True),
                    models.Q(("digest", ""), _negated=True),
                ),
                name="asam_review_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_on__isnull", False), ("outcome", "continue"), ("to_level", "")),
                    models.Q(("outcome", "continue"), _negated=True),
                    _connector="OR",
                ),
                name="asam_continue_says_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome", "discharge"), ("assessment__isnull", False), _connector="OR"),
                name="asam_review_rests_on_ratings",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrected_why", ""), ("corrects", None)),
                    models.Q(
                        ("corrects", models.F("follows")),
                        ("corrects__isnull", False),
                        models.Q(("corrected_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="asam_review_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviewed_at__lte", models.F("at"))), name="asam_review_not_in_the_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewdraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("episode",), name="asam_one_review_draft"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewpolicy",
            index=models.Index(fields=["program", "-at"], name="asam_review_policy_newest"),
        ),
        migrations.AddConstraint(
            model_name="reviewpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("days__gte", 1),
                    ("days__lte", 365),
                    models.Q(("hours", None), models.Q(("hours__gte", 1), ("hours__lte", 999)), _connector="OR"),
                ),
                name="asam_review_policy_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True), name="asam_review_policy_says_why"
            ),
        ),
        append_only("asam_levelreview"),
        append_only("asam_reviewconfirmation"),
        append_only("asam_reviewpolicy"),
    ]
    operations = at_once(operations)
