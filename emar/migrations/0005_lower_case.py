"""Ingredients are in lower case, so that orders and allergies match them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("emar", "0004_amounts_are_numbers")]
    operations = [
        migrations.RunSQL(
            "UPDATE emar_medication SET ingredient = lower(ingredient) WHERE ingredient <> lower(ingredient)",
            migrations.RunSQL.noop,
        )
    ]
