"""An article as readers would see it, with a text that they do not see yet. Never kept, never indexed."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles import contents, moments, richtext, synonyms, writing
from articles.contents import Content
from articles.models import Article, Author, Tag


def dressed(article: Article, content: Content, *, at: datetime) -> Article:
    """The article in memory with this content and all that its page shows (as `with_its_page` gives it)."""
    contents.lay_over(article, content.with_changes(body=richtext.sanitise(content.body)))
    writing.derive(article)
    authors = Author.objects.in_bulk(content.authors)
    signing = [authors[pk] for pk in content.authors if pk in authors]
    article.signatures = [{"pk": author.pk, "name": author.name, "slug": author.slug} for author in signing]  # type: ignore[attr-defined]
    names = synonyms.standing(content.tags)
    known = {tag.name.casefold(): tag for tag in Tag.objects.filter(name__in=names)}
    tags = [known.get(name.casefold()) or Tag(pk=0, name=name, slug=Tag().slugify(name) or "tag") for name in names]
    article.tag_rows = [{"pk": tag.pk, "name": tag.name, "slug": tag.slug} for tag in tags]  # type: ignore[attr-defined]
    article.published_at = article.published_at or article.publish_at or at
    return article


def page(request: HttpRequest, article: Article, content: Content, *, at: datetime) -> HttpResponse:
    until = article.embargo_until
    embargo = moments.told(until) if until and until > at else ""
    context = {"article": dressed(article, content, at=at), "earlier": [], "embargo": embargo}
    response = render(request, "articles/article.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
