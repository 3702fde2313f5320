"""A batch of articles into the database, whole or not at all, with everything that the verbs would have seen to."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from articles import search, writing
from articles.importing.copying import copy_rows, copy_values, number_rows
from articles.models import Article, Byline, Came, FormerAddress, ImportedObject, TaggedArticle, Tally
from newsroom.pages import EVERYTHING, touch


@dataclass(slots=True)
class Prepared:
    keys: list[str]  # what the former site calls it
    article: Article
    outcome: str  # how the report counts it
    authors: list[int] = field(default_factory=list)  # primary keys, in the order of the byline
    tags: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)  # former addresses

    @property
    def public_since(self) -> datetime | None:
        """What its bylines and taggings say: given here, it spares the database's triggers a look for each."""
        return self.article.published_at if self.article.is_public else None


class Writer:
    """Stores a batch while the next one is prepared: Postgres works on one core, Python on the other."""

    def __init__(self, source: str, *, beside: bool) -> None:
        """`beside`: in a thread of its own. Whoever prepares must then leave the database connection alone."""
        self.source, self.pool = source, ThreadPoolExecutor(1) if beside else None
        self.running: tuple[list[Prepared], Future[int]] | None = None

    def put(self, batch: list[Prepared]) -> None:
        """Begin to store; whatever was begun before must have been waited for."""
        if self.pool:
            future = self.pool.submit(_in_thread, connections[DEFAULT_DB_ALIAS], self.source, batch)
        else:
            future = Future()
            try:
                future.set_result(store(self.source, batch))
            except Exception as error:
                future.set_exception(error)
        self.running = (batch, future)

    def wait(self) -> tuple[list[Prepared], Future[int]] | None:
        """The batch that was begun, and what came of it; None if there is none."""
        running, self.running = self.running, None
        if running:
            running[1].exception()
        return running

    def close(self) -> None:
        if self.pool:
            self.pool.shutdown()


def _in_thread(wrapper: BaseDatabaseWrapper, source: str, batch: list[Prepared]) -> int:
    """With the connection, and so inside the transactions, of the thread that asked."""
    wrapper.inc_thread_sharing()
    connections[DEFAULT_DB_ALIAS] = wrapper
    try:
        return store(source, batch)
    finally:
        wrapper.dec_thread_sharing()


def store(source: str, batch: list[Prepared]) -> int:
    """Keep the batch; returns how many former addresses lead to it now. One transaction, twelve statements."""
    for each in batch:
        writing.derive(each.article)
    with transaction.atomic(), connection.cursor() as cursor:
        # Words go into the search index in larger lots; a batch lost to a power cut is simply imported again.
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'; SET LOCAL synchronous_commit = off")
        articles = [each.article for each in batch]
        number_rows(Article, articles)
        copy_values(
            ImportedObject,
            ["source", "kind", "key", "object_id"],
            ((source, "article", key, each.article.pk) for each in batch for key in each.keys),
        )
        copy_values(
            Byline,
            ["article_id", "author_id", "position", "published_at"],
            (
                (each.article.pk, author, position, each.public_since)
                for each in batch
                for position, author in enumerate(each.authors)
            ),
        )
        copy_values(
            TaggedArticle,
            ["content_object_id", "tag_id", "published_at"],
            ((each.article.pk, tag, each.public_since) for each in batch for tag in each.tags),
        )
        # Last: their words in the index are made of bylines and tags too. What those refer to is checked at the end.
        copy_rows(Article, articles, computed={"search": search.VECTOR}, values=search.VALUES)
        # As in publishing.readdress: a path in use today wins over its own history.
        public = [f"/articles/{each.article.slug}/" for each in batch if each.article.is_public]
        FormerAddress.objects.filter(path__in=public).delete()
        if public:
            touch(EVERYTHING)
        return _keep_addresses(batch)


def finish() -> None:
    """After the last batch: put the words that wait into the search index, so that searches need not read through them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('published_text')")
    Tally.objects.fold()


def _keep_addresses(batch: list[Prepared]) -> int:
    wanted = {path: each.article.pk for each in batch for path in each.paths}
    at = timezone.now()
    rows = ((path, wanted[path], Came.IMPORTED.value, at) for path in fresh_addresses(wanted))
    return copy_values(FormerAddress, ["path", "article_id", "came", "made_at"], rows)


def fresh_addresses(paths: Iterable[str]) -> list[str]:
    """Those that lead nowhere yet."""
    asked = list(paths)
    taken = set(FormerAddress.objects.filter(path__in=asked).values_list("path", flat=True))
    return [path for path in asked if path not in taken]
