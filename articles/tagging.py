"""The verbs of tags: rename one, merge several. Former addresses keep working and articles are found by the new name."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Min
from django.dispatch import Signal
from procrastinate.contrib.django import app

from articles import pages
from articles.models import Article, Author, FormerAddress, Tag, TaggedArticle
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
        tag = Tag.objects.select_for_update().get(pk=tag.pk)
        if (tag.name, tag.slug) == (name, slug):
            return tag
        refuse_twin(name, other_than=tag)
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
    """Two tags whose names differ only in capital letters are one tag to a reader."""
    others = Tag.objects.exclude(pk=other_than.pk) if other_than else Tag.objects.all()
    if twin := others.filter(name__iexact=name).first():
        raise ValidationError(f"There is a tag “{twin.name}” already. Merge the two instead.")


def merge(tags: Iterable[Tag], *, into: Tag, by: User | None) -> Tag:
    """Turn several tags into one: their articles carry `into`, their addresses lead to it, they are gone."""
    if by is not None and not (by.has_perm("articles.change_tag") and by.has_perm("articles.delete_tag")):
        raise PermissionDenied("You may not merge tags.")
    keys = {tag.pk for tag in tags} | {into.pk}
    with transaction.atomic():
        locked = {tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
        if into.pk not in locked:
            raise ValidationError(f"The tag “{into.name}” is gone. Choose another one to merge into.")
        into = locked.pop(into.pk)
        moved = _locked_articles(locked)
        _tell_merged(locked.values(), into)
        TaggedArticle.objects.bulk_create(
            [TaggedArticle(tag=into, content_object_id=article_id) for article_id in moved], ignore_conflicts=True
        )
        FormerAddress.objects.filter(tag__in=locked).update(tag=into)
        merging.send(Tag, tags=list(locked), into=into)
        for tag in locked.values():
            readdress(into, former_path=path_of(tag))
        Tag.objects.filter(pk__in=locked).delete()
        order_index(moved)
        if locked and by is not None:
            audit.record(by, "merged into", into, detail=", ".join(f"tag {pk}" for pk in locked))
    return into


def _locked_articles(tags: Iterable[int]) -> list[int]:
    """Nobody publishes or withdraws one of them while we look where they stand. All lock articles in this order."""
    carrying = Article.objects.filter(pk__in=TaggedArticle.objects.filter(tag__in=tags).values("content_object"))
    return list(carrying.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _tell_merged(tags: Iterable[Tag], into: Tag) -> None:
    """All that showed the tags that go; of the one that stays, from the oldest article that joins it to the newest."""
    for tag in tags:
        pages.tell(pages.of_tag(tag), {})
        touch(f"list:tag:{tag.pk}")
    joining = Article.objects.published().order_by().filter(taggings__tag__in=tags).exclude(taggings__tag=into)
    ends = joining.aggregate(first=Min("published_at"), last=Max("published_at"))
    touch(*(point(f"list:tag:{into.pk}", at=at) for at in ends.values() if at))


def index_articles_of(author: Author) -> None:
    """After an author's name changed: articles are found by the names that sign them."""
    order_index(author.bylines.values_list("article_id", flat=True))
