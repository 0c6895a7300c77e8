"""Scores: what a client was scored on a scale. Never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.database import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0004_append_only"),
        ("programs", "0005_drop_carried_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scale", models.CharField(max_length=20)),
                ("edition", models.CharField(max_length=40)),
                ("answers", models.JSONField()),
                ("total", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("overrides", models.JSONField(blank=True, default=list)),
                ("at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="programs.client"
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="chart.score",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="programs.episode"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["client", "scale", "-at"], name="chart_score_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scale", ""), _negated=True), models.Q(("answers", {}), _negated=True)
                        ),
                        name="chart_score_has_answers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("written_at__gte", models.F("at"))), name="chart_score_not_in_the_future"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("corrects", None), models.Q(("note", ""), _negated=True), _connector="OR"),
                        name="chart_score_correction_says_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects", None)),
                        fields=("client", "scale", "at"),
                        name="chart_score_one_an_instant",
                    ),
                ],
            },
        ),
        append_only("chart_score"),
    ]
