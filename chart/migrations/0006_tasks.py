"""Tasks and who has them: done once, never changed otherwise."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import kept_but, sealed_when
from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0005_scores"),
        ("programs", "0006_wristbands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("line", models.CharField(blank=True, max_length=300)),
                ("due_at", models.DateTimeField()),
                ("urgent", models.BooleanField(default=False)),
                ("capability", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.BigIntegerField(default=0)),
                ("raised_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=300)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="programs.client"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="done_tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="programs.episode"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raised_tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaskHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="chart.task"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["site", "due_at"], name="chart_task_waits"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["episode", "raised_at"], name="chart_task_episode"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), _negated=True),
                    models.Q(("title", ""), _negated=True),
                    models.Q(("capability", ""), _negated=True),
                ),
                name="chart_task_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("done_by", None), ("outcome", "")),
                    models.Q(
                        ("done_at__gte", models.F("raised_at")),
                        ("done_by__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="chart_task_done_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject_id", 0), ("subject_kind", "")),
                    models.Q(models.Q(("subject_kind", ""), _negated=True), ("subject_id__gt", 0)),
                    _connector="OR",
                ),
                name="chart_task_subject_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None)),
                fields=("episode", "kind", "subject_kind", "subject_id"),
                name="chart_task_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskholder",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_task_holder_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskholder",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(models.F("task_id"), models.F("task_id"), models.Value("[]"), function="INT8RANGE"),
                        "&&",
                    ),
                    (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="chart_task_one_holder",
            ),
        ),
        sealed_when("chart_task", "OLD.done_at IS NOT NULL"),
        kept_but("chart_task", "done_at", "done_by_id", "outcome"),
        sealed_when("chart_taskholder", "OLD.ended_at IS NOT NULL"),
        kept_but("chart_taskholder", "ended_at"),
    ]
    operations = at_once(operations)
