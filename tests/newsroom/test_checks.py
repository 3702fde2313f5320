import pytest
from django.core import checks


def said() -> set[str | None]:
    return {message.id for message in checks.run_checks(include_deployment_checks=True) if str(message.id).startswith("newsroom")}


def test_mail_that_would_reach_nobody_is_named_before_a_site_goes_live(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "", "newsroom@localhost"
    assert said() == {"newsroom.W001", "newsroom.W002"}


@pytest.mark.django_db
def test_nothing_is_said_where_mail_leaves(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example.org", "desk@example.org"
    assert said() == set()
