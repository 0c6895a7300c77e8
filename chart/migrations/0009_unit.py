"""Observation rounds, incidents, handoffs and the report of a day. What was seen, reported, given and finished is never changed."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import append_only, kept_but
from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0008_facts"),
        ("programs", "0008_routine"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Handoff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_id", models.BigIntegerField()),
                ("unit", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("given_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handoffs_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handoffs", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandoffDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("content", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandoffReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_back", models.TextField(max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handoffs_taken",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "handoff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="chart.handoff"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fall", "Fall"),
                            ("medication", "Medication error"),
                            ("aggression", "Aggression"),
                            ("self_harm", "Self-harm"),
                            ("elopement", "Left without leave"),
                            ("overdose", "Overdose"),
                            ("property", "Loss or damage"),
                            ("contraband", "Contraband"),
                            ("injury", "Injury"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("none", "No harm"),
                            ("minor", "Minor harm"),
                            ("moderate", "Moderate harm"),
                            ("severe", "Severe harm or death"),
                        ],
                        max_length=8,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("place", models.CharField(max_length=80)),
                ("what", models.TextField(max_length=4000)),
                ("done", models.TextField(max_length=4000)),
                ("entered_at", models.DateTimeField()),
                ("corrected_why", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents_reported",
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
                        to="chart.incident",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentClient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("involved", "Involved"), ("harmed", "Harmed"), ("witness", "Witness")], max_length=10
                    ),
                ),
                ("about", models.TextField(max_length=2000)),
                ("injury", models.CharField(blank=True, max_length=300)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="programs.client"
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="programs.episode",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clients", to="chart.incident"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("follow_up", "What follows"),
                            ("root_cause", "What lay at the root"),
                            ("closed", "Closed"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(max_length=4000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="chart.incident"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentStaff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staff_there", to="chart.incident"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="incident",
            name="staff",
            field=models.ManyToManyField(
                related_name="incidents", through="chart.IncidentStaff", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="IncidentTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=120)),
                ("how", models.CharField(blank=True, max_length=120)),
                ("told_at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="chart.incident"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ObservationCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_id", models.BigIntegerField()),
                ("place", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awake", "Awake in room"),
                            ("asleep", "Asleep, breathing seen"),
                            ("bathroom", "In bathroom, heard"),
                            ("group", "In group"),
                            ("elsewhere", "Elsewhere on the unit, seen"),
                            ("off_unit", "Off the unit with staff"),
                            ("on_leave", "On leave"),
                            ("refused", "Refused to be seen"),
                            ("not_found", "Not found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("where", models.CharField(blank=True, max_length=120)),
                ("room_tag", models.CharField(blank=True, max_length=60)),
                (
                    "untagged",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_tag", "No tag on the door"),
                            ("unreadable", "The tag could not be read"),
                            ("no_scanner", "No scanner or camera at hand"),
                            ("not_wake", "Light would have woken somebody"),
                            ("urgent", "Something else was urgent"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observation_checks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observation_checks",
                        to="programs.client",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observation_checks",
                        to="programs.episode",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ObservationOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveSmallIntegerField()),
                ("why", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observation_orders",
                        to="programs.client",
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
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observation_orders",
                        to="programs.episode",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DayReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("comment", models.TextField(max_length=4000)),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="chart.dayreport",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="day_reports", to="programs.site"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("comment", ""), _negated=True), models.Q(("sha256", ""), _negated=True)
                        ),
                        name="chart_day_report_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects", None)), fields=("site", "on"), name="chart_day_report_once"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="handoff",
            index=models.Index(fields=["site", "-since"], name="chart_handoff_site"),
        ),
        migrations.AddConstraint(
            model_name="handoff",
            constraint=models.UniqueConstraint(fields=("unit_id", "since"), name="chart_handoff_once"),
        ),
        migrations.AddConstraint(
            model_name="handoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_at__gt", models.F("since")),
                    ("until__gt", models.F("since")),
                    models.Q(("sha256", ""), _negated=True),
                ),
                name="chart_handoff_shift",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoffdraft",
            constraint=models.UniqueConstraint(fields=("unit_id", "since"), name="chart_handoff_draft_once"),
        ),
        migrations.AddConstraint(
            model_name="handoffdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="chart_handoff_draft_shift"
            ),
        ),
        migrations.AddConstraint(
            model_name="handoffreceipt",
            constraint=models.UniqueConstraint(fields=("handoff", "by"), name="chart_handoff_taken_once"),
        ),
        migrations.AddConstraint(
            model_name="handoffreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("read_back", ""), _negated=True), name="chart_handoff_read_back"
            ),
        ),
        migrations.AddConstraint(
            model_name="handoffreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("given_by")), _negated=True), name="chart_handoff_taken_by_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentclient",
            constraint=models.UniqueConstraint(fields=("incident", "client"), name="chart_incident_client_once"),
        ),
        migrations.AddConstraint(
            model_name="incidentclient",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("about", ""), _negated=True), models.Q(("part", ""), _negated=True)),
                name="chart_incident_client_told_apart",
            ),
        ),
        migrations.AddIndex(
            model_name="incidentreview",
            index=models.Index(fields=["incident", "id"], name="chart_incident_review"),
        ),
        migrations.AddConstraint(
            model_name="incidentreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="chart_incident_review_says_what"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentstaff",
            constraint=models.UniqueConstraint(fields=("incident", "person"), name="chart_incident_staff_once"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["site", "-happened_at"], name="chart_incident_site"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what", ""), _negated=True),
                    models.Q(("done", ""), _negated=True),
                    models.Q(("place", ""), _negated=True),
                    models.Q(("kind", ""), _negated=True),
                    models.Q(("severity", ""), _negated=True),
                ),
                name="chart_incident_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("entered_at__gte", models.F("happened_at"))),
                name="chart_incident_not_in_the_future",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrected_why", ""), ("corrects", None)),
                    models.Q(("corrects__isnull", False), models.Q(("corrected_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_incident_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidenttold",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("who", ""), _negated=True), ("entered_at__gte", models.F("told_at"))),
                name="chart_incident_told_someone",
            ),
        ),
        migrations.AddIndex(
            model_name="observationcheck",
            index=models.Index(fields=["site", "entered_at"], name="chart_check_site"),
        ),
        migrations.AddIndex(
            model_name="observationcheck",
            index=models.Index(fields=["client", "at"], name="chart_check_client"),
        ),
        migrations.AddConstraint(
            model_name="observationcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("entered_at__gte", models.F("at"))), name="chart_check_not_in_the_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="observationcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "awake",
                            "asleep",
                            "bathroom",
                            "group",
                            "elsewhere",
                            "off_unit",
                            "on_leave",
                            "refused",
                            "not_found",
                        ],
                    )
                ),
                name="chart_check_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("room_tag", ""), ("untagged", ""), _connector="OR"), name="chart_check_one_proof"
            ),
        ),
        migrations.AddConstraint(
            model_name="observationcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                "awake",
                                "asleep",
                                "bathroom",
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(("room_tag", ""), _negated=True),
                    models.Q(("untagged", ""), _negated=True),
                    _connector="OR",
                ),
                name="chart_check_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "off_unit"), _negated=True),
                    models.Q(("where", ""), _negated=True),
                    _connector="OR",
                ),
                name="chart_check_where",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_observation_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationorder",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("client_id"), models.F("client_id"), models.Value("[]"), function="INT8RANGE"
                        ),
                        "&&",
                    ),
                    (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="chart_one_observation",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationorder",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("why", ""), _negated=True), ("minutes__gte", 5), ("minutes__lte", 240)),
                name="chart_observation_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until", None),
                    models.Q(("ended_at__lte", models.F("until")), ("until__gt", models.F("started_at"))),
                    _connector="OR",
                ),
                name="chart_observation_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by", None), ("ended_why", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("ended_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="chart_observation_ended_by_someone",
            ),
        ),
        append_only("chart_observationcheck"),
        append_only("chart_incident"),
        append_only("chart_incidentclient"),
        append_only("chart_incidentstaff"),
        append_only("chart_incidenttold"),
        append_only("chart_incidentreview"),
        append_only("chart_handoff"),
        append_only("chart_handoffreceipt"),
        append_only("chart_dayreport"),
        kept_but("chart_observationorder", "ended_at", "ended_by_id", "ended_why"),
    ]
    operations = at_once(operations)
