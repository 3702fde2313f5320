import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from articles import publishing, tasks
from articles.models import Article, Section, Status
from tests.factories import NOON, make_article

database = pytest.mark.django_db

AT_NINE = NOON - timedelta(hours=3)


def scheduled(publish_at=AT_NINE, **overrides) -> Article:
    article = make_article(status=Status.DRAFT, **overrides)
    return publishing.schedule(article, by=None, publish_at=publish_at, at=publish_at - timedelta(days=1))


def state(article: Article) -> str:
    article.refresh_from_db()
    return article.status


@database
def test_what_is_due_is_published_and_the_rest_waits():
    due, not_yet, draft = scheduled(), scheduled(NOON + timedelta(minutes=1)), make_article(status=Status.DRAFT)
    assert publishing.publish_due(at=NOON) == (1, 0)
    assert [state(article) for article in (due, not_yet, draft)] == [Status.PUBLISHED, Status.SCHEDULED, Status.DRAFT]


@database
def test_a_second_run_finds_nothing_to_do():
    article = scheduled()
    publishing.publish_due(at=NOON)
    assert publishing.publish_due(at=NOON + timedelta(minutes=1)) == (0, 0)
    article.refresh_from_db()
    assert article.published_at == NOON


@database
def test_a_bad_article_delays_nobody_and_says_what_it_lacks():
    bad, good = scheduled(AT_NINE - timedelta(hours=1)), scheduled()
    Article.objects.filter(pk=bad.pk).update(body="")
    assert publishing.publish_due(at=NOON) == (1, 1)
    assert (state(bad), state(good)) == (Status.SCHEDULED, Status.PUBLISHED)
    assert bad.schedule_error == "Before it can be published the article needs a text."


@database
def test_a_bad_article_is_published_at_the_next_run_once_it_is_mended():
    article = scheduled()
    Article.objects.filter(pk=article.pk).update(body="")
    publishing.publish_due(at=NOON)
    Article.objects.filter(pk=article.pk).update(body="<p>There it is.</p>")
    assert publishing.publish_due(at=NOON + timedelta(minutes=1)) == (1, 0)
    assert (state(article), article.schedule_error) == (Status.PUBLISHED, "")


@database
def test_an_error_of_ours_delays_nobody_either(monkeypatch):
    broken, good = scheduled(AT_NINE - timedelta(hours=1)), scheduled()
    index = publishing.search.index

    def index_but(ids):
        if broken.pk in ids:
            raise RuntimeError("the index is on fire")
        index(ids)

    monkeypatch.setattr(publishing.search, "index", index_but)
    assert publishing.publish_due(at=NOON) == (1, 1)
    assert (state(broken), state(good)) == (Status.SCHEDULED, Status.PUBLISHED)
    assert "the index is on fire" in broken.schedule_error


@database
def test_the_command_says_what_it_did(capsys):
    scheduled(timezone.now() - timedelta(minutes=1))
    call_command("publish_due")
    assert capsys.readouterr().out == "1 published, 0 failed.\n"


@database
def test_the_command_fails_when_an_article_does():
    article = scheduled(timezone.now() - timedelta(minutes=1))
    Article.objects.filter(pk=article.pk).update(section=None)
    with pytest.raises(CommandError, match="0 published, 1 failed"):
        call_command("publish_due")


@database
def test_the_worker_publishes_what_is_due():
    article = scheduled(timezone.now() - timedelta(minutes=1))
    tasks.publish_due(timestamp=0)
    assert state(article) == Status.PUBLISHED


@pytest.fixture
def committed_rows(django_db_setup, django_db_blocker):
    """Rows that other connections see. The ledger refuses the truncation by which pytest-django would clean up."""
    with django_db_blocker.unblock():
        yield
        Article.objects.all().delete()
        Section.objects.all().delete()
        connection.close()


def test_what_one_run_holds_another_skips(committed_rows):
    first, second = scheduled(AT_NINE - timedelta(hours=1)), scheduled()
    outcome: list[tuple[int, int]] = []

    def another_run() -> None:
        outcome.append(publishing.publish_due(at=NOON))
        connections.close_all()

    with transaction.atomic():
        Article.objects.select_for_update().get(pk=first.pk)
        thread = threading.Thread(target=another_run)
        thread.start()
        thread.join(20)
    assert outcome == [(1, 0)]
    assert (state(first), state(second)) == (Status.SCHEDULED, Status.PUBLISHED)


@database
def test_an_unfinished_article_is_logged_once_and_without_a_trace(caplog):
    article = scheduled()
    Article.objects.filter(pk=article.pk).update(body="")
    for minutes in range(3):
        publishing.publish_due(at=NOON + timedelta(minutes=minutes))
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
    Article.objects.filter(pk=article.pk).update(section=None)
    publishing.publish_due(at=NOON + timedelta(minutes=4))
    assert len(caplog.records) == 2
