"""Triggers that keep the lists: the moment of publication on taggings and bylines, and how many entries a list has.

In the database, so that whoever writes (a verb, an import, a merge of tags, a deletion) cannot forget it.
"""

from django.db import migrations

BUCKET = """
CREATE FUNCTION articles_bucket(kind text, at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date_trunc(CASE kind WHEN 'latest' THEN 'month' ELSE 'year' END, at AT TIME ZONE 'UTC')::date
$$;

CREATE FUNCTION articles_tell(kind text, key bigint, at timestamptz, change integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO articles_tally (kind, key, bucket, change, folded)
    SELECT kind, key, articles_bucket(kind, at), change, false WHERE key IS NOT NULL AND at IS NOT NULL
$$;
"""
NO_BUCKET = """
DROP FUNCTION articles_tell(text, bigint, timestamptz, integer);
DROP FUNCTION articles_bucket(text, timestamptz);
"""

ARTICLES = """
CREATE FUNCTION articles_count_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_tally (kind, key, bucket, change, folded)
    SELECT 'latest', 0, articles_bucket('latest', published_at), count(*), false FROM fresh
    WHERE status = 'published' GROUP BY 3
    UNION ALL
    SELECT 'section', section_id, articles_bucket('section', published_at), count(*), false FROM fresh
    WHERE status = 'published' AND section_id IS NOT NULL GROUP BY 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION articles_count_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    formerly timestamptz := CASE WHEN OLD.status = 'published' THEN OLD.published_at END;
    now_at timestamptz := CASE WHEN NEW.status = 'published' THEN NEW.published_at END;
BEGIN
    IF formerly IS DISTINCT FROM now_at THEN
        PERFORM articles_tell('latest', 0, formerly, -1), articles_tell('latest', 0, now_at, 1);
        UPDATE articles_taggedarticle SET published_at = now_at WHERE content_object_id = NEW.id;
        UPDATE articles_byline SET published_at = now_at WHERE article_id = NEW.id;
    END IF;
    PERFORM articles_tell('section', OLD.section_id, formerly, -1), articles_tell('section', NEW.section_id, now_at, 1);
    RETURN NULL;
END $$;

CREATE FUNCTION articles_count_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_tell('latest', 0, OLD.published_at, -1), articles_tell('section', OLD.section_id, OLD.published_at, -1);
    RETURN NULL;
END $$;

CREATE TRIGGER articles_count_new AFTER INSERT ON articles_article
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION articles_count_new();
CREATE TRIGGER articles_count_changed AFTER UPDATE OF status, published_at, section_id ON articles_article
    FOR EACH ROW WHEN ((OLD.status = 'published' OR NEW.status = 'published') AND
        (OLD.status, OLD.published_at, OLD.section_id) IS DISTINCT FROM (NEW.status, NEW.published_at, NEW.section_id))
    EXECUTE FUNCTION articles_count_changed();
CREATE TRIGGER articles_count_gone AFTER DELETE ON articles_article
    FOR EACH ROW WHEN (OLD.status = 'published') EXECUTE FUNCTION articles_count_gone();
"""
NO_ARTICLES = """
DROP TRIGGER articles_count_new ON articles_article;
DROP TRIGGER articles_count_changed ON articles_article;
DROP TRIGGER articles_count_gone ON articles_article;
DROP FUNCTION articles_count_new();
DROP FUNCTION articles_count_changed();
DROP FUNCTION articles_count_gone();
"""

# A row learns the moment from its article, whose row is locked for it: were somebody publishing it just now, the
# publication waits for this row or this row for the publication, and neither misses the other. Whoever makes article
# and rows in one transaction (an import) may give the moment with a new row; nobody can change it to a wrong one.
ROWS = """
CREATE FUNCTION {table}_learn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT CASE WHEN status = 'published' THEN published_at END INTO NEW.published_at
    FROM articles_article WHERE id = NEW.{article} FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

CREATE FUNCTION {table}_count_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_tally (kind, key, bucket, change, folded)
    SELECT '{kind}', {kind}_id, articles_bucket('{kind}', published_at), count(*), false FROM fresh
    WHERE published_at IS NOT NULL GROUP BY 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION {table}_count_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_tell('{kind}', OLD.{kind}_id, OLD.published_at, -1), articles_tell('{kind}', NEW.{kind}_id, NEW.published_at, 1);
    RETURN NULL;
END $$;

CREATE FUNCTION {table}_count_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_tally (kind, key, bucket, change, folded)
    SELECT '{kind}', {kind}_id, articles_bucket('{kind}', published_at), -count(*), false FROM gone
    WHERE published_at IS NOT NULL GROUP BY 2, 3;
    RETURN NULL;
END $$;

CREATE TRIGGER {table}_learn BEFORE INSERT ON {table}
    FOR EACH ROW WHEN (NEW.published_at IS NULL) EXECUTE FUNCTION {table}_learn();
CREATE TRIGGER {table}_learn_anew BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN ((OLD.{article}, OLD.published_at) IS DISTINCT FROM (NEW.{article}, NEW.published_at))
    EXECUTE FUNCTION {table}_learn();
CREATE TRIGGER {table}_count_new AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {table}_count_new();
CREATE TRIGGER {table}_count_changed AFTER UPDATE ON {table}
    FOR EACH ROW WHEN ((OLD.{kind}_id, OLD.published_at) IS DISTINCT FROM (NEW.{kind}_id, NEW.published_at))
    EXECUTE FUNCTION {table}_count_changed();
CREATE TRIGGER {table}_count_gone AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_count_gone();
"""
NO_ROWS = """
DROP TRIGGER {table}_learn ON {table};
DROP TRIGGER {table}_learn_anew ON {table};
DROP TRIGGER {table}_count_new ON {table};
DROP TRIGGER {table}_count_changed ON {table};
DROP TRIGGER {table}_count_gone ON {table};
DROP FUNCTION {table}_learn();
DROP FUNCTION {table}_count_new();
DROP FUNCTION {table}_count_changed();
DROP FUNCTION {table}_count_gone();
"""
JOINS = [
    {"table": "articles_taggedarticle", "article": "content_object_id", "kind": "tag"},
    {"table": "articles_byline", "article": "article_id", "kind": "author"},
]


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_lists_have_tallies")]

    operations = [
        migrations.RunSQL(BUCKET, NO_BUCKET),
        migrations.RunSQL(ARTICLES, NO_ARTICLES),
        *(migrations.RunSQL(ROWS.format(**names), NO_ROWS.format(**names)) for names in JOINS),
    ]
