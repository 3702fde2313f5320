from datetime import UTC, datetime

import pytest

from articles.importing.dates import Clock, mail_date, stamp


@pytest.mark.parametrize(
    "text", ["0000-00-00 00:00:00", "", "2012-13-45 00:00:00", "yesterday", "-0001-11-30 00:00:00", "9999-01-01 00:00:00"]
)
def test_what_is_no_date_is_none(text):
    assert stamp(text) is None


@pytest.mark.parametrize("text", ["", "Mon, 30 Nov -0001 00:00:00 +0000", "rubbish", "Thu, 99 Foo 2012"])
def test_what_is_no_mail_date_is_none(text):
    assert mail_date(text) is None


def test_the_time_in_utc_counts_first():
    moment = Clock().moment(utc="2020-05-04 10:00:00", local="2020-05-04 12:00:00", mail="Mon, 01 Jan 2001 00:00:00 +0000")
    assert moment == datetime(2020, 5, 4, 10, tzinfo=UTC)


def test_then_the_mail_date_with_its_zone():
    assert Clock().moment(
        utc="0000-00-00 00:00:00", local="2020-05-04 12:00:00", mail="Mon, 04 May 2020 12:00:00 +0200"
    ) == datetime(2020, 5, 4, 10, tzinfo=UTC)


def test_a_local_time_is_understood_by_what_other_items_told():
    clock = Clock()
    clock.moment(utc="2020-05-04 10:00:00", local="2020-05-04 05:00:00")
    assert clock.moment(utc="0000-00-00 00:00:00", local="2020-05-05 07:00:00") == datetime(2020, 5, 5, 12, tzinfo=UTC)


def test_without_any_other_the_newsrooms_own_zone_is_taken(settings):
    settings.TIME_ZONE = "America/Lima"
    assert Clock().moment(utc="", local="2020-05-05 07:00:00") == datetime(2020, 5, 5, 12, tzinfo=UTC)


def test_no_date_at_all_is_none():
    assert Clock().moment(utc="", local="", mail="") is None
