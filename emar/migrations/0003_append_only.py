"""What the database refuses whoever asks: rows of these tables are never changed or deleted."""

from django.db import migrations

from audit.database import append_only


class Migration(migrations.Migration):
    dependencies = [("emar", "0002_initial"), ("audit", "0002_append_only")]
    operations = [
        append_only("emar_administration"),
    ]
