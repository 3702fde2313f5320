from django.db import migrations

from newsroom.groups import grant

# Who looked at whom is not to be altered afterwards, by nobody.
FORBID = """
CREATE FUNCTION newsroom_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows (% refused).', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON newsroom_auditentry
    FOR EACH ROW EXECUTE FUNCTION newsroom_audit_only_grows();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON newsroom_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION newsroom_audit_only_grows();
"""
ALLOW = """
DROP TRIGGER audit_is_not_emptied ON newsroom_auditentry;
DROP TRIGGER audit_rows_stay ON newsroom_auditentry;
DROP FUNCTION newsroom_audit_only_grows();
"""
GRANTS = {"Administrator": {"auditentry": ["view"]}, "Fundraiser": {"alarm": ["view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "newsroom", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0005_audit_and_alarms"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunSQL(FORBID, ALLOW), migrations.RunPython(fill_groups, migrations.RunPython.noop)]
