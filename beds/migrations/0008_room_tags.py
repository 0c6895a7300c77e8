"""Tags on the doors of rooms."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import staff.models.people
from audit.database import kept_but


class Migration(migrations.Migration):
    dependencies = [
        ("beds", "0007_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoomTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="beds.room"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="beds_tag_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("room_id"), models.F("room_id"), models.Value("[]"), function="INT8RANGE"
                                ),
                                "&&",
                            ),
                            (staff.models.people.TsTzRange("started_at", "ended_at"), "&&"),
                        ],
                        name="beds_one_tag_a_room",
                    ),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^R[0-9A-Z]{9}$")), name="beds_tag_code"),
                ],
            },
        ),
        kept_but("beds_roomtag", "ended_at"),
    ]
