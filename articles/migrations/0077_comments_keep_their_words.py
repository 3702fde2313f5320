from django.db import migrations

# What was said stays as it was said. Rows go with their article; people who leave leave theirs behind without a name.
KEEP = """
CREATE FUNCTION articles_comment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.article_id, OLD.kind, OLD.text, OLD.version, OLD.at) IS DISTINCT FROM (NEW.article_id, NEW.kind, NEW.text, NEW.version, NEW.at)
        OR (NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id)
    THEN
        RAISE EXCEPTION 'What was said stays as it was said.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER comment_stays BEFORE UPDATE ON articles_comment FOR EACH ROW EXECUTE FUNCTION articles_comment_stays();
"""
FORGET = """
DROP TRIGGER comment_stays ON articles_comment;
DROP FUNCTION articles_comment_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0076_workflow_states")]

    operations = [migrations.RunSQL(KEEP, FORGET)]
