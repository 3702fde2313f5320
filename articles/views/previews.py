"""An article before it is out, as its page will be: for the desk, and for people outside who have a link."""

from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from articles import drafting, moments, previewing, sharing
from articles.contents import Content
from articles.models import Article
from articles.views.article import earlier_in_section, with_its_page
from newsroom.methods import require_safe


def private(view: Any) -> Any:
    """Kept nowhere, found by nobody, and the address told to no other site."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(*args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped


def page(request: HttpRequest, article: Article, content: Content, *, at: datetime, mark: str = "") -> HttpResponse:
    """`article`: as `with_its_page` gives it. `mark`: said above the text."""
    return shown(request, previewing.dressed(article, content, at=at), at=at, mark=mark)


def shown(request: HttpRequest, article: Article, *, at: datetime, mark: str = "") -> HttpResponse:
    """The page of an article that is dressed already."""
    until = article.embargo_until
    embargo = moments.told(until) if until and until > at else ""
    context = {"article": article, "earlier": earlier_in_section(article), "embargo": embargo, "mark": mark}
    return render(request, "articles/preview.html", context | {"page_path": article.get_absolute_url()})


@private
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link opens: the newest saved text. Once nothing of it is unpublished, the public page stands for it.
    Opening it changes nothing but its own count, so programs that look into mails may."""
    at = timezone.now()
    link = sharing.find(token, at=at)
    article = with_its_page(Article.objects.filter(pk=link.article_id)).first() if link else None
    if link is None or article is None:
        return render(request, "articles/preview_over.html", status=404)
    if request.method == "GET":
        sharing.opened(link, at=at)
    if article.is_public and not article.has_changes:
        return HttpResponseRedirect(article.get_absolute_url())
    mark = f"Preview, not published. Please do not share it. This link works until {moments.told(link.expires_at)}."
    return page(request, article, drafting.current(article), at=at, mark=mark)
