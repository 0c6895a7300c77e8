"""Facts about a client: allergies with severity, none known, diagnoses, contacts, team, safety plans, screens, belongings."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import append_only, kept_but, sealed_when
from audit.migrating import at_once

ENDED_BEFORE = """
UPDATE chart_allergy older SET ended_at = greatest(now(), noted_at + interval '1 second')
WHERE ended_at IS NULL AND EXISTS (
    SELECT 1 FROM chart_allergy newer WHERE newer.client_id = older.client_id AND newer.ended_at IS NULL
        AND lower(newer.substance) = lower(older.substance) AND newer.id > older.id);
UPDATE chart_allergy SET ended_why = 'Not recorded' WHERE ended_at IS NOT NULL;
"""

# The client's row is the lock that every act on allergies takes first: with it, two transactions never pass each other here.
NOT_BOTH = """
CREATE FUNCTION chart_allergy_or_none() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean;
BEGIN
    PERFORM 1 FROM programs_client WHERE id = NEW.client_id FOR NO KEY UPDATE;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE client_id = $1 AND ended_at IS NULL)', TG_ARGV[0])
        INTO found USING NEW.client_id;
    IF found THEN
        RAISE EXCEPTION 'an allergy and none known do not hold together'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'chart_allergy_or_none';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chart_allergy_or_none BEFORE INSERT OR UPDATE ON chart_allergy
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION chart_allergy_or_none('chart_noknownallergies');
CREATE TRIGGER chart_allergy_or_none BEFORE INSERT OR UPDATE ON chart_noknownallergies
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION chart_allergy_or_none('chart_allergy');
"""
BOTH = """
DROP TRIGGER chart_allergy_or_none ON chart_noknownallergies;
DROP TRIGGER chart_allergy_or_none ON chart_allergy;
DROP FUNCTION chart_allergy_or_none();
"""

NEVER_CHANGED = (
    "chart_diagnosis", "chart_safechannel", "chart_safetyplan", "chart_safetysigning", "chart_drugscreen",
    "chart_screenresult", "chart_screenstep", "chart_inventory", "chart_belonging", "chart_belongingend",
)  # fmt: skip
ENDED_ONLY = {
    "chart_allergy": ("ended_at", "ended_why", "ended_by_id"),
    "chart_noknownallergies": ("ended_at",),
    "chart_contact": ("ended_at", "ended_by_id"),
    "chart_teammember": ("ended_at",),
}


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0007_plans"),
        ("programs", "0007_client_facts"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Belonging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "Money or cards"),
                            ("papers", "Papers and identification"),
                            ("phone", "Phone or electronics"),
                            ("jewellery", "Jewellery"),
                            ("clothes", "Clothes"),
                            ("medication", "Medication brought"),
                            ("sharps", "Sharps and tools"),
                            ("contraband", "Contraband"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("description", models.CharField(max_length=160)),
                ("count", models.PositiveIntegerField()),
                ("value", models.CharField(blank=True, max_length=60)),
                ("kept", models.CharField(max_length=80)),
                ("bag", models.CharField(blank=True, max_length=30)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("why", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="BelongingEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("returned", "Returned to the client"),
                            ("released", "Released to somebody"),
                            ("disposed", "Disposed of"),
                        ],
                        max_length=10,
                    ),
                ),
                ("to", models.CharField(blank=True, max_length=120)),
                ("signed_as", models.CharField(blank=True, max_length=80)),
                ("strokes", models.JSONField(blank=True, default=list)),
                ("svg", models.TextField(blank=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("relation", models.CharField(max_length=60)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("emergency", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("consent_known", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(blank=True, max_length=8)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("primary", "Primary"),
                            ("secondary", "Secondary"),
                            ("rule_out", "Rule out"),
                            ("resolved", "Resolved"),
                            ("mistake", "Written by mistake"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("onset_on", models.DateField(blank=True, null=True)),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name_plural": "diagnoses",
            },
        ),
        migrations.CreateModel(
            name="DrugScreen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("collected", "Collected"),
                            ("refused", "Refused"),
                            ("not_able", "Not able to give one"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "specimen",
                    models.CharField(
                        choices=[
                            ("urine", "Urine"),
                            ("oral", "Oral fluid"),
                            ("breath", "Breath"),
                            ("hair", "Hair"),
                            ("blood", "Blood"),
                        ],
                        max_length=8,
                    ),
                ),
                ("panel", models.CharField(max_length=40)),
                ("substances", models.JSONField()),
                ("observed", models.BooleanField()),
                ("temperature_ok", models.BooleanField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("collected_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
                ("mistake", models.BooleanField(default=False)),
                ("why", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Inventory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name_plural": "inventories",
            },
        ),
        migrations.CreateModel(
            name="NoKnownAllergies",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SafeChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "Phone call"),
                            ("voicemail", "Voicemail"),
                            ("message", "Text message"),
                            ("mail", "Letter"),
                        ],
                        max_length=10,
                    ),
                ),
                ("allowed", models.BooleanField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SafetyPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("sections", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SafetySigning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("drawn", "Signed on the screen"),
                            ("word", "Agreed by word"),
                            ("refused", "Would not sign"),
                        ],
                        max_length=8,
                    ),
                ),
                ("strokes", models.JSONField(blank=True, default=list)),
                ("svg", models.TextField(blank=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ScreenResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("substance", models.CharField(max_length=20)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("negative", "Negative"),
                            ("presumptive", "Presumptive positive"),
                            ("positive", "Confirmed positive"),
                            ("confirmed_negative", "Confirmed negative"),
                            ("invalid", "Invalid"),
                        ],
                        max_length=20,
                    ),
                ),
                ("explained", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="ScreenStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sealed", "Sealed and labelled"),
                            ("stored", "Put in locked storage"),
                            ("handed", "Handed over"),
                            ("sent", "Sent to the laboratory"),
                            ("received", "Received by the laboratory"),
                            ("disposed", "Disposed of"),
                        ],
                        max_length=10,
                    ),
                ),
                ("to", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("primary", "Primary counsellor"),
                            ("counsellor", "Counsellor"),
                            ("prescriber", "Prescriber"),
                            ("nurse", "Nurse"),
                            ("case", "Case manager"),
                            ("peer", "Peer support"),
                        ],
                        max_length=12,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="allergy",
            name="chart_allergy_once",
        ),
        migrations.AddField(
            model_name="allergy",
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
            model_name="allergy",
            name="ended_why",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="allergy",
            name="kind",
            field=models.CharField(
                choices=[("allergy", "Allergy"), ("intolerance", "Intolerance")], default="allergy", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="allergy",
            name="noted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="allergy",
            name="severity",
            field=models.CharField(
                choices=[
                    ("mild", "Mild"),
                    ("moderate", "Moderate"),
                    ("severe", "Severe"),
                    ("life", "Life-threatening"),
                    ("unknown", "Not known"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="allergy",
            name="source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("client", "The client says so"),
                    ("family", "Family or friend"),
                    ("records", "Records from elsewhere"),
                    ("seen", "Seen here"),
                    ("", "Not recorded"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalallergy",
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
            model_name="historicalallergy",
            name="ended_why",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="historicalallergy",
            name="kind",
            field=models.CharField(
                choices=[("allergy", "Allergy"), ("intolerance", "Intolerance")], default="allergy", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="historicalallergy",
            name="noted_by",
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
            model_name="historicalallergy",
            name="severity",
            field=models.CharField(
                choices=[
                    ("mild", "Mild"),
                    ("moderate", "Moderate"),
                    ("severe", "Severe"),
                    ("life", "Life-threatening"),
                    ("unknown", "Not known"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalallergy",
            name="source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("client", "The client says so"),
                    ("family", "Family or friend"),
                    ("records", "Records from elsewhere"),
                    ("seen", "Seen here"),
                    ("", "Not recorded"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.RunSQL(ENDED_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_why", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_allergy_ended_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.CheckConstraint(
                condition=models.Q(("substance", ""), _negated=True), name="chart_allergy_has_substance"
            ),
        ),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("substance"),
                models.F("client"),
                condition=models.Q(("ended_at", None)),
                name="chart_allergy_once_any_case",
            ),
        ),
        migrations.AddField(
            model_name="belonging",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="belongings", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="belonging",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="chart.belonging",
            ),
        ),
        migrations.AddField(
            model_name="belongingend",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="belongingend",
            name="item",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="end", to="chart.belonging"
            ),
        ),
        migrations.AddField(
            model_name="belongingend",
            name="witness",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="contact",
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
            model_name="contact",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="chart.contact",
            ),
        ),
        migrations.AddField(
            model_name="diagnosis",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="diagnosis",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="diagnoses", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="diagnosis",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="chart.diagnosis",
            ),
        ),
        migrations.AddField(
            model_name="drugscreen",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="drugscreen",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="screens", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="drugscreen",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="chart.drugscreen",
            ),
        ),
        migrations.AddField(
            model_name="drugscreen",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="screens", to="programs.episode"
            ),
        ),
        migrations.AddField(
            model_name="inventory",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inventory",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="inventories", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="inventory",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="inventories", to="programs.episode"
            ),
        ),
        migrations.AddField(
            model_name="inventory",
            name="witness",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="belonging",
            name="inventory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="chart.inventory"
            ),
        ),
        migrations.AddField(
            model_name="noknownallergies",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="noknownallergies",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="no_known_allergies", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="safechannel",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="safechannel",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="channels", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="safetyplan",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="safetyplan",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="safety_plans", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="safetysigning",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="safetysigning",
            name="plan",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="signing", to="chart.safetyplan"
            ),
        ),
        migrations.AddField(
            model_name="screenresult",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="screenresult",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="chart.screenresult",
            ),
        ),
        migrations.AddField(
            model_name="screenresult",
            name="screen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="results", to="chart.drugscreen"
            ),
        ),
        migrations.AddField(
            model_name="screenstep",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="screenstep",
            name="screen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="chart.drugscreen"
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="team", to="programs.client"
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="on_teams", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="belongingend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("witness", None), models.Q(("witness", models.F("by")), _negated=True), _connector="OR"
                ),
                name="chart_belonging_end_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="belongingend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_as", ""), _negated=True), ("witness__isnull", False), _connector="OR"
                ),
                name="chart_belonging_end_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="belongingend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "released"), _negated=True), models.Q(("to", ""), _negated=True), _connector="OR"
                ),
                name="chart_belonging_released_to",
            ),
        ),
        migrations.AddConstraint(
            model_name="belongingend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "disposed"), _negated=True),
                    models.Q(("witness__isnull", False), models.Q(("note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="chart_belonging_disposed_witnessed",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_contact_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("relation", ""), _negated=True)),
                name="chart_contact_has_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("emergency", False), models.Q(("phone", ""), _negated=True), _connector="OR"),
                name="chart_contact_emergency_has_phone",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("client", "name", "relation"), name="chart_contact_once"
            ),
        ),
        migrations.AddIndex(
            model_name="diagnosis",
            index=models.Index(fields=["client", "place"], name="chart_diagnosis_client"),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="chart_diagnosis_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("code", ""), ("code__regex", "^[A-Z][0-9][0-9AB](\\.[0-9A-Z]{1,4})?$"), _connector="OR"
                ),
                name="chart_diagnosis_code_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="chart_diagnosis_change_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("onset_on", None),
                    ("resolved_on", None),
                    ("resolved_on__gte", models.F("onset_on")),
                    _connector="OR",
                ),
                name="chart_diagnosis_resolved_after_onset",
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "resolved"), ("resolved_on__isnull", False)),
                    models.Q(models.Q(("kind", "resolved"), _negated=True), ("resolved_on", None)),
                    _connector="OR",
                ),
                name="chart_diagnosis_resolved_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__gte", 1)), name="chart_diagnosis_place_from_one"
            ),
        ),
        migrations.AddIndex(
            model_name="drugscreen",
            index=models.Index(fields=["client", "-collected_at"], name="chart_screen_client"),
        ),
        migrations.AddConstraint(
            model_name="drugscreen",
            constraint=models.CheckConstraint(
                condition=models.Q(("written_at__gte", models.F("collected_at"))), name="chart_screen_not_in_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="drugscreen",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="chart_screen_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="drugscreen",
            constraint=models.CheckConstraint(
                condition=models.Q(("mistake", False), ("corrects__isnull", False), _connector="OR"),
                name="chart_screen_mistake_names_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="drugscreen",
            constraint=models.CheckConstraint(
                condition=models.Q(("substances", []), _negated=True), name="chart_screen_has_substances"
            ),
        ),
        migrations.AddConstraint(
            model_name="drugscreen",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None)),
                fields=("client", "collected_at", "specimen"),
                name="chart_screen_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="inventory",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("witness")), _negated=True), name="chart_inventory_two_people"
            ),
        ),
        migrations.AddIndex(
            model_name="belonging",
            index=models.Index(fields=["client"], name="chart_belonging_client"),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("description", ""), _negated=True), models.Q(("kept", ""), _negated=True)),
                name="chart_belonging_described",
            ),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 1), ("count__lte", 10000)), name="chart_belonging_counted"
            ),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="chart_belonging_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "contraband"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="chart_belonging_contraband_noted",
            ),
        ),
        migrations.AddConstraint(
            model_name="noknownallergies",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_none_known_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="noknownallergies",
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
                name="chart_none_known_once",
            ),
        ),
        migrations.AddIndex(
            model_name="safechannel",
            index=models.Index(fields=["client", "way", "-id"], name="chart_channel_newest"),
        ),
        migrations.AddConstraint(
            model_name="safetyplan",
            constraint=models.UniqueConstraint(fields=("client", "number"), name="chart_safety_plan_version"),
        ),
        migrations.AddConstraint(
            model_name="safetyplan",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("sections", {}), _negated=True), ("number__gte", 1)),
                name="chart_safety_plan_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetysigning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("how", "drawn"), models.Q(("strokes", []), _negated=True), models.Q(("svg", ""), _negated=True)
                    ),
                    models.Q(models.Q(("how", "drawn"), _negated=True), ("strokes", []), ("svg", "")),
                    _connector="OR",
                ),
                name="chart_safety_signing_drawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetysigning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "refused"), _negated=True), models.Q(("note", ""), _negated=True), _connector="OR"
                ),
                name="chart_safety_refused_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="screenresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", None), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="chart_result_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="screenresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None)), fields=("screen", "substance"), name="chart_result_first_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="screenstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "handed"), _negated=True),
                fields=("screen", "kind"),
                name="chart_step_once_a_screen",
            ),
        ),
        migrations.AddConstraint(
            model_name="screenstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("written_at__gte", models.F("at"))), name="chart_step_not_in_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="screenstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["handed", "sent"]), _negated=True),
                    models.Q(("to", ""), _negated=True),
                    _connector="OR",
                ),
                name="chart_step_says_to_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="chart_team_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("client_id"), models.F("client_id"), models.Value("[]"), function="INT8RANGE"
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("person_id"), models.F("person_id"), models.Value("[]"), function="INT8RANGE"
                        ),
                        "&&",
                    ),
                    (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="chart_team_person_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("part", "primary")),
                expressions=[
                    (
                        models.Func(
                            models.F("client_id"), models.F("client_id"), models.Value("[]"), function="INT8RANGE"
                        ),
                        "&&",
                    ),
                    (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="chart_team_one_primary",
            ),
        ),
        migrations.RunSQL(NOT_BOTH, BOTH),
        *[append_only(table) for table in NEVER_CHANGED],
        *[kept_but(table, *columns) for table, columns in ENDED_ONLY.items()],
        *[sealed_when(table, "OLD.ended_at IS NOT NULL") for table in ENDED_ONLY],
    ]
    operations = at_once(operations)
