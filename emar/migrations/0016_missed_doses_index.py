"""The few doses that were refused or missed, by order: the board and the review queue ask for those of every client of a site.

Without it PostgreSQL read all doses of ninety days of the whole organisation once there were years of them (docs/benchmarks.md).
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index on a table in use is made beside its work

    dependencies = [("emar", "0015_witness_signs")]

    operations = [
        AddIndexConcurrently(
            model_name="administration",
            index=models.Index(
                condition=models.Q(("outcome__in", ["refused", "absent"])),
                fields=["order", "given_at"],
                name="emar_administration_missed",
            ),
        ),
    ]
