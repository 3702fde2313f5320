"""Several who change at once what stands in kept pages: none of them takes the other's change for its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import connection, transaction

from articles import publishing, tagging
from articles.models import Section, Status
from newsroom.models import Touch
from tests.articles.test_listing_parallel import in_thread
from tests.factories import NOON, make_article, make_section, make_tag

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
A_WHILE = 0.5  # seconds for something that must not happen


def overlapping(first: Callable[[], object], second: Callable[[], object]) -> set[str]:
    """The second deed begins when the first is done and not committed yet, and commits after it. What the second touched."""
    first_is_done, second_is_done, first_is_over = Event(), Event(), Event()
    touched: set[str] = set()

    def run_first() -> None:
        with transaction.atomic():
            first()
            first_is_done.set()
            second_is_done.wait(A_WHILE)
        first_is_over.set()

    def run_second() -> None:
        first_is_done.wait(10)
        with transaction.atomic():
            second()
            touched.update(*touched_in_this_transaction())
            second_is_done.set()
            first_is_over.wait(10)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(in_thread(run_first)), pool.submit(in_thread(run_second))]:
            future.result()
    return touched


def touched_in_this_transaction() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return list(Touch.objects.filter(xid=cursor.fetchone()[0]).values_list("keys", flat=True))


def save_at_the_desk(section: Section, name: str) -> None:
    row = Section.objects.get(pk=section.pk)
    row.name = name
    admin.site.get_model_admin(Section).save_model(None, row, SimpleNamespace(initial={}), change=True)  # type: ignore[arg-type]


def test_who_takes_back_a_name_that_was_saved_this_very_moment_tells_of_it():
    section = make_section("Sport")
    touched = overlapping(lambda: save_at_the_desk(section, "Games"), lambda: save_at_the_desk(section, "Sport"))
    assert {f"section:{section.pk}", "frame"} <= touched


def test_of_two_last_articles_withdrawn_at_once_one_says_that_their_section_is_empty():
    section = make_section("Sport")
    one, other = make_article(section=section, published_at=NOON), make_article(section=section, published_at=NOON)
    touched = overlapping(
        lambda: publishing.withdraw(one, by=None, at=NOON), lambda: publishing.withdraw(other, by=None, at=NOON)
    )
    assert {"lists", "months"} <= touched


def test_who_publishes_while_the_last_one_is_withdrawn_says_that_the_section_is_there():
    section = make_section("Sport")
    last, draft = make_article(section=section, published_at=NOON), make_article(section=section, status=Status.DRAFT)
    touched = overlapping(
        lambda: publishing.withdraw(last, by=None, at=NOON), lambda: publishing.publish(draft, by=None, at=NOON)
    )
    assert {"lists", "months"} <= touched


def test_a_merge_tells_where_an_article_stands_that_is_published_meanwhile():
    draft, into = make_article(status=Status.DRAFT, tags=["Water"]), make_tag("Rivers")
    water = draft.tags.get()
    touched = overlapping(lambda: publishing.publish(draft, by=None, at=NOON), lambda: tagging.merge([water], into=into, by=None))
    assert any(key.startswith(f"list:tag:{into.pk}@") for key in touched)
