"""PostgreSQL itself refuses to change or delete an entry of the audit log.

SQLite gets no trigger: emptying a table between tests is a DELETE there, and its file has no roles to keep apart.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_auditentry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Entries of the audit log are never changed or deleted.';
END $$;
CREATE TRIGGER accounts_auditentry_is_final BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_is_final();
"""
DROP = """
DROP TRIGGER accounts_auditentry_is_final ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_is_final();
"""


def create_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_log")]

    operations = [migrations.RunPython(create_trigger, drop_trigger)]
