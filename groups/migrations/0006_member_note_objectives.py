"""A member's own part names objectives of their own plan, and is sealed with them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LINKS = """
CREATE FUNCTION groups_part_objective() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link record;
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN link := OLD; ELSE link := NEW; END IF;
    SELECT signed_at, client_id INTO part FROM groups_part WHERE id = link.part_id FOR SHARE;
    IF TG_OP = 'UPDATE' OR part.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the part is signed: its objectives are sealed with it'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'groups_part_objective_sealed';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM chart_objective o JOIN chart_plan p ON p.id = o.plan_id JOIN programs_episode e ON e.id = p.episode_id
        WHERE o.id = NEW.objective_id AND e.client_id = part.client_id)
    THEN
        RAISE EXCEPTION 'a part names objectives of its own client'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_part_objective_own';
    END IF;
    RETURN link;
END $$;
CREATE TRIGGER groups_part_objective BEFORE INSERT OR UPDATE OR DELETE ON groups_membernoteobjective
    FOR EACH ROW EXECUTE FUNCTION groups_part_objective();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chart", "0007_plans"),
        ("groups", "0005_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="MemberNoteObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="group_links", to="chart.objective"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objective_links", to="groups.part"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("part", "objective"), name="groups_part_objective_once")
                ],
            },
        ),
        migrations.RunSQL(
            LINKS,
            "DROP TRIGGER groups_part_objective ON groups_membernoteobjective; DROP FUNCTION groups_part_objective()",
        ),
    ]
