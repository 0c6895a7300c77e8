from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0004_carry_over"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="placementrequest",
            name="programs_request_priority",
        ),
        migrations.RemoveField(
            model_name="client",
            name="needs_accessible",
        ),
        migrations.RemoveField(
            model_name="client",
            name="needs_lower_bunk",
        ),
        migrations.RemoveField(
            model_name="client",
            name="withdrawal_watch",
        ),
        migrations.RemoveField(
            model_name="historicalclient",
            name="needs_accessible",
        ),
        migrations.RemoveField(
            model_name="historicalclient",
            name="needs_lower_bunk",
        ),
        migrations.RemoveField(
            model_name="historicalclient",
            name="withdrawal_watch",
        ),
        migrations.RemoveField(
            model_name="historicalplacementrequest",
            name="priority",
        ),
        migrations.RemoveField(
            model_name="placementrequest",
            name="priority",
        ),
        migrations.AddConstraint(
            model_name="placementrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True), ("scheduled_on__isnull", False), _connector="OR"
                ),
                name="programs_request_scheduled_on",
            ),
        ),
    ]
