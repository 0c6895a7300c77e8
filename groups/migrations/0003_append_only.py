"""What the database refuses whoever asks: rows of these tables are never changed or deleted."""

from django.db import migrations

from audit.database import append_only, sealed_when


class Migration(migrations.Migration):
    dependencies = [("groups", "0002_initial"), ("audit", "0002_append_only")]
    operations = [
        append_only("groups_attendance"),
        sealed_when("groups_part", "OLD.signed_at IS NOT NULL"),
    ]
