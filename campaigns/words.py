"""Days, numbers and rhythms in the language that is spoken, where Python or a template writes a sentence."""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newsroom import money, tongues


def day_in_words(day: date) -> str:
    """“23 December 2026”, by the language's own order."""
    return format_date(day, "long", locale=money.locale_of(tongues.manner()))


def number_in_words(number: int) -> str:
    """“1,250”."""
    return format_decimal(number, locale=money.locale_of(tongues.manner()))


def often(rhythm: str) -> str:
    """Behind an amount: “€10 monthly”."""
    words = {"once": _("once"), "monthly": pgettext("€10 …", "monthly"), "yearly": pgettext("€10 …", "yearly")}
    return words[rhythm]


def rhythmic(rhythm: str) -> str:
    """Of a gift: “your monthly gift”. English has one word for both."""
    return {"monthly": pgettext("a … gift", "monthly"), "yearly": pgettext("a … gift", "yearly")}[rhythm]
