import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from articles import contents, drafting, publishing, scheduling, tasks
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
    assert scheduling.publish_due(at=NOON) == (1, 0)
    assert [state(article) for article in (due, not_yet, draft)] == [Status.PUBLISHED, Status.SCHEDULED, Status.DRAFT]


@database
def test_a_second_run_finds_nothing_to_do():
    article = scheduled()
    scheduling.publish_due(at=NOON)
    assert scheduling.publish_due(at=NOON + timedelta(minutes=1)) == (0, 0)
    article.refresh_from_db()
    assert article.published_at == NOON


@database
def test_a_bad_article_delays_nobody_and_says_what_it_lacks():
    bad, good = scheduled(AT_NINE - timedelta(hours=1)), scheduled()
    Article.objects.filter(pk=bad.pk).update(body="")
    assert scheduling.publish_due(at=NOON) == (1, 1)
    assert (state(bad), state(good)) == (Status.SCHEDULED, Status.PUBLISHED)
    assert bad.schedule_error == "Before it can be published the article needs a text."


@database
def test_a_bad_article_is_published_at_the_next_run_once_it_is_mended():
    article = scheduled()
    Article.objects.filter(pk=article.pk).update(body="")
    scheduling.publish_due(at=NOON)
    Article.objects.filter(pk=article.pk).update(body="<p>There it is.</p>")
    assert scheduling.publish_due(at=NOON + timedelta(minutes=1)) == (1, 0)
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
    assert scheduling.publish_due(at=NOON) == (1, 1)
    assert (state(broken), state(good)) == (Status.SCHEDULED, Status.PUBLISHED)
    assert "the index is on fire" in broken.schedule_error


@database
def test_the_command_says_what_it_did(capsys):
    scheduled(timezone.now() - timedelta(minutes=1))
    call_command("publish_due")
    assert capsys.readouterr().out == "1 published or withdrawn, 0 failed.\n"


@database
def test_the_command_fails_when_an_article_does():
    article = scheduled(timezone.now() - timedelta(minutes=1))
    Article.objects.filter(pk=article.pk).update(section=None)
    with pytest.raises(CommandError, match="0 published or withdrawn, 1 failed"):
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
        outcome.append(scheduling.publish_due(at=NOON))
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
        scheduling.publish_due(at=NOON + timedelta(minutes=minutes))
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
    Article.objects.filter(pk=article.pk).update(section=None)
    scheduling.publish_due(at=NOON + timedelta(minutes=4))
    assert len(caplog.records) == 2


# What else the clock does


def out(**overrides) -> Article:
    return make_article(published_at=NOON - timedelta(days=1), **overrides)


def with_changes(article: Article, **changes) -> Article:
    return drafting.save(article, contents.of(article).with_changes(**changes), by=None, at=AT_NINE, expected=None)


@database
def test_what_has_an_end_is_withdrawn_at_it():
    ending, staying = out(), out()
    scheduling.end_at(ending, by=None, withdraw_at=NOON, at=AT_NINE)
    scheduling.end_at(staying, by=None, withdraw_at=NOON + timedelta(minutes=1), at=AT_NINE)
    assert scheduling.publish_due(at=NOON) == (1, 0)
    assert [state(ending), state(staying)] == [Status.WITHDRAWN, Status.PUBLISHED]
    assert (ending.withdrawn_at, ending.withdraw_at) == (NOON, None)
    assert scheduling.publish_due(at=NOON) == (0, 0)


@database
def test_what_comes_out_and_goes_again_does_both_at_its_moments():
    article = scheduled()
    scheduling.end_at(article, by=None, withdraw_at=NOON, at=AT_NINE - timedelta(hours=1))
    scheduling.publish_due(at=AT_NINE)
    assert state(article) == Status.PUBLISHED
    scheduling.publish_due(at=NOON)
    assert state(article) == Status.WITHDRAWN


@database
def test_what_should_have_come_and_gone_while_nobody_worked_is_not_shown_for_a_minute():
    article = scheduled()
    scheduling.end_at(article, by=None, withdraw_at=NOON, at=AT_NINE - timedelta(hours=1))
    assert scheduling.publish_due(at=NOON) == (0, 1)
    assert state(article) == Status.SCHEDULED
    assert article.schedule_error.startswith("It is to be withdrawn Monday 23 November 2026, 12:00, UTC.")


@database
def test_changes_reach_readers_at_their_moment():
    article = with_changes(out(headline="As it was"), headline="As it is to be")
    scheduling.schedule_changes(article, by=None, publish_at=NOON, at=AT_NINE)
    assert scheduling.publish_due(at=NOON - timedelta(seconds=1)) == (0, 0)
    assert Article.objects.get(pk=article.pk).headline == "As it was"
    assert scheduling.publish_due(at=NOON) == (1, 0)
    article = Article.objects.get(pk=article.pk)
    assert (article.headline, article.updated_at, article.publish_at) == ("As it is to be", NOON, None)


@database
def test_changes_that_were_discarded_are_not_published():
    article = with_changes(out(headline="As it was"), headline="As it is to be")
    scheduling.schedule_changes(article, by=None, publish_at=NOON, at=AT_NINE)
    drafting.discard(article, by=None, at=AT_NINE)
    assert scheduling.publish_due(at=NOON) == (0, 0)
    assert Article.objects.get(pk=article.pk).headline == "As it was"


@database
def test_a_kill_in_the_middle_loses_only_what_was_being_done(monkeypatch):
    first, second, third = (scheduled(AT_NINE + timedelta(minutes=number)) for number in range(3))
    publish = publishing.publish

    def killed(article, **how):
        publish(article, **how)
        if article.pk == second.pk:
            raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "publish", killed)
    with pytest.raises(KeyboardInterrupt):
        scheduling.publish_due(at=NOON)
    monkeypatch.undo()
    assert [state(article) for article in (first, second, third)] == [Status.PUBLISHED, Status.SCHEDULED, Status.SCHEDULED]
    assert scheduling.publish_due(at=NOON) == (2, 0)
    assert {state(article) for article in (first, second, third)} == {Status.PUBLISHED}


@database
def test_an_error_while_withdrawing_delays_nobody(monkeypatch):
    broken, good = out(), out()
    for article in (broken, good):
        scheduling.end_at(article, by=None, withdraw_at=NOON, at=AT_NINE)
    tell = publishing.pages.tell_article

    def tell_but(article, before):
        if article.pk == broken.pk:
            raise RuntimeError("nobody listens")
        tell(article, before)

    monkeypatch.setattr(publishing.pages, "tell_article", tell_but)
    assert scheduling.publish_due(at=NOON) == (1, 1)
    assert [state(broken), state(good)] == [Status.PUBLISHED, Status.WITHDRAWN]
    assert "nobody listens" in broken.schedule_error
