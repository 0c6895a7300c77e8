"""Two records of one person."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import kept_but

MERGE = """
CREATE FUNCTION programs_merge_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM programs_client WHERE id IN (NEW.client_id, NEW.into_id) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM programs_merge WHERE ended_at IS NULL AND id <> NEW.id
            AND (client_id = NEW.into_id OR into_id = NEW.client_id)) THEN
        RAISE EXCEPTION 'a record that is part of another, or has others in it, is not merged'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'programs_merge_no_chain';
    END IF;
    IF EXISTS (SELECT 1 FROM programs_episode WHERE client_id = NEW.client_id AND ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM programs_placementrequest WHERE client_id = NEW.client_id AND settled_at IS NULL) THEN
        RAISE EXCEPTION 'a record that is in care or asks for a place is the one that stays'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'programs_merge_at_rest';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programs_merge_stands BEFORE INSERT ON programs_merge
    FOR EACH ROW EXECUTE FUNCTION programs_merge_stands();
CREATE FUNCTION programs_not_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM programs_merge WHERE client_id = NEW.client_id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'this record is part of another: write in the one that stays'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'programs_not_merged';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programs_episode_not_merged BEFORE INSERT OR UPDATE ON programs_episode
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION programs_not_merged();
CREATE TRIGGER programs_placementrequest_not_merged BEFORE INSERT OR UPDATE ON programs_placementrequest
    FOR EACH ROW WHEN (NEW.settled_at IS NULL) EXECUTE FUNCTION programs_not_merged();
"""
UNDO = """
DROP TRIGGER programs_placementrequest_not_merged ON programs_placementrequest;
DROP TRIGGER programs_episode_not_merged ON programs_episode;
DROP FUNCTION programs_not_merged();
DROP TRIGGER programs_merge_stands ON programs_merge;
DROP FUNCTION programs_merge_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0008_routine"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.CharField(max_length=300)),
                ("carried", models.JSONField(blank=True, default=dict)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="programs.client"
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
                    "into",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merged_in", to="programs.client"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["into"], name="programs_merge_into"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["client"], name="programs_merge_client"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="programs_merge_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("client_id"),
                                    models.F("client_id"),
                                    models.Value("[]"),
                                    function="INT8RANGE",
                                ),
                                "&&",
                            ),
                            (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                        ],
                        name="programs_merge_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("client", models.F("into")), _negated=True),
                        name="programs_merge_two_records",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="programs_merge_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("ended_why", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("ended_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="programs_merge_ended_by_someone",
                    ),
                ],
            },
        ),
        kept_but("programs_merge", "ended_at", "ended_by_id", "ended_why"),
        migrations.RunSQL(MERGE, UNDO),
    ]
