"""Withdrawal protocols, what an opioid treatment program verified, and what goes with a dose that stands on them."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from audit.database import append_only
from audit.migrating import at_once

BANDS = """
CREATE FUNCTION emar_bands_ok(bands jsonb, top integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    item jsonb;
    next_from integer := 0;
    dose numeric := 0;
BEGIN
    IF jsonb_typeof(bands) <> 'array' OR jsonb_array_length(bands) = 0 THEN RETURN false; END IF;
    FOR item IN SELECT * FROM jsonb_array_elements(bands) LOOP
        IF jsonb_typeof(item) <> 'object' OR coalesce(jsonb_typeof(item -> 'from'), '') <> 'number'
            OR coalesce(jsonb_typeof(item -> 'to'), '') <> 'number'
            OR coalesce(jsonb_typeof(item -> 'recheck_minutes'), '') <> 'number' THEN RETURN false; END IF;
        IF (item ->> 'from')::integer <> next_from OR (item ->> 'to')::integer < next_from THEN RETURN false; END IF;
        IF (item ->> 'recheck_minutes')::integer NOT BETWEEN 15 AND 1440 THEN RETURN false; END IF;
        IF coalesce(jsonb_typeof(item -> 'amount'), 'null') = 'null' THEN
            IF dose > 0 THEN RETURN false; END IF;
        ELSE
            IF NOT emar_number(item -> 'amount') THEN RETURN false; END IF;
            IF (item ->> 'amount')::numeric <= 0 OR (item ->> 'amount')::numeric < dose THEN RETURN false; END IF;
            dose := (item ->> 'amount')::numeric;
        END IF;
        next_from := (item ->> 'to')::integer + 1;
    END LOOP;
    RETURN next_from = top + 1;
END $$;
ALTER TABLE emar_protocol ADD CONSTRAINT emar_protocol_bands_right CHECK (emar_bands_ok(bands, top));
"""
UNBANDS = """
ALTER TABLE emar_protocol DROP CONSTRAINT emar_protocol_bands_right;
DROP FUNCTION emar_bands_ok(jsonb, integer);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0005_scores"),
        ("emar", "0011_stock"),
        ("programs", "0006_wristbands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoseChecks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("proposed", models.DecimalField(blank=True, decimal_places=3, max_digits=9, null=True)),
                ("last_use_at", models.DateTimeField(blank=True, null=True)),
                ("mouth_before", models.BooleanField(blank=True, null=True)),
                ("dissolved_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalProtocol",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("scale", models.CharField(max_length=20)),
                ("top", models.PositiveSmallIntegerField()),
                ("ingredient", models.CharField(max_length=80)),
                ("unit", models.CharField(max_length=20)),
                ("bands", models.JSONField()),
                ("low", models.PositiveSmallIntegerField(default=0)),
                ("stretches", models.JSONField(blank=True, default=list)),
                ("end_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=300)),
                ("attested", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=120)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical protocol",
                "verbose_name_plural": "historical protocols",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Protocol",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("scale", models.CharField(max_length=20)),
                ("top", models.PositiveSmallIntegerField()),
                ("ingredient", models.CharField(max_length=80)),
                ("unit", models.CharField(max_length=20)),
                ("bands", models.JSONField()),
                ("low", models.PositiveSmallIntegerField(default=0)),
                ("stretches", models.JSONField(blank=True, default=list)),
                ("end_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=300)),
                ("attested", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program", models.CharField(max_length=120)),
                ("told_by", models.CharField(max_length=80)),
                (
                    "how",
                    models.CharField(
                        choices=[("phone", "By telephone"), ("fax", "By fax"), ("in_person", "In person")],
                        max_length=10,
                    ),
                ),
                ("heard_at", models.DateTimeField()),
                ("last_dose", models.DecimalField(decimal_places=3, max_digits=9)),
                ("last_dose_at", models.DateTimeField()),
                ("take_home_doses", models.PositiveSmallIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("expires_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="emarpolicy",
            name="induction_cows",
            field=models.PositiveSmallIntegerField(default=8),
        ),
        migrations.AddField(
            model_name="emarpolicy",
            name="induction_hours",
            field=models.PositiveSmallIntegerField(default=12),
        ),
        migrations.AddField(
            model_name="emarpolicy",
            name="induction_least_cows",
            field=models.PositiveSmallIntegerField(default=5),
        ),
        migrations.AddField(
            model_name="emarpolicy",
            name="otp_missed_days",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name="emarpolicy",
            name="otp_verified_hours",
            field=models.PositiveSmallIntegerField(default=72),
        ),
        migrations.AddField(
            model_name="historicalemarpolicy",
            name="induction_cows",
            field=models.PositiveSmallIntegerField(default=8),
        ),
        migrations.AddField(
            model_name="historicalemarpolicy",
            name="induction_hours",
            field=models.PositiveSmallIntegerField(default=12),
        ),
        migrations.AddField(
            model_name="historicalemarpolicy",
            name="induction_least_cows",
            field=models.PositiveSmallIntegerField(default=5),
        ),
        migrations.AddField(
            model_name="historicalemarpolicy",
            name="otp_missed_days",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name="historicalemarpolicy",
            name="otp_verified_hours",
            field=models.PositiveSmallIntegerField(default=72),
        ),
        migrations.AddField(
            model_name="historicalorder",
            name="start_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Neither"),
                    ("induction", "Starts buprenorphine"),
                    ("otp", "Continues from an opioid treatment program"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="start_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Neither"),
                    ("induction", "Starts buprenorphine"),
                    ("otp", "Continues from an opioid treatment program"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="emarpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("induction_cows__range", (1, 48)),
                    ("induction_hours__range", (1, 240)),
                    ("induction_least_cows__lte", models.F("induction_cows")),
                    ("otp_missed_days__range", (1, 30)),
                    ("otp_verified_hours__range", (1, 336)),
                ),
                name="emar_policy_withdrawal_sane",
            ),
        ),
        migrations.AddField(
            model_name="dosechecks",
            name="administration",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="emar.administration"
            ),
        ),
        migrations.AddField(
            model_name="dosechecks",
            name="score",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chart.score"
            ),
        ),
        migrations.AddField(
            model_name="historicalprotocol",
            name="by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalprotocol",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalprotocol",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalprotocol",
            name="site",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="programs.site",
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="protocols", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="emar.protocol",
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="protocols", to="programs.site"
            ),
        ),
        migrations.AddField(
            model_name="historicalprotocol",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="emar.protocol",
            ),
        ),
        migrations.AddField(
            model_name="dosechecks",
            name="protocol",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="emar.protocol"
            ),
        ),
        migrations.AddField(
            model_name="historicalorder",
            name="protocol",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="emar.protocol",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="protocol",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="emar.protocol",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("protocol", None), ("schedule__kind", "as_needed"), _connector="OR"),
                name="emar_order_protocol_as_needed",
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="emar.verification",
            ),
        ),
        migrations.AddField(
            model_name="dosechecks",
            name="verification",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="emar.verification",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocol",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="emar_protocol_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocol",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("site", "name"), name="emar_protocol_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="protocol",
            constraint=models.CheckConstraint(condition=models.Q(("attested", True)), name="emar_protocol_attested"),
        ),
        migrations.AddConstraint(
            model_name="protocol",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    models.Q(("scale", ""), _negated=True),
                    models.Q(("ingredient", ""), _negated=True),
                    models.Q(("unit", ""), _negated=True),
                    models.Q(("source", ""), _negated=True),
                ),
                name="emar_protocol_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocol",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="emar_protocol_ended_by_someone",
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(fields=["client", "-heard_at"], name="emar_verified_newest"),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("program", ""), _negated=True), models.Q(("told_by", ""), _negated=True)),
                name="emar_verified_with_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_dose__gt", 0), ("last_dose__lt", 1000000)), name="emar_verified_dose_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("heard_at__lte", models.F("written_at")),
                    ("last_dose_at__lte", models.F("heard_at")),
                    ("expires_at__gt", models.F("heard_at")),
                ),
                name="emar_verified_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("note", ""), _negated=True), _connector="OR"),
                name="emar_verified_correction_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="dosechecks",
            index=models.Index(fields=["score"], name="emar_checks_score"),
        ),
        migrations.AddConstraint(
            model_name="dosechecks",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposed", None),
                    models.Q(("proposed__gt", 0), ("proposed__lt", 1000000), ("protocol__isnull", False)),
                    _connector="OR",
                ),
                name="emar_checks_proposed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dosechecks",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dissolved_minutes", None), ("dissolved_minutes__range", (1, 120)), _connector="OR"
                ),
                name="emar_checks_dissolved",
            ),
        ),
        append_only("emar_verification"),
        append_only("emar_dosechecks"),
        migrations.RunSQL(
            "CREATE TRIGGER emar_protocol_ends_only BEFORE UPDATE OR DELETE ON emar_protocol "
            "FOR EACH ROW EXECUTE FUNCTION emar_ends_only('ended_at', 'ended_by_id', 'ended_why')",
            "DROP TRIGGER emar_protocol_ends_only ON emar_protocol",
        ),
        migrations.RunSQL(BANDS, UNBANDS),
    ]
    operations = at_once(operations)
