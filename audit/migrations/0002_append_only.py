"""What the database refuses whoever asks: rows of these tables are never changed or deleted."""

from django.db import migrations

from audit.database import append_only, define_append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        define_append_only(),
        append_only("audit_event"),
        append_only("audit_seal"),
        append_only("audit_override"),
    ]
