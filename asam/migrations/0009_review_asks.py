"""Who has to confirm a review."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("asam", "0008_reviews"),
    ]

    operations = [
        migrations.AddField(
            model_name="levelreview",
            name="asks",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
