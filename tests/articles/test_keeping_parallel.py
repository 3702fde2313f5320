"""A form is saved at the very moment that its page keeps it, on real connections: what comes late is not brought back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from articles import contents, drafting
from articles.contents import Content
from articles.models import Article, Autosave, Status
from tests.articles.test_listing_parallel import in_thread
from tests.factories import NOON, make_article, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
A_WHILE = 0.5  # seconds for something that must not happen


@pytest.mark.parametrize("headline", ["New words", "As before"])  # a save without news leaves no version
def test_what_is_kept_while_the_form_is_saved_is_refused(headline: str):
    article, by, key = make_article(status=Status.DRAFT, headline="As before"), make_user("Editor"), uuid4()
    was_saved, answers, answered = Event(), [], Event()

    def save() -> None:
        with transaction.atomic():
            content = contents.of(article).with_changes(headline=headline)
            drafting.save(article, content, by=by, at=NOON, expected=None, form=key)
            drafting.end(key, article, by=by, at=NOON)
            was_saved.set()
            assert not answered.wait(A_WHILE)

    def keep() -> None:
        was_saved.wait(10)
        answers.append(set_aside(article, by)(key))
        answered.set()

    together(save, keep)
    assert (answers, Autosave.objects.count()) == ([False], 0)


def test_a_new_article_is_begun_while_its_form_is_kept():
    by, key = make_user("Editor"), uuid4()
    was_kept, ended = Event(), Event()

    def keep() -> None:
        with transaction.atomic():
            assert set_aside(None, by)(key)
            was_kept.set()
            assert not ended.wait(A_WHILE)

    def begin() -> None:
        was_kept.wait(10)
        with transaction.atomic():
            article = Article(headline="Begun", slug="begun")
            drafting.begin(article, Content(headline="Begun", slug="begun"), by=by, at=NOON, form=key)
            drafting.end(key, article, by=by, at=NOON)
        ended.set()

    together(keep, begin)
    assert not Autosave.objects.exists()
    assert set_aside(None, by)(key) is False
    assert not Autosave.objects.exists()


def test_who_keeps_first_and_who_saves_do_not_wait_for_each_other_without_end():
    article, by, key = make_article(status=Status.DRAFT), make_user("Editor"), uuid4()

    def keep() -> None:
        for _ in range(30):
            set_aside(article, by)(key)

    def save() -> None:
        for number in range(30):
            with transaction.atomic():
                content = contents.of(article).with_changes(headline=f"Number {number}")
                drafting.save(article, content, by=by, at=NOON, expected=None)
                drafting.end(key, article, by=by, at=NOON)

    together(keep, save)
    assert not Autosave.objects.exists()


def set_aside(article: Article | None, by: User) -> Callable[..., bool]:
    return lambda key: drafting.set_aside(key, article=article, version=0, typed={"headline": ["Late"]}, by=by, at=NOON)


def together(*deeds: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(deeds)) as pool:
        for future in [pool.submit(in_thread(deed)) for deed in deeds]:
            future.result()
