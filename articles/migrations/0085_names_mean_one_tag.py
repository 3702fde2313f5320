"""A name means one tag: triggers keep synonyms and tags apart."""

from django.db import migrations

# Two who write the same name at once, the one a tag and the other a synonym, would not see each other: who writes a synonym
# waits for those who write tags, and they for it, and those who write tags never for each other. One lock however many
# rows, for an import makes tens of thousands. Capitals make no difference.
APART = """
CREATE FUNCTION articles_name_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken boolean;
BEGIN
    IF TG_TABLE_NAME = 'articles_tag' THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('articles.names'));
        SELECT EXISTS (SELECT FROM articles_synonym WHERE upper(name) = upper(NEW.name)) INTO taken;
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('articles.names'));
        SELECT EXISTS (SELECT FROM articles_tag WHERE upper(name) = upper(NEW.name)) INTO taken;
    END IF;
    IF taken THEN
        RAISE EXCEPTION 'a tag or a synonym has this name already' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER articles_tag_name_is_free BEFORE INSERT OR UPDATE OF name ON articles_tag
    FOR EACH ROW EXECUTE FUNCTION articles_name_is_free();
CREATE TRIGGER articles_synonym_name_is_free BEFORE INSERT OR UPDATE OF name ON articles_synonym
    FOR EACH ROW EXECUTE FUNCTION articles_name_is_free();
"""
NOT_APART = """
DROP TRIGGER articles_tag_name_is_free ON articles_tag;
DROP TRIGGER articles_synonym_name_is_free ON articles_synonym;
DROP FUNCTION articles_name_is_free();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0084_tags_and_lists")]

    operations = [migrations.RunSQL(APART, NOT_APART)]
