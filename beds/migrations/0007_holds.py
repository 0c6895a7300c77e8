import django.contrib.postgres.constraints
from django.db import migrations, models

import staff.models
from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("beds", "0006_guards"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("ended_at"))), name="beds_hold_ends_by_until"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("client_id"), models.F("client_id"), models.Value("[]"), function="INT8RANGE"
                        ),
                        "&&",
                    ),
                    (staff.models.TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="beds_one_hold_a_person",
            ),
        ),
    ]
    operations = at_once(operations)
