"""Days in the newsroom's language, where Python writes a sentence."""

from datetime import date

from babel.dates import format_date
from django.conf import settings

from newsroom import money


def day_in_words(day: date) -> str:
    """“23 December 2026”, by the language's own order."""
    return format_date(day, "long", locale=money.locale_of(settings.LANGUAGE_CODE))
