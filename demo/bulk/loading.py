"""Filling an empty database with the bulk: in batches that are whole or absent, so that it goes on where it stopped."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import Model

from articles import images
from articles.models import Article, Author, Byline, Image, ImportedObject, Section, Tag, TaggedArticle, Tally
from campaigns.models import Campaign
from demo import drawing
from demo.bulk import content, indexing, storing
from demo.pictures import HEIGHT, MOTIFS, WIDTH
from demo.reading import Recipe
from digest.models import Subscriber
from newsroom.pages import EVERYTHING, touch

BATCH = 5_000
HANDS = 2  # connections that store at once
LOCK = 5_201_996  # any number that nothing else locks
MOOD = "meadow"
REAL = "This database has content of its own. benchmark_content fills an empty database only; use one made for measuring."

type Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Stock:
    """Primary keys, by the numbers that content.py gives."""

    sections: list[int]
    authors: list[int]
    tags: list[int]
    pictures: list[int]


def load(count: int, *, pictures: int, tell: Tell) -> int:
    """Bring the database to the first `count` articles; how many were added. CommandError where that must not be."""
    if not 1 <= count <= content.MOST:
        raise CommandError(f"Between 1 and {content.MOST:,} articles, please.")
    with _alone():
        refuse_real_content()
        if max([batch * BATCH + number for batch, number in storing.done().items()], default=0) > count:
            raise CommandError("There are more articles than that already. Use an empty database.")
        stock = prepare(pictures)
        work = list(missing(count))
        fresh = sum(end - start for start, end in work)
        with indexing.put_off(Article, TaggedArticle, Byline, when=fresh >= indexing.WORTH, tell=tell):
            _store(work, stock, tell)
        finish(count)
    return fresh


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise CommandError("Another benchmark_content is at work on this database.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def refuse_real_content() -> None:
    ours = ImportedObject.objects.filter(source=storing.SOURCE)
    begun: list[type[Model]] = [Campaign, Subscriber] if ours.exists() else [Campaign, Subscriber, Section, Author, Tag, Image]
    others = Article.objects.exclude(slug__startswith=content.SLUG)
    if others.exists() or any(model._default_manager.exists() for model in begun):
        raise CommandError(REAL)


@transaction.atomic
def prepare(pictures: int) -> Stock:
    """Sections, authors, tags and pictures: made whole by the first run, found again by the next."""
    if not ImportedObject.objects.filter(source=storing.SOURCE, kind="setup").exists():
        sections = [Section(name=name, slug=name.lower(), position=number) for number, name in enumerate(content.SECTIONS)]
        Section.objects.bulk_create(sections)
        names = [content.author_name(number) for number in range(content.AUTHORS)]
        Author.objects.bulk_create(
            [Author(name=name, slug=f"{content.SLUG}{n}") for n, name in enumerate(names)], batch_size=1000
        )
        names = [content.tag_name(rank) for rank in range(content.TAGS)]
        Tag.objects.bulk_create([Tag(name=name, slug=f"{content.SLUG}{n}") for n, name in enumerate(names)], batch_size=1000)
        for motif in list(MOTIFS)[:pictures]:
            _draw(motif)
        ImportedObject.objects.create(source=storing.SOURCE, kind="setup", key="1", object_id=1)
    kinds: list[Any] = [Section, Author, Tag, Image]
    return Stock(*(list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in kinds))


def _draw(motif: str) -> None:
    """One of the demo's pictures, with everything that the worker would make of it."""
    data = drawing.jpeg(Recipe(motif, MOOD))
    checked = images.Checked(data, "jpg", WIDTH, HEIGHT, sha256(data).hexdigest())
    images.make_renditions(images.store(checked, alt=f"A drawing: {motif}.").pk)


def missing(count: int) -> Iterator[tuple[int, int]]:
    """The ranges of numbers that are not there yet, within one batch each."""
    done = storing.done()
    for start in range(0, count, BATCH):
        begin, end = start + done.get(start // BATCH, 0), min(start + BATCH, count)
        if begin < end:
            yield begin, end


def _store(work: list[tuple[int, int]], stock: Stock, tell: Tell) -> None:
    total, stored = sum(end - start for start, end in work), 0
    with ThreadPoolExecutor(HANDS) as hands:
        futures = [hands.submit(_in_thread, start, end, stock) for start, end in work]
        try:
            for future in futures:
                stored += future.result()
                tell("Articles", stored, total)
        except BaseException:
            hands.shutdown(cancel_futures=True)
            raise


def _in_thread(start: int, end: int, stock: Stock) -> int:
    try:
        return store(start, end, stock)
    finally:
        connection.close()


def store(start: int, end: int, stock: Stock) -> int:
    with transaction.atomic():
        pieces = [content.piece(number) for number in range(start, end)]
        storing.note(start // BATCH, end - start // BATCH * BATCH)
        storing.store(pieces, sections=stock.sections, authors=stock.authors, tags=stock.tags, pictures=stock.pictures)
    return end - start


def finish(count: int) -> None:
    """What a site that grew over years has behind it: sums folded, statistics taken, primary keys going on."""
    Tally.objects.fold()
    touch(EVERYTHING)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('articles_article', 'id'), greatest(%s, max(id))) FROM articles_article",
            [count],
        )
        if not connection.in_atomic_block:
            for model in (Article, TaggedArticle, Byline, Tally, Tag, Author):
                cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")
