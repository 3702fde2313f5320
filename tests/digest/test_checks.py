import pytest

from digest import checks


@pytest.mark.parametrize("hour", [0, 7, 23])
def test_an_hour_of_the_day_is_right(settings, hour):
    settings.DIGEST_HOUR = hour
    assert checks.hour() == []


@pytest.mark.parametrize("hour", [-1, 24])
def test_an_hour_that_no_day_has_is_an_error(settings, hour):
    settings.DIGEST_HOUR = hour
    assert [message.msg for message in checks.hour()] == [f"DIGEST_HOUR is {hour}: it must be an hour from 0 to 23."]


def test_links_in_mails_should_be_https(settings):
    settings.SITE_URL = "https://newsroom.example.org"
    assert checks.links() == []
    settings.SITE_URL = "http://newsroom.example.org"
    assert [message.id for message in checks.links()] == ["digest.W001"]
