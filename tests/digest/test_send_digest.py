"""manage.py send_digest: one line at the end, and an exit status that tells the truth."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from digest import editions
from digest.models import Delivery, Edition
from tests.factories import make_article, make_subscriber

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Status = Delivery.Status


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("send_digest", *arguments, stdout=out)
    return out.getvalue().splitlines()


def today() -> str:
    return editions.today(timezone.now()).isoformat()


def test_it_sends_what_was_published_since_yesterday():
    make_article(headline="The ferry is back", published_at=timezone.now() - HOUR)
    make_subscriber("ana@example.org")
    assert run() == [f"Digest of {today()}, 1 article: 1 reader: 1 accepted, 0 refused, 0 unknown."]
    assert [(message.to, message.subject) for message in mail.outbox] == [(["ana@example.org"], "The ferry is back")]


def test_run_again_it_sends_nothing_and_says_what_was_sent():
    make_article(published_at=timezone.now() - HOUR)
    make_subscriber()
    assert run() == run()
    assert len(mail.outbox) == 1


def test_it_goes_through_many_runs_to_the_end(monkeypatch):
    monkeypatch.setattr("digest.delivery.BATCH", 2)
    make_article(published_at=timezone.now() - HOUR)
    for _ in range(5):
        make_subscriber()
    assert run() == [f"Digest of {today()}, 1 article: 5 readers: 5 accepted, 0 refused, 0 unknown."]


def test_with_nothing_published_there_is_no_digest():
    make_subscriber()
    assert run() == [f"No digest for {today()}: nothing was published that an edition has not brought yet."]
    assert not Edition.objects.exists()


@pytest.mark.parametrize(("arguments", "before"), [([], ""), (["--dry-run"], "Nothing sent. ")])
def test_without_a_reader_what_was_published_waits(arguments, before):
    make_article(published_at=timezone.now() - HOUR)
    waits = f"No digest for {today()}: nobody has confirmed a sign-up yet. What was published waits for the first reader."
    assert run(*arguments) == [before + waits]
    assert not Edition.objects.exists()


def test_a_dry_run_tells_and_does_nothing():
    make_article(headline="The ferry is back", published_at=timezone.now() - HOUR)
    make_subscriber()
    assert run("--dry-run") == ["  The ferry is back", "Nothing sent. “The ferry is back” with 1 article would go to 1 reader."]
    assert (mail.outbox, Edition.objects.count()) == ([], 0)


def test_a_dry_run_tells_of_a_digest_that_is_not_sent_yet():
    make_article(published_at=timezone.now() - HOUR)
    make_subscriber()
    edition = editions.by_hand(editions.today(timezone.now()), at=timezone.now())
    assert run("--dry-run") == [
        f"Nothing sent. {edition} would be sent on: 1 reader: 0 accepted, 0 refused, 0 unknown, 1 still due."
    ]


def test_a_story_of_later_that_day_goes_out_in_an_extra_edition():
    make_subscriber()
    make_article(published_at=timezone.now() - HOUR)
    run()
    make_article(headline="Breaking", published_at=timezone.now())
    assert run() == [f"Digest of {today()}, number 2, 1 article: 1 reader: 1 accepted, 0 refused, 0 unknown."]
    assert mail.outbox[-1].subject == "Breaking"
    run()
    assert len(mail.outbox) == 2


def test_a_past_day_can_be_sent():
    day = editions.today(timezone.now() - 3 * DAY)
    make_article(headline="Of that day", published_at=editions.whole(day).since + HOUR)
    make_article(headline="Of today", published_at=timezone.now())
    make_subscriber()
    assert run("--date", day.isoformat()) == [f"Digest of {day}, 1 article: 1 reader: 1 accepted, 0 refused, 0 unknown."]
    assert [message.subject for message in mail.outbox] == ["Of that day"]


def test_a_day_to_come_is_refused():
    with pytest.raises(CommandError, match="has not come yet"):
        run("--date", (timezone.now() + 2 * DAY).date().isoformat())


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="invalid fromisoformat value"):
        run("--date", "2026-02-30")


def test_who_cannot_be_reached_is_told_of(sink):
    make_article(published_at=timezone.now() - HOUR)
    for name in ("ana", "ben", "cleo"):
        make_subscriber(f"{name}@example.org")
    sink.replies["rcpt", "ana@example.org"] = "550 no such user"
    sink.replies["rcpt", "ben@example.org"] = "451 later"
    assert run() == [f"Digest of {today()}, 1 article: 3 readers: 1 accepted, 1 refused, 0 unknown, 1 still due."]


def test_when_the_mail_server_refuses_us_it_fails_and_says_so(sink):
    make_article(published_at=timezone.now() - HOUR)
    make_subscriber()
    sink.replies["mail", "*"] = "550 account closed"
    with pytest.raises(CommandError) as failure:
        run()
    assert str(failure.value) == (
        "Stopped: The mail server refuses us as sender: 550 account closed. Who is still due gets it at the next run."
    )
