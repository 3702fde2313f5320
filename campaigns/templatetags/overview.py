"""What the fundraisers' page says in figures."""

from datetime import UTC, date, datetime

from babel.numbers import format_decimal
from django import template
from django.conf import settings

from newsroom import money

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """“12,480”, as the newsroom's language groups."""
    return format_decimal(number, locale=money.locale_of(settings.LANGUAGE_CODE))


@register.filter
def decimal(amount: int, currency: str) -> str:
    """Minor units as plain figures, for a script."""
    return f"{money.to_decimal(amount, currency):f}"


@register.filter
def noon(day: date) -> int:
    """A day as a moment, in seconds, that is the same day in every zone of a browser but a few: its noon in Greenwich."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())


@register.filter
def named(names: dict[str, str], name: str) -> str:
    """What a processor is called; its name in the books when it is not configured any more."""
    return names.get(name, name)
