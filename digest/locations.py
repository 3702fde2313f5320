"""Which public addresses the digest has: for `manage.py pages warm`."""

from collections.abc import Iterator

from django.urls import reverse

from digest.models import Edition

NEWEST = 30  # editions that the sign-up page lists


def first() -> Iterator[str]:
    yield reverse("digest:digest")
    yield from (edition.get_absolute_url() for edition in Edition.objects.listed()[:NEWEST])


def every() -> Iterator[str]:
    editions = Edition.objects.listed()
    yield from (reverse("digest:year", args=[day.year]) for day in editions.dates("date", "year", "DESC"))
    yield from (edition.get_absolute_url() for edition in editions)
