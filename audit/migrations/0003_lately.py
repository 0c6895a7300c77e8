from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["site_id", "-at", "-id"], name="audit_event_lately"),
        ),
    ]
