"""Which pack of deadline rules a program follows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.database import kept_but, sealed_when


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0011_scales_and_vitals"),
        ("programs", "0009_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgramDeadlines",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pack", models.CharField(max_length=40)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deadline_packs",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "program deadlines",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="chart_program_deadlines_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pack", ""), _negated=True), name="chart_program_deadlines_pack"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="chart_program_deadlines_ended_by_someone",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("program", "pack"),
                        name="chart_program_deadlines_once",
                    ),
                ],
            },
        ),
        sealed_when("chart_programdeadlines", "OLD.ended_at IS NOT NULL"),
        kept_but("chart_programdeadlines", "ended_at", "ended_by_id"),
    ]
