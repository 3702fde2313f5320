from django.db import migrations

# What readers were told stays as they were told it, and who takes it back leaves it behind. Rows go with their article;
# people who leave leave theirs behind without a name.
KEEP = """
CREATE FUNCTION articles_correction_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.article_id, OLD.kind, OLD.place, OLD.text, OLD.version, OLD.published_at)
            IS DISTINCT FROM (NEW.article_id, NEW.kind, NEW.place, NEW.text, NEW.version, NEW.published_at)
        OR (NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id)
        OR (NEW.replaces_id IS NOT NULL AND NEW.replaces_id IS DISTINCT FROM OLD.replaces_id)
        OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
    THEN
        RAISE EXCEPTION 'What readers were told stays as they were told it.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_stays BEFORE UPDATE ON articles_correction FOR EACH ROW EXECUTE FUNCTION articles_correction_stays();
"""
FORGET = """
DROP TRIGGER correction_stays ON articles_correction;
DROP FUNCTION articles_correction_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0090_corrections_and_retractions")]

    operations = [migrations.RunSQL(KEEP, FORGET)]
