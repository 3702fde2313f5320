from datetime import timedelta

import pytest
from django.core import checks
from django.utils import timezone

from newsroom.models import Touch
from tests.cdn import PurgeService


def said() -> set[str | None]:
    return {message.id for message in checks.run_checks(include_deployment_checks=True) if str(message.id).startswith("newsroom")}


def test_mail_that_would_reach_nobody_is_named_before_a_site_goes_live(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "", "newsroom@localhost"
    assert said() == {"newsroom.W001", "newsroom.W002"}


@pytest.mark.django_db
def test_nothing_is_said_where_mail_leaves(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example.org", "desk@example.org"
    assert said() == set()


def test_a_cdn_without_kept_pages_is_named(settings):
    settings.CDN, settings.PAGES_KEPT = PurgeService(1).cdn(), False
    assert "newsroom.W003" in said()
    settings.PAGES_KEPT = True
    assert "newsroom.W003" not in said()


def test_a_cdn_that_confirms_nothing_is_named_where_the_database_is_asked(settings, db):
    settings.CDN = PurgeService(1).cdn()
    Touch.objects.create(keys=["article:1"], made_at=timezone.now() - timedelta(minutes=6), xid=1)
    assert "newsroom.W004" in {message.id for message in checks.run_checks(databases=["default"])}
    assert "newsroom.W004" not in said()
