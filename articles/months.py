"""Months in the site's time zone."""

from datetime import date, datetime, time

from django.utils import timezone


def bounds(first: date) -> tuple[datetime, datetime]:
    """When the month that begins on `first` begins, and when the next one does. ValueError beyond the year 9999."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, following))
    return start, end
