"""Loading into a site that is set up in another way, and the command. Without pictures: they are drawn elsewhere."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article
from campaigns.models import Donation
from demo import loading
from digest.models import Subscriber

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    monkeypatch.setattr(loading, "_pictures", lambda *arguments: 0)


def nothing(what: str, done: int, of: int) -> None:
    pass


def test_where_mail_leaves_the_house_there_are_no_donors_and_no_readers(db, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    loading.load(at=NOW, tell=nothing)
    assert Article.objects.published().count() == 44
    assert (Donation.objects.count(), Subscriber.objects.count()) == (0, 0)


def test_without_the_pretended_bank_every_gift_is_a_cheque(db, settings):
    settings.PROCESSORS = {name: path for name, path in settings.PROCESSORS.items() if name == "offline"}
    loading.load(at=NOW, tell=nothing)
    assert set(Donation.objects.values_list("processor", "status")) == {("offline", "received")}


def test_the_command_ends_with_one_line(db):
    first, second = io.StringIO(), io.StringIO()
    call_command("demo", stdout=first)
    call_command("demo", stdout=second)
    assert first.getvalue() == "The demo is loaded: 48 articles, 2 campaigns, 61 gifts, 32 readers added.\n"
    assert second.getvalue() == "The demo was loaded already: nothing added.\n"
    assert not Article.objects.published().filter(published_at__gt=timezone.now()).exists()


def test_on_a_terminal_it_shows_how_far_it_is(db):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    call_command("demo", stdout=screen)
    assert "\r\033[KArticles 48 of 48" in screen.getvalue()
    assert screen.getvalue().endswith("\r\033[KThe demo is loaded: 48 articles, 2 campaigns, 61 gifts, 32 readers added.\n")


def test_a_run_that_fails_says_so_and_the_next_one_completes_it(db, monkeypatch):
    plain, made = loading._campaign, []

    def once(*arguments, **moments):
        made.append(arguments)
        if len(made) == 2:
            raise OSError("No space left on device")
        return plain(*arguments, **moments)

    monkeypatch.setattr(loading, "_campaign", once)
    with pytest.raises(OSError, match="No space"):
        call_command("demo", stdout=io.StringIO())
    assert (Article.objects.count(), Donation.objects.count(), Subscriber.objects.count()) == (48, 18, 0)
    loading.load(at=timezone.now(), tell=nothing)
    assert (Article.objects.count(), Donation.objects.count(), Subscriber.objects.count()) == (48, 61, 32)
