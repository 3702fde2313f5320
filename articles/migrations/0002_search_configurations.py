from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

LANGUAGES = ["simple", "english", "spanish", "french", "german", "italian", "portuguese"]

# A copy of each language's configuration that takes the accents off before it looks a word up: “régimen” finds “regimen”.
MAKE = """
CREATE TEXT SEARCH CONFIGURATION newsroom_{language} (COPY = pg_catalog.{language});
ALTER TEXT SEARCH CONFIGURATION newsroom_{language}
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {stemmer};
"""


def stemmer(language):
    return "simple" if language == "simple" else f"{language}_stem"


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [
        UnaccentExtension(),
        *(
            migrations.RunSQL(
                MAKE.format(language=language, stemmer=stemmer(language)),
                f"DROP TEXT SEARCH CONFIGURATION newsroom_{language}",
            )
            for language in LANGUAGES
        ),
    ]
