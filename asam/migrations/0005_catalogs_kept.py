"""Ratings from before name the catalog that was the only one then; and what the database refuses whoever asks."""

import hashlib
from importlib.resources import files

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from audit.database import append_only


def name_the_first(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Every row from before was rated by the first catalog that was shipped."""
    assessments = apps.get_model("asam", "Assessment").objects.filter(source=None)
    if not assessments.exists():
        return
    text = (files("asam") / "catalogs" / "adult-4.toml").read_text(encoding="utf-8")
    first = apps.get_model("asam", "Catalog").objects.create(
        organisation=None, edition="4", name="adult-4", version="1", title="Adults, 4th edition", content=text,
        digest=hashlib.sha256(text.encode()).hexdigest(), at=timezone.now(), by=None,
    )  # fmt: skip
    assessments.update(source=first)


KEPT = append_only("asam_assessment")


class Migration(migrations.Migration):
    dependencies = [("asam", "0004_levels_whole"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(KEPT.reverse_sql, KEPT.sql),
        migrations.RunPython(name_the_first, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="assessment",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="asam.catalog"
            ),
        ),
        KEPT,
        append_only("asam_assessmentevidence"),
        append_only("asam_attestation"),
        append_only("asam_authorisation"),
        append_only("asam_catalog"),
        append_only("asam_cataloguse"),
        append_only("asam_clientpart"),
        append_only("asam_levelreading"),
        append_only("asam_prescreen"),
    ]
