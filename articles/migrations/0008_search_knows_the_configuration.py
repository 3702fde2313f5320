from django.db import migrations

# What articles.search.index does from now on, for the articles that are indexed already: a lexeme that no text has says by
# which configuration the vector was made. Written out here, as migrations are, and not taken from the code of a later day.
MARK = """
UPDATE articles_article SET search = search || array_to_tsvector(ARRAY[':newsroom_' || CASE language
    WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' WHEN 'fr' THEN 'french' WHEN 'de' THEN 'german'
    WHEN 'it' THEN 'italian' WHEN 'pt' THEN 'portuguese' ELSE 'simple' END])
WHERE search IS NOT NULL
"""
UNMARK = """
UPDATE articles_article SET search = ts_delete(search, ARRAY[
    ':newsroom_english', ':newsroom_spanish', ':newsroom_french', ':newsroom_german',
    ':newsroom_italian', ':newsroom_portuguese', ':newsroom_simple'])
WHERE search IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_article_begun_with")]

    operations = [migrations.RunSQL(MARK, UNMARK)]
