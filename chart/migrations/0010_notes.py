"""Notes with templates, drafts, amendments, co-signatures and a search; what was written before is given its site and seal."""

import json
from datetime import UTC
from hashlib import sha256
from typing import Any

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.database import append_only, sealed_when
from audit.migrating import at_once

OPEN = "ALTER TABLE chart_note DISABLE TRIGGER chart_note_append_only;"
SHUT = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE chart_note ENABLE TRIGGER chart_note_append_only; SET CONSTRAINTS ALL DEFERRED;"
# Notes of before: the site is that of the placement they were written in; a correction names the first words of its chain.
FILL = """
UPDATE chart_note n SET
    about_at = LEAST(n.about_at, n.written_at),
    late = n.written_at - n.about_at > interval '24 hours',
    site_id = (
        SELECT g.site_id FROM programs_placement p JOIN programs_program g ON g.id = p.program_id
        WHERE p.episode_id = n.episode_id
        ORDER BY p.started_at > n.written_at, p.kind <> 'treatment', abs(extract(epoch FROM n.written_at - p.started_at))
        LIMIT 1
    );
WITH RECURSIVE chain(id, root) AS (
    SELECT id, id FROM chart_note WHERE corrects_id IS NULL
    UNION ALL SELECT n.id, c.root FROM chart_note n JOIN chain c ON n.corrects_id = c.id
)
UPDATE chart_note n SET amendment = 'correction', root_id = c.root, reason = 'Written before a reason was asked for.'
FROM chain c WHERE c.id = n.id AND n.corrects_id IS NOT NULL;
"""
# What amends a note stands in the same episode; only its author corrects it; nothing follows a retraction.
FOLLOWS = """
CREATE FUNCTION chart_note_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE old chart_note%ROWTYPE;
BEGIN
    IF NEW.amendment = '' THEN RETURN NEW; END IF;
    SELECT * INTO old FROM chart_note WHERE id = COALESCE(NEW.corrects_id, NEW.adds_to_id);
    IF old.episode_id <> NEW.episode_id OR old.amendment = 'retraction'
        OR (NEW.amendment = 'correction' AND old.by_id <> NEW.by_id)
        OR (NEW.corrects_id IS NOT NULL AND (NEW.root_id <> COALESCE(old.root_id, old.id)
            OR NEW.adds_to_id IS DISTINCT FROM old.adds_to_id))
        OR (NEW.corrects_id IS NULL AND (old.root_id IS NOT NULL OR old.adds_to_id IS NOT NULL OR EXISTS (
            SELECT 1 FROM chart_note WHERE root_id = old.id AND amendment = 'retraction')))
    THEN
        RAISE EXCEPTION 'this note cannot be amended so: its author corrects it, others add to it, in the same chart'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chart_note_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chart_note_follows BEFORE INSERT ON chart_note FOR EACH ROW EXECUTE FUNCTION chart_note_follows();
"""
SAME_CLIENT = """
CREATE FUNCTION chart_noteobjective_same_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM chart_note n JOIN programs_episode e ON e.id = n.episode_id
        JOIN programs_episode o ON o.client_id = e.client_id JOIN chart_plan p ON p.episode_id = o.id
        JOIN chart_objective j ON j.plan_id = p.id
        WHERE n.id = NEW.note_id AND j.id = NEW.objective_id AND p.signed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a note names objectives of its own client''s signed plans'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chart_noteobjective_same_client';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chart_noteobjective_same_client BEFORE INSERT ON chart_noteobjective
    FOR EACH ROW EXECUTE FUNCTION chart_noteobjective_same_client();
"""


def seal(apps: Any, editor: Any) -> None:
    """Seal what was written before, over the same content as ``Note.digest``."""
    model = apps.get_model("chart", "Note")
    for note in model.objects.filter(sha256="").only(*SEALED).iterator():
        model.objects.filter(pk=note.pk).update(sha256=_digest(note))


SEALED = ("episode", "site", "kind", "text", "about_at", "written_at", "by", "amendment", "reason", "corrects")


def _digest(note: Any) -> str:
    about, written = (at.astimezone(UTC).isoformat() for at in (note.about_at, note.written_at))
    content = [
        1, note.episode_id, note.site_id, note.kind, "", 0, [], note.text, about, None, None, written, note.by_id,
        note.amendment, note.reason, note.corrects_id, None, None, [], [],
    ]  # fmt: skip
    return sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0009_unit"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteCosign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField()),
                ("rule", models.CharField(max_length=200)),
                ("at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="NoteDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("template", models.CharField(max_length=40)),
                ("fields", models.JSONField(blank=True, default=dict)),
                ("times", models.JSONField(blank=True, default=dict)),
                ("objectives", models.JSONField(blank=True, default=list)),
                ("copied", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="NoteObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="NotePolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("late_hours", models.PositiveSmallIntegerField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "note policies",
            },
        ),
        migrations.CreateModel(
            name="NoteTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("line", models.CharField(blank=True, max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("progress", "Progress note"),
                            ("admission", "Admission note"),
                            ("step", "Step note"),
                            ("nursing", "Nursing note"),
                        ],
                        max_length=12,
                    ),
                ),
                ("fields", models.JSONField()),
                ("asks_times", models.BooleanField(default=False)),
                ("asks_goal", models.BooleanField(default=True)),
                ("in_use", models.BooleanField(default=True)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="note",
            name="adds_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="additions",
                to="chart.note",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="amendment",
            field=models.CharField(
                blank=True,
                choices=[
                    ("addendum", "Addendum"),
                    ("late_entry", "Late entry"),
                    ("correction", "Correction"),
                    ("retraction", "Entered in error"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="copied_from",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chart.note"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="fields",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="note",
            name="late",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="note",
            name="overrides",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="note",
            name="reason",
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AddField(
            model_name="note",
            name="root",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later_words",
                to="chart.note",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="sha256",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="note",
            name="site",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="programs.site"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="template",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="note",
            name="template_name",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="note",
            name="template_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["site", "-about_at"], name="chart_note_site"),
        ),
        migrations.AddField(
            model_name="notecosign",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notecosign",
            name="note",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="cosign", to="chart.note"
            ),
        ),
        migrations.AddField(
            model_name="notedraft",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notedraft",
            name="copied_from",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chart.note"
            ),
        ),
        migrations.AddField(
            model_name="notedraft",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="programs.episode"
            ),
        ),
        migrations.AddField(
            model_name="notedraft",
            name="note",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="draft",
                to="chart.note",
            ),
        ),
        migrations.AddField(
            model_name="noteobjective",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="objective_links", to="chart.note"
            ),
        ),
        migrations.AddField(
            model_name="noteobjective",
            name="objective",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="note_links", to="chart.objective"
            ),
        ),
        migrations.AddField(
            model_name="notepolicy",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notepolicy",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="note_policies", to="programs.organisation"
            ),
        ),
        migrations.AddField(
            model_name="notetemplate",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notetemplate",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="note_templates", to="programs.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="notecosign",
            index=models.Index(condition=models.Q(("at", None)), fields=["due_at"], name="chart_cosign_open"),
        ),
        migrations.AddConstraint(
            model_name="notecosign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("at", None), ("by", None)),
                    models.Q(("at__isnull", False), ("by__isnull", False)),
                    _connector="OR",
                ),
                name="chart_cosigned_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="notedraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at", None), ("note", None)),
                fields=("by", "episode", "template"),
                name="chart_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="notedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", None), ("dropped_at", None), _connector="OR"), name="chart_draft_one_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="notedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("saved_at__gte", models.F("begun_at"))), name="chart_draft_saved_after_begun"
            ),
        ),
        migrations.AddConstraint(
            model_name="noteobjective",
            constraint=models.UniqueConstraint(fields=("note", "objective"), name="chart_note_objective_once"),
        ),
        migrations.AddConstraint(
            model_name="notepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("late_hours__gte", 1), ("late_hours__lte", 720)), name="chart_note_policy_hours"
            ),
        ),
        migrations.AddConstraint(
            model_name="notetemplate",
            constraint=models.UniqueConstraint(
                fields=("organisation", "code", "version"), name="chart_template_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__gte", 1),
                    models.Q(("code", ""), _negated=True),
                    models.Q(("name", ""), _negated=True),
                    models.Q(("fields", []), _negated=True),
                ),
                name="chart_template_whole",
            ),
        ),
        migrations.RunSQL(f"{OPEN} {FILL}", migrations.RunSQL.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunSQL(SHUT, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="note",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="programs.site"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.SearchVector("text", config="english"),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="chart_note_words"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256", ""), _negated=True), name="chart_note_sealed"
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("written_at__gte", models.F("about_at"))), name="chart_note_not_in_the_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("started_at", None)),
                    ("ended_at__gt", models.F("started_at")),
                    _connector="OR",
                ),
                name="chart_note_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adds_to", None), ("amendment", ""), ("corrects", None), ("root", None)),
                    models.Q(
                        ("adds_to__isnull", False),
                        ("amendment__in", ["addendum", "late_entry"]),
                        ("corrects", None),
                        ("root", None),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("amendment__in", ["correction", "retraction"]),
                        ("corrects__isnull", False),
                        ("root__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="chart_note_amendment_whole",
            ),
        ),
        append_only("chart_noteobjective"),
        append_only("chart_notetemplate"),
        append_only("chart_notepolicy"),
        sealed_when("chart_notecosign", "OLD.at IS NOT NULL"),
        sealed_when("chart_notedraft", "OLD.note_id IS NOT NULL OR OLD.dropped_at IS NOT NULL"),
        migrations.RunSQL(
            FOLLOWS + SAME_CLIENT,
            "DROP TRIGGER chart_note_follows ON chart_note; DROP FUNCTION chart_note_follows(); "
            "DROP TRIGGER chart_noteobjective_same_client ON chart_noteobjective; "
            "DROP FUNCTION chart_noteobjective_same_client()",
        ),
    ]
    operations = at_once(operations)
