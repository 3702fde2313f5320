"""Several at once, on real connections: no list misses an entry, nobody waits for a list's count."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction

from articles import listing, publishing, tagging
from articles.models import Article, Kind, Status, Tag, TaggedArticle, Tally
from articles.paging import page_of
from tests.factories import NOON, make_article, make_section, make_tag

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def in_thread[T](deed: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        try:
            return deed()
        finally:
            connection.close()

    return run


def test_a_tag_given_while_the_article_is_published_stands_in_the_tags_list():
    article, tag = make_article(status=Status.DRAFT), make_tag()
    published, tagged = Event(), Event()

    def publish() -> None:
        with transaction.atomic():
            publishing.publish(article, by=None, at=NOON)
            published.set()
            tagged.wait(0.5)  # it cannot be set: the tagging waits for this transaction

    def give() -> None:
        published.wait(10)
        TaggedArticle.objects.create(content_object=article, tag=tag)
        tagged.set()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(in_thread(publish)), pool.submit(in_thread(give))]:
            future.result()
    assert [card.pk for card in page_of(listing.with_tag(tag), "/").entries] == [article.pk]


def test_an_article_published_while_it_is_tagged_stands_in_the_tags_list():
    article, tag = make_article(status=Status.DRAFT), make_tag()
    tagged = Event()

    def give() -> None:
        with transaction.atomic():
            TaggedArticle.objects.create(content_object=article, tag=tag)
            tagged.set()
            sleep(0.3)

    def publish() -> None:
        tagged.wait(10)
        publishing.publish(article, by=None, at=NOON)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(in_thread(give)), pool.submit(in_thread(publish))]:
            future.result()
    assert [card.pk for card in page_of(listing.with_tag(tag), "/").entries] == [article.pk]


def test_who_publishes_does_not_wait_for_another_publication_of_the_same_lists():
    section = make_section()
    first, second = (make_article(status=Status.DRAFT, section=section, tags=["Water"]) for _ in range(2))
    done = Event()

    def publish_second() -> None:
        publishing.publish(second, by=None, at=NOON)
        done.set()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        publishing.publish(first, by=None, at=NOON)
        pool.submit(in_thread(publish_second)).result(timeout=10)
        assert done.is_set()
    assert Tally.objects.place(Kind.LATEST, 0, 0)[0] == 2


def test_folding_beside_publications_and_merges_loses_nothing():
    articles = [make_article(status=Status.DRAFT, tags=["Water", f"Dam {number % 3}"]) for number in range(12)]
    stop = Event()

    def fold() -> None:
        while not stop.is_set():
            Tally.objects.fold()

    def publish(number: int) -> Callable[[], None]:
        def deed() -> None:
            publishing.publish(articles[number], by=None, at=NOON)
            if number % 4 == 0:
                publishing.withdraw(articles[number], by=None, at=NOON)

        return deed

    with ThreadPoolExecutor(6) as pool:
        folding = [pool.submit(in_thread(fold)) for _ in range(2)]
        deeds = [pool.submit(in_thread(publish(number))) for number in range(12)]
        wait(deeds)
        into, *others = Tag.objects.filter(name__startswith="Dam").order_by("name")
        tagging.merge(others, into=into, by=None)
        stop.set()
        for future in [*folding, *deeds]:
            future.result()
    assert Article.objects.published().count() == 9
    assert Tally.objects.place(Kind.LATEST, 0, 0)[0] == 9
    assert Tally.objects.place(Kind.TAG, into.pk, 0)[0] == len(page_of(listing.with_tag(into), "/").entries) == 9
