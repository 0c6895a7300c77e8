"""What the database refuses whoever asks: consents, signatures, their events and inquiries are never changed."""

from django.db import migrations

from audit.database import append_only, kept_but

TABLES = (
    "privacy_consent",
    "privacy_consentrecipient",
    "privacy_consentsignature",
    "privacy_consentevent",
    "privacy_callerinquiry",
)


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        *map(append_only, TABLES),
        kept_but("privacy_agreement", "ends_on", "ended_by_id"),
    ]
