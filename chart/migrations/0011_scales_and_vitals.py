"""Scores with parts, who filled them in, hand-overs to the client, and vitals."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import append_only, kept_but, sealed_when
from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0010_notes"),
        ("programs", "0008_routine"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scale", models.CharField(max_length=20)),
                ("edition", models.CharField(max_length=40)),
                ("began_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("stopped", models.BooleanField(default=False)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("signed", "Signed"), ("set_aside", "Set aside"), ("continued", "Gone on with")],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="HandOverAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=20)),
                ("value", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Vitals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("systolic", models.PositiveSmallIntegerField(null=True)),
                ("diastolic", models.PositiveSmallIntegerField(null=True)),
                ("pulse", models.PositiveSmallIntegerField(null=True)),
                ("respiration", models.PositiveSmallIntegerField(null=True)),
                ("temperature", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("temperature_c", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("spo2", models.PositiveSmallIntegerField(null=True)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("weight_kg", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("height", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("height_cm", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("glucose", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("glucose_mgdl", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("pain", models.PositiveSmallIntegerField(null=True)),
                ("units", models.JSONField(blank=True, default=dict)),
                (
                    "position",
                    models.CharField(
                        blank=True,
                        choices=[("sitting", "Sitting"), ("standing", "Standing"), ("lying", "Lying")],
                        max_length=8,
                    ),
                ),
                (
                    "arm",
                    models.CharField(blank=True, choices=[("left", "Left arm"), ("right", "Right arm")], max_length=5),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("overrides", models.JSONField(blank=True, default=list)),
                ("at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "vitals",
            },
        ),
        migrations.CreateModel(
            name="VitalsPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("limits", models.JSONField()),
                ("source", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "vitals policies",
            },
        ),
        migrations.AddField(
            model_name="score",
            name="filled_by",
            field=models.CharField(
                choices=[("staff", "Staff"), ("client", "The client")], default="staff", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="parts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="score",
            name="total",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(("total", None), ("parts", {}), _connector="XOR"), name="chart_score_total_or_parts"
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(("filled_by__in", ["staff", "client"])), name="chart_score_filled_by"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="began_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="programs.episode"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="score",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="hand_over", to="chart.score"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.site"),
        ),
        migrations.AddField(
            model_name="handover",
            name="taken_back_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handoveranswer",
            name="hand_over",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="chart.handover"
            ),
        ),
        migrations.AddField(
            model_name="vitals",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vitals", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="vitals",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vitals", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="vitals",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="chart.vitals",
            ),
        ),
        migrations.AddField(
            model_name="vitals",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vitals", to="programs.episode"
            ),
        ),
        migrations.AddField(
            model_name="vitalspolicy",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="vitalspolicy",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.site"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_at__gte", models.F("began_at")), _connector="OR"),
                    models.Q(("taken_back_at", None), ("taken_back_at__gte", models.F("began_at")), _connector="OR"),
                    models.Q(("settled_at", None), ("settled_at__gte", models.F("began_at")), _connector="OR"),
                ),
                name="chart_hand_over_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at", None), ("taken_back_by", None)),
                    models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                    _connector="OR",
                ),
                name="chart_hand_over_taken_back_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", ""), ("reason", ""), ("score", None), ("settled_at", None), ("settled_by", None)
                    ),
                    models.Q(
                        ("outcome", "signed"),
                        ("score__isnull", False),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                    ),
                    models.Q(
                        ("outcome", "set_aside"),
                        ("score", None),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("outcome", "continued"),
                        ("score", None),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="chart_hand_over_settled_as_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None)), fields=("client", "scale"), name="chart_hand_over_one_open"
            ),
        ),
        migrations.AddIndex(
            model_name="handoveranswer",
            index=models.Index(fields=["hand_over", "id"], name="chart_hand_over_answers"),
        ),
        migrations.AddConstraint(
            model_name="handoveranswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", ""), _negated=True), name="chart_hand_over_answer_has_item"
            ),
        ),
        migrations.AddIndex(
            model_name="vitals",
            index=models.Index(fields=["client", "-at"], name="chart_vitals_newest"),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("diastolic", None),
                    ("glucose", None),
                    ("height", None),
                    ("pain", None),
                    ("pulse", None),
                    ("respiration", None),
                    ("spo2", None),
                    ("systolic", None),
                    ("temperature", None),
                    ("weight", None),
                    _negated=True,
                ),
                name="chart_vitals_something_measured",
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("diastolic", None), ("systolic", None)),
                    models.Q(
                        ("diastolic__isnull", False),
                        ("diastolic__lt", models.F("systolic")),
                        ("systolic__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="chart_vitals_pressure_is_a_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(("pain", None), ("pain__lte", 10), _connector="OR"), name="chart_vitals_pain_0_to_10"
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(("spo2", None), ("spo2__lte", 100), _connector="OR"), name="chart_vitals_spo2_of_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("temperature", None), ("temperature_c__isnull", False), _connector="XOR"),
                    models.Q(("weight", None), ("weight_kg__isnull", False), _connector="XOR"),
                    models.Q(("height", None), ("height_cm__isnull", False), _connector="XOR"),
                    models.Q(("glucose", None), ("glucose_mgdl__isnull", False), _connector="XOR"),
                ),
                name="chart_vitals_in_both_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(("written_at__gte", models.F("at"))), name="chart_vitals_not_in_the_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="vitals",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("note", ""), _negated=True), _connector="OR"),
                name="chart_vitals_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="vitalspolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_vitals_policy_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="vitalspolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="chart_vitals_policy_has_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="vitalspolicy",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(models.F("site_id"), models.F("site_id"), models.Value("[]"), function="INT8RANGE"),
                        "&&",
                    ),
                    (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="chart_one_vitals_policy_at_a_time",
            ),
        ),
        append_only("chart_handoveranswer"),
        append_only("chart_vitals"),
        kept_but(
            "chart_handover",
            *("closed_at", "stopped", "taken_back_at", "taken_back_by_id", "settled_at", "settled_by_id"),
            *("outcome", "reason", "score_id"),
        ),
        sealed_when("chart_handover", "OLD.settled_at IS NOT NULL"),
        kept_but("chart_vitalspolicy", "ended_at"),
    ]
    operations = at_once(operations)
