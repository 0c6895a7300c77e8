from django.db import migrations, models

from audit.migrating import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0006_wristbands"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="clinical_sex",
            field=models.CharField(
                choices=[
                    ("female", "Female"),
                    ("male", "Male"),
                    ("specified", "Ask the prescriber"),
                    ("unknown", "Not recorded"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="interpreter",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="client",
            name="language",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="historicalclient",
            name="clinical_sex",
            field=models.CharField(
                choices=[
                    ("female", "Female"),
                    ("male", "Male"),
                    ("specified", "Ask the prescriber"),
                    ("unknown", "Not recorded"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalclient",
            name="interpreter",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="historicalclient",
            name="language",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
    operations = at_once(operations)
