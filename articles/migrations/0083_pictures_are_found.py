"""Indexes that find the pictures in a text, and pictures that look nearly the same.

The names of a picture's files begin with `images/<year>/<month>/<20 hexadecimal digits>` (articles.images.Checked.name).
A look of 64 bits is kept in four quarters: two that differ in seven bits at most have a quarter that differs in one at most.
"""

from django.db import migrations

IN_TEXTS = r"""
CREATE FUNCTION articles_pictures_in(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT found[1]), '{}')
    FROM regexp_matches($1, 'images/[0-9]{4}/[0-9]{2}/[0-9a-f]{20}', 'g') AS found
$$;
CREATE INDEX pictures_in_articles ON articles_article USING gin (articles_pictures_in(body));
CREATE INDEX pictures_in_revisions ON articles_revision USING gin (articles_pictures_in(content ->> 'body'));
CREATE INDEX pictures_leading_revisions ON articles_revision ((content ->> 'lead_image'));
"""

NOT_IN_TEXTS = """
DROP INDEX pictures_leading_revisions;
DROP INDEX pictures_in_revisions;
DROP INDEX pictures_in_articles;
DROP FUNCTION articles_pictures_in(text);
"""

QUARTERS = [0, 16, 32, 48]
BY_LOOK = ";".join(
    f"CREATE INDEX pictures_by_look_{bits} ON articles_image (((dhash >> {bits}) & 65535)) INCLUDE (dhash, id) WHERE dhash <> 0"
    for bits in QUARTERS
)
NOT_BY_LOOK = ";".join(f"DROP INDEX pictures_by_look_{bits}" for bits in QUARTERS)


class Migration(migrations.Migration):
    dependencies = [("articles", "0082_library")]

    operations = [migrations.RunSQL(IN_TEXTS, NOT_IN_TEXTS), migrations.RunSQL(BY_LOOK, NOT_BY_LOOK)]
