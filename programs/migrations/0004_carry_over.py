"""What stood on the client as yes or no becomes a precaution from now on; a priority becomes what it was said of."""

from django.db import migrations

PRECAUTIONS = """
INSERT INTO programs_precaution (client_id, kind, started_at)
SELECT id, 'lower_bunk', now() FROM programs_client WHERE needs_lower_bunk UNION ALL
SELECT id, 'accessible', now() FROM programs_client WHERE needs_accessible UNION ALL
SELECT id, 'withdrawal_watch', now() FROM programs_client WHERE withdrawal_watch
"""
REQUESTS = """
UPDATE programs_placementrequest SET pregnant = priority IN (1, 2), injects = priority IN (1, 3),
    scheduled_on = CASE WHEN state = 'scheduled' THEN coalesce(ready_on, asked_at::date) END
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_pipeline_and_periods")]
    operations = [
        migrations.RunSQL(PRECAUTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(REQUESTS, migrations.RunSQL.noop),
    ]
