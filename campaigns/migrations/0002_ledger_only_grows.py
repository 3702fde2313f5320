from django.db import migrations

# The database itself refuses to change or remove a ledger row, whoever asks: a correction is another row.
FORBID = """
CREATE FUNCTION campaigns_ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger only grows: write a new entry instead (% refused).', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_rows_stay BEFORE UPDATE OR DELETE ON campaigns_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION campaigns_ledger_only_grows();
CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON campaigns_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_ledger_only_grows();
"""
ALLOW = """
DROP TRIGGER ledger_is_not_emptied ON campaigns_ledgerentry;
DROP TRIGGER ledger_rows_stay ON campaigns_ledgerentry;
DROP FUNCTION campaigns_ledger_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
