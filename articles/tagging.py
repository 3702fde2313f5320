"""The verbs of tags: rename one, merge several, name synonyms, relate them. Former addresses keep working, and articles are
found by the new name."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max, Min
from django.dispatch import Signal
from procrastinate.contrib.django import app

from articles import fronting, pages
from articles.models import Article, Author, Came, FormerAddress, Synonym, Tag, TaggedArticle
from articles.models.articles import ArticleQuerySet
from articles.readdressing import path_of, readdress, refuse_anothers
from newsroom import audit
from newsroom.pages import point, touch

merging = Signal()  # `tags` (primary keys) go and `into` stays: apps that come later have what is theirs follow
BATCH = 200  # articles a job: a second or two


def order_index(article_ids: Iterable[int]) -> None:
    """Have the worker make these articles' search vectors anew: a tag may stand on ten thousand of them."""
    jobs: list[dict[str, Any]] = [{"article_ids": list(batch)} for batch in batched(article_ids, BATCH)]
    if jobs:
        app.configure_task("articles.index").batch_defer(*jobs)


def rename(tag: Tag, *, name: str, slug: str, by: User | None) -> Tag:
    """Give a tag another name, another address, or both. ValidationError when another tag has one of them, or had the
    address."""
    if by is not None and not by.has_perm("articles.change_tag"):
        raise PermissionDenied("You may not rename tags.")
    with transaction.atomic():
        lock_names()
        tag = Tag.objects.select_for_update().get(pk=tag.pk)
        if (tag.name, tag.slug) == (name, slug):
            return tag
        refuse_twin(name, other_than=tag)
        tag.synonyms.filter(name__iexact=name).delete()  # it becomes the name itself
        before = pages.of_tag(tag)
        former_path, renamed = path_of(tag), tag.name != name
        tag.name, tag.slug = name, slug
        tag.full_clean()
        if path_of(tag) != former_path:
            refuse_anothers(tag)
        tag.save(update_fields=["name", "slug"])
        readdress(tag, former_path=former_path)
        if renamed:
            order_index(tag.taggings.values_list("content_object_id", flat=True))
        pages.tell(before, pages.of_tag(tag))
    return tag


def refuse_twin(name: str, *, other_than: Tag | None = None) -> None:
    """Two tags whose names differ only in capital letters are one tag to a reader; and a synonym means one tag."""
    others = Tag.objects.exclude(pk=other_than.pk) if other_than else Tag.objects.all()
    if twin := others.filter(name__iexact=name).first():
        raise ValidationError(f"There is a tag “{twin.name}” already. Merge the two instead.")
    meaning = Synonym.objects.exclude(tag=other_than.pk) if other_than else Synonym.objects.all()
    if synonym := meaning.filter(name__iexact=name).select_related("tag").first():
        raise ValidationError(f"“{synonym.name}” is a synonym of “{synonym.tag.name}”. Take it away there first.")


def lock_names() -> None:
    """Until the end of the transaction, as the triggers of migration 0085 do. Who writes tags and synonyms in one transaction
    asks first: two who each began with a tag would wait for each other for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('articles.names'))")


def name_synonyms(tag: Tag, names: Iterable[str], *, by: User | None) -> None:
    """These are the tag's synonyms from now on, and no others. ValidationError for the name of another tag or its synonym."""
    _may_change(by)
    wanted = {name.upper(): name for name in names if name.upper() != tag.name.upper()}
    with transaction.atomic():
        lock_names()
        tag = Tag.objects.select_for_update().get(pk=tag.pk)
        there = {synonym.name.upper(): synonym for synonym in tag.synonyms.all()}
        tag.synonyms.filter(pk__in=[row.pk for name, row in there.items() if name not in wanted]).delete()
        for upper, name in wanted.items():
            if upper not in there:
                refuse_twin(name, other_than=tag)
                Synonym.objects.create(tag=tag, name=name)


def relate(tag: Tag, others: Iterable[Tag], *, by: User | None) -> None:
    """These are the tag's related ones from now on, and it theirs. Readers see it on the pages of all of them."""
    _may_change(by)
    wanted = {other.pk for other in others} - {tag.pk}
    with transaction.atomic():
        there = set(tag.related.values_list("pk", flat=True))
        locked = list(Tag.objects.select_for_update().filter(pk__in=wanted ^ there | {tag.pk}).order_by("pk"))
        before: pages.Faces = {}
        for each in locked:
            before |= pages.of_tag(each)
        tag.related.set(wanted & ({each.pk for each in locked} | there))
        after: pages.Faces = {}
        for each in locked:
            after |= pages.of_tag(each)
        pages.tell(before, after)


def _may_change(by: User | None) -> None:
    if by is not None and not by.has_perm("articles.change_tag"):
        raise PermissionDenied("You may not change tags.")


OFTEN = """
SELECT t.id, count(*) AS together
FROM (SELECT content_object_id FROM articles_taggedarticle WHERE tag_id = %(tag)s AND published_at IS NOT NULL
    ORDER BY published_at DESC, content_object_id DESC LIMIT 500) AS newest
JOIN articles_taggedarticle AS other ON other.content_object_id = newest.content_object_id AND other.tag_id <> %(tag)s
JOIN articles_tag AS t ON t.id = other.tag_id
WHERE NOT EXISTS (SELECT FROM articles_tag_related r WHERE r.from_tag_id = %(tag)s AND r.to_tag_id = t.id)
GROUP BY t.id HAVING count(*) > 1 ORDER BY together DESC, t.id LIMIT 8
"""


def often_together(tag: Tag) -> list[tuple[Tag, int]]:
    """Tags that stand beside this one on its newest 500 published articles, and on how many; none that is related already."""
    with connection.cursor() as cursor:
        cursor.execute(OFTEN, {"tag": tag.pk})
        numbers: dict[int, int] = dict(cursor.fetchall())
    tags = Tag.objects.in_bulk(numbers)
    return [(tags[pk], number) for pk, number in numbers.items() if pk in tags]


def merge(tags: Iterable[Tag], *, into: Tag, by: User | None) -> Tag:
    """Turn several tags into one: their articles carry `into`, their addresses lead to it, they are gone."""
    if by is not None and not (by.has_perm("articles.change_tag") and by.has_perm("articles.delete_tag")):
        raise PermissionDenied("You may not merge tags.")
    keys = {tag.pk for tag in tags} | {into.pk}
    with transaction.atomic():
        fronting.lock()
        moved = _lock_articles_then_names(keys - {into.pk})
        locked = {tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
        if into.pk not in locked:
            raise ValidationError(f"The tag “{into.name}” is gone. Choose another one to merge into.")
        into = locked.pop(into.pk)
        _tell_merged(locked.values(), into)
        TaggedArticle.objects.bulk_create(
            [TaggedArticle(tag=into, content_object_id=article_id) for article_id in moved], ignore_conflicts=True
        )
        FormerAddress.objects.filter(tag__in=locked).update(tag=into)
        merging.send(Tag, tags=list(locked), into=into)
        _relate_merged(list(locked), into)
        for tag in locked.values():
            readdress(into, former_path=path_of(tag), came=Came.MERGED)
        Synonym.objects.filter(tag__in=locked).update(tag=into)
        Tag.objects.filter(pk__in=locked).delete()
        Synonym.objects.bulk_create([Synonym(name=tag.name, tag=into) for tag in _distinct(locked.values(), into)])
        order_index(moved)
        if locked and by is not None:
            audit.record(by, "merged into", into, detail=", ".join(f"tag {pk}" for pk in locked))
    return into


def _distinct(tags: Iterable[Tag], into: Tag) -> list[Tag]:
    """Without those that are called as the one that stays, or as another of them, capitals aside."""
    found = {tag.name.upper(): tag for tag in tags}
    found.pop(into.name.upper(), None)
    return list(found.values())


def _relate_merged(tags: list[int], into: Tag) -> None:
    """What was related to one that goes is related to the one that stays."""
    others = Tag.objects.filter(related__in=tags).exclude(pk__in=[*tags, into.pk]).distinct()
    relate(into, [*into.related.exclude(pk__in=tags), *others], by=None)


def _lock_articles_then_names(tags: Iterable[int]) -> list[int]:
    """The keys of the articles that carry one of these. Nobody publishes or withdraws one while we look where they stand.

    Who saves an article holds its row and then asks for the names, if a tag is new: so do we. When the names are ours and
    another article has come to carry a tag meanwhile, everything is let go, and locked again.
    """
    while True:
        before = transaction.savepoint_create()
        moved = _locked_articles(tags)
        lock_names()
        if moved == list(_carrying(tags).values_list("pk", flat=True)):
            return moved
        transaction.savepoint_rollback(before)  # lets go of what was locked since


def _locked_articles(tags: Iterable[int]) -> list[int]:
    """All lock articles in this order."""
    return list(_carrying(tags).select_for_update(no_key=True).values_list("pk", flat=True))


def _carrying(tags: Iterable[int]) -> ArticleQuerySet:
    tagged = TaggedArticle.objects.filter(tag__in=tags).values("content_object")
    return Article.objects.filter(pk__in=tagged).order_by("pk")


def _tell_merged(tags: Iterable[Tag], into: Tag) -> None:
    """All that showed the tags that go; of the one that stays, from the oldest article that joins it to the newest."""
    for tag in tags:
        pages.tell(pages.of_tag(tag), {})
        touch(f"list:tag:{tag.pk}")
    joining = Article.objects.published().order_by().filter(taggings__tag__in=tags).exclude(taggings__tag=into)
    if joining.exists() and not TaggedArticle.objects.filter(tag=into, published_at__isnull=False).exists():
        touch(f"listed:tag:{into.pk}")
    ends = joining.aggregate(first=Min("published_at"), last=Max("published_at"))
    lists = f"list:tag:{into.pk}", pages.offered(f"list:tag:{into.pk}")
    touch(*(point(name, at=at) for name in lists for at in ends.values() if at))


def index_articles_of(author: Author) -> None:
    """After an author's name changed: articles are found by the names that sign them."""
    order_index(author.bylines.values_list("article_id", flat=True))
