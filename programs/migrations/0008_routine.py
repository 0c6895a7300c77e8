"""A site's hours: changes of shift and rounds of the night."""

import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import programs.models.routine
import staff.models.people
from audit.database import kept_but


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0007_client_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteRoutine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("source", models.CharField(max_length=300)),
                ("shift_changes", models.JSONField(default=programs.models.routine.usual_changes)),
                ("night_from", models.TimeField(default=datetime.time(22, 0))),
                ("night_until", models.TimeField(default=datetime.time(6, 0))),
                ("night_minutes", models.PositiveSmallIntegerField(default=60)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routines", to="programs.site"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="programs_routine_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("site_id"), models.F("site_id"), models.Value("[]"), function="INT8RANGE"
                                ),
                                "&&",
                            ),
                            (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                        ],
                        name="programs_one_routine",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True),
                            models.Q(("shift_changes", []), _negated=True),
                            models.Q(("night_from", models.F("night_until")), _negated=True),
                        ),
                        name="programs_routine_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("night_minutes", 0),
                            models.Q(("night_minutes__gte", 5), ("night_minutes__lte", 240)),
                            _connector="OR",
                        ),
                        name="programs_routine_minutes",
                    ),
                ],
            },
        ),
        kept_but("programs_siteroutine", "ended_at"),
    ]
