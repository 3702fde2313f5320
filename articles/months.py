"""Months in the site's time zone."""

from datetime import date, datetime, time

from django.http import Http404
from django.utils import timezone


def bounds(year: str, month: str) -> tuple[datetime, datetime]:
    """When a month of an address begins, and when the next one does. Http404 for what no calendar of ours has."""
    if not 1 < int(year) < 9999:  # at its edges a zone's own hours fall out of the calendar
        raise Http404("There is no such month.")
    first = date(int(year), int(month), 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, following))
    return start, end
