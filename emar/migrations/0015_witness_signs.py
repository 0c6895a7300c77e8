"""The witness of a dose signs it with a PIN."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("emar", "0014_patches"),
        ("programs", "0006_wristbands"),
        ("staff", "0004_pins_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="administration",
            name="witness_proof",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.proof"
            ),
        ),
        AddConstraintNotValid(  # what was charted before PINs stays as it is
            model_name="administration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("witness_proof", None), ("witnessed_by", None)),
                    models.Q(
                        ("witnessed_by__isnull", False),
                        models.Q(("witness_proof__isnull", False), ("corrects__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="emar_witness_signed",
            ),
        ),
    ]
