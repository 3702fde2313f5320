"""Spans of days by the newsroom's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

MOST_DAYS_ALONE = 92  # longer spans are told by months
MOST_YEARS = 20


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both whole."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def step(self) -> str:
        return "day" if (self.last - self.first).days < MOST_DAYS_ALONE else "month"

    @property
    def steps(self) -> list[datetime]:
        """Where the steps begin that are not its first."""
        if self.step == "day":
            later = [self.first + timedelta(days=number) for number in range(1, (self.last - self.first).days + 1)]
        else:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
            later = [months_later(self.first, number) for number in range(1, months + 1)]
        return [_midnight(day) for day in later]

    @classmethod
    def days(cls, number: int, *, today: date) -> "Period":
        return cls(today - timedelta(days=number - 1), today)

    @classmethod
    def year(cls, *, today: date) -> "Period":
        return cls(today.replace(month=1, day=1), today)


def zone() -> str:
    """For Postgres, which knows the same names."""
    here = timezone.get_default_timezone()
    return here.key if isinstance(here, ZoneInfo) else "UTC"


def months_later(day: date, number: int) -> date:
    """The first day of the month that comes so many months after a day's own."""
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
