"""Moments as WordPress writes them: “2012-01-05 14:30:46” in the site's own time, the same in UTC, or as mail dates."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def stamp(text: str) -> datetime | None:
    """A date without a zone, or None for “0000-00-00 00:00:00” and whatever else is no date."""
    try:
        moment = datetime.fromisoformat(text[:19])
    except ValueError:
        return None
    return moment.replace(tzinfo=None) if 1900 < moment.year < 3000 else None


def mail_date(text: str) -> datetime | None:
    """A date as in mails; “-0001” is what WordPress makes of 0000-00-00."""
    if "-0001" in text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if 1900 < moment.year < 3000 else None


class Clock:
    """Tells the moment of each item; learns the site's distance from UTC from the items that give both times."""

    def __init__(self) -> None:
        self.offset: timedelta | None = None

    def moment(self, *, utc: str, local: str, mail: str = "") -> datetime | None:
        there, here = stamp(utc), stamp(local)
        if there and here and abs(here - there) <= timedelta(hours=15):
            self.offset = here - there
        if there:
            return there.replace(tzinfo=UTC)
        if mailed := mail_date(mail):
            return mailed
        if here and self.offset is not None:
            return (here - self.offset).replace(tzinfo=UTC)
        return here.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC) if here else None
