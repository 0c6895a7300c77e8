"""Treatment plans: versions that are sealed by the signature, and what happens to them afterwards."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.database import append_only, sealed_when
from audit.migrating import at_once

# A line belongs to the version its parent belongs to, and nothing of a signed or dropped version changes, whoever asks.
LINES = """
CREATE FUNCTION chart_plan_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line record;
    sealed boolean;
    other bigint;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        (CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.plan_id END),
        (CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.plan_id END)) AS named (plan_id) WHERE plan_id IS NOT NULL
    LOOP
        SELECT signed_at IS NOT NULL OR dropped_at IS NOT NULL INTO sealed FROM chart_plan WHERE id = line.plan_id FOR SHARE;
        IF sealed THEN
            RAISE EXCEPTION 'the plan is signed or dropped: draft its next version'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'chart_plan_line_sealed';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_ARGV[0] <> '' THEN
        EXECUTE format('SELECT plan_id FROM chart_%s WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[0] || '_id') INTO other USING NEW;
        IF other IS DISTINCT FROM NEW.plan_id THEN
            RAISE EXCEPTION 'a line stands in the version its parent stands in'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'chart_plan_line_parent';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""
PARENTS = {"problem": "", "goal": "problem", "objective": "goal", "intervention": "objective"}
SEALS = "".join(
    f"CREATE TRIGGER chart_{line}_sealed BEFORE INSERT OR UPDATE OR DELETE ON chart_{line} "
    f"FOR EACH ROW EXECUTE FUNCTION chart_plan_line('{parent}'); "
    for line, parent in PARENTS.items()
)
UNSEALS = "".join(f"DROP TRIGGER chart_{line}_sealed ON chart_{line}; " for line in PARENTS)


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0006_tasks"),
        ("programs", "0006_wristbands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4)),
                ("rank", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["rank", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("wish", models.TextField(blank=True)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("overrides", models.JSONField(blank=True, default=list)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_why", models.CharField(blank=True, max_length=200)),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="programs.episode"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="chart.plan",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4)),
                ("rank", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_why", models.CharField(blank=True, max_length=300)),
                (
                    "measure",
                    models.CharField(
                        blank=True,
                        choices=[("scale", "A scale"), ("count", "A count"), ("words", "Words")],
                        max_length=8,
                    ),
                ),
                ("scale", models.CharField(blank=True, max_length=20)),
                ("unit", models.CharField(blank=True, max_length=80)),
                ("baseline", models.CharField(blank=True, max_length=120)),
                ("target", models.CharField(blank=True, max_length=120)),
                ("by_date", models.DateField(blank=True, null=True)),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="objectives", to="chart.goal"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="chart.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Intervention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4)),
                ("rank", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_why", models.CharField(blank=True, max_length=300)),
                ("frequency", models.CharField(blank=True, max_length=120)),
                (
                    "owner_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nurse", "Nurse"),
                            ("prescriber", "Prescriber"),
                            ("facilitator", "Group facilitator"),
                            ("intake", "Intake coordinator"),
                            ("director", "Clinical director"),
                            ("technician", "Technician"),
                            ("housekeeping", "Housekeeping"),
                            ("biller", "Biller"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="interventions", to="chart.objective"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="chart.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="goal",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="chart.plan"
            ),
        ),
        migrations.CreateModel(
            name="PlanAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("drawn", "Signed on the tablet"), ("word", "Agreed by word"), ("refused", "Refused")],
                        max_length=8,
                    ),
                ),
                ("intent", models.CharField(max_length=300)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("strokes", models.JSONField(blank=True, default=list)),
                ("svg", models.TextField(blank=True)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="chart.plan"
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("goes_on", "The plan goes on"), ("changes", "The plan changes")], max_length=8
                    ),
                ),
                ("changes", models.TextField(blank=True)),
                ("level", models.CharField(blank=True, max_length=10)),
                ("next_on", models.DateField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="chart.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ObjectiveStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("progressing", "Progressing"),
                            ("met", "Met"),
                            ("deferred", "Deferred"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=12,
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("words", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statuses", to="chart.objective"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="chart.planreview",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "objective statuses",
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4)),
                ("rank", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_why", models.CharField(blank=True, max_length=300)),
                (
                    "dimension",
                    models.CharField(
                        blank=True,
                        choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"), ("6", "6")],
                        max_length=1,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="chart.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="goal",
            name="problem",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="chart.problem"
            ),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["episode", "-signed_at"], name="chart_plan_newest"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at", None), ("signed_at", None)),
                fields=("episode",),
                name="chart_plan_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at", None)), fields=("episode", "number"), name="chart_plan_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at", None)), fields=("supersedes",), name="chart_plan_superseded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("supersedes", None)),
                    models.Q(("number__gt", 1), ("supersedes__isnull", False)),
                    _connector="OR",
                ),
                name="chart_plan_follows_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sha256", ""), ("signed_at", None), ("signed_by", None)),
                    models.Q(
                        ("review_on__isnull", False),
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="chart_plan_signed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at", None), ("dropped_by", None), ("dropped_why", "")),
                    models.Q(
                        ("dropped_at__isnull", False),
                        ("dropped_by__isnull", False),
                        ("signed_at", None),
                        models.Q(("dropped_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="chart_plan_dropped_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_at", None), ("signed_at__gte", models.F("begun_at")), _connector="OR"),
                name="chart_plan_signed_after_begun",
            ),
        ),
        migrations.AddIndex(
            model_name="objective",
            index=models.Index(fields=["thread"], name="chart_objective_thread"),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.UniqueConstraint(fields=("plan", "thread"), name="chart_objective_thread_once"),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_why", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_objective_closed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(
                condition=models.Q(("scale", ""), ("measure", "scale"), _connector="OR"),
                name="chart_objective_scale_measured",
            ),
        ),
        migrations.AddConstraint(
            model_name="intervention",
            constraint=models.UniqueConstraint(fields=("plan", "thread"), name="chart_intervention_thread_once"),
        ),
        migrations.AddConstraint(
            model_name="intervention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_why", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_intervention_closed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="intervention",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", None), ("owner_role", ""), _connector="OR"),
                name="chart_intervention_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="planagreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "refused"), _negated=True), fields=("plan",), name="chart_plan_agreed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="planagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "drawn"),
                        ("witness", None),
                        models.Q(("strokes", []), _negated=True),
                        models.Q(("svg", ""), _negated=True),
                    ),
                    models.Q(
                        ("kind", "word"),
                        ("strokes", []),
                        ("svg", ""),
                        ("witness__isnull", False),
                        models.Q(("witness", models.F("by")), _negated=True),
                    ),
                    models.Q(("kind", "refused"), ("strokes", []), ("svg", ""), models.Q(("words", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_plan_agreement_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="planagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("intent", ""), _negated=True), models.Q(("sha256", ""), _negated=True)),
                name="chart_plan_agreement_sealed",
            ),
        ),
        migrations.AddIndex(
            model_name="planreview",
            index=models.Index(fields=["plan", "-at"], name="chart_plan_review_newest"),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("found", ""), _negated=True), models.Q(("sha256", ""), _negated=True)),
                name="chart_plan_review_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome", "goes_on"), models.Q(("changes", ""), _negated=True), _connector="OR"),
                name="chart_plan_review_says_what_changes",
            ),
        ),
        migrations.AddIndex(
            model_name="objectivestatus",
            index=models.Index(fields=["objective", "-at"], name="chart_objective_status_newest"),
        ),
        migrations.AddConstraint(
            model_name="objectivestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="chart_objective_status_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="objectivestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                name="chart_objective_status_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.UniqueConstraint(fields=("plan", "thread"), name="chart_problem_thread_once"),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_why", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_problem_closed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.UniqueConstraint(fields=("plan", "thread"), name="chart_goal_thread_once"),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_why", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_goal_closed_with_reason",
            ),
        ),
        sealed_when("chart_plan", "OLD.signed_at IS NOT NULL OR OLD.dropped_at IS NOT NULL"),
        migrations.RunSQL(LINES + SEALS, UNSEALS + "DROP FUNCTION chart_plan_line()"),
        append_only("chart_planagreement"),
        append_only("chart_planreview"),
        append_only("chart_objectivestatus"),
    ]
    operations = at_once(operations)
