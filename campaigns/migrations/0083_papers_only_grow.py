from django.db import migrations

# What stood on a paper is not changed: a correction is another version. One thing may go, when the law lets it and the
# donor asked for it: who the donor was.
FUNCTION = """
CREATE FUNCTION campaigns_papers_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.contents = OLD.contents || '{"donor": {}}'::jsonb
        AND to_jsonb(NEW) - 'contents' = to_jsonb(OLD) - 'contents' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What stood on a paper stays: write a new version instead (% refused).', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER {0}_stay BEFORE UPDATE OR DELETE ON campaigns_{0}
    FOR EACH ROW EXECUTE FUNCTION campaigns_papers_only_grow();
CREATE TRIGGER {0}_is_not_emptied BEFORE TRUNCATE ON campaigns_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_papers_only_grow();
"""
TABLES = ["receiptversion", "statementversion"]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0082_every_receipt_has_an_entity")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION campaigns_papers_only_grow()"),
        *(
            migrations.RunSQL(
                TRIGGERS.format(table),
                f"DROP TRIGGER {table}_stay ON campaigns_{table}; DROP TRIGGER {table}_is_not_emptied ON campaigns_{table}",
            )
            for table in TABLES
        ),
    ]
