"""An article as readers would see it, with a text that they do not see yet. Nothing is written."""

from datetime import datetime

from django.db import connection

from articles import contents, richtext, synonyms, writing
from articles.contents import Content
from articles.models import Article, Author, Tag
from articles.slugs import free_slug


def dressed(article: Article, content: Content, *, at: datetime) -> Article:
    """The article in memory (a new one too) with this content and all that its page shows, as `with_its_page` gives it and
    as it would be published at that moment."""
    content = content.with_changes(body=richtext.sanitise(content.body))
    if article.was_once_public and content != contents.of(article):
        article.updated_at = max(at, article.published_at or at)
    article.published_at = article.published_at or article.publish_at or at
    contents.lay_over(article, content)
    article.slug = article.slug or free_slug(Article, article.headline, other_than=article.pk)
    writing.derive(article)
    authors = Author.objects.in_bulk(content.authors)
    signing = [authors[pk] for pk in content.authors if pk in authors]
    article.signatures = [{"pk": author.pk, "name": author.name, "slug": author.slug} for author in signing]  # type: ignore[attr-defined]
    article.tag_rows = _tags(content.tags)  # type: ignore[attr-defined]
    return article


def _tags(typed: tuple[str, ...]) -> list[dict[str, object]]:
    """Those that are there, and those that would be made."""
    names = synonyms.standing(typed)
    known = {tag.name.casefold(): tag for tag in Tag.objects.filter(name__in=names)}
    found = [known.get(name.casefold()) or Tag(pk=0, name=name, slug=Tag().slugify(name) or "tag") for name in names]
    tags = {tag.name: tag for tag in found}
    return [{"pk": tag.pk, "name": tag.name, "slug": tag.slug} for tag in (tags[name] for name in _in_order(list(tags)))]


def _in_order(names: list[str]) -> list[str]:
    """As the database sorts them for the page of what is published."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) AS name ORDER BY name", [names])
        return [name for (name,) in cursor.fetchall()]
