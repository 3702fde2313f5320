"""The house notice that invites readers to the digest, and words that its pages and mails need."""

from datetime import date
from typing import Any

from babel.dates import format_date
from django import template
from django.utils.html import format_html

from articles.models import Article
from digest.models import Notice
from digest.pages import SIGN_UP
from newsroom.money import locale_of
from newsroom.pages import shows

register = template.Library()


@register.inclusion_tag("digest/_signup.html", takes_context=True)
def digest_signup(context: dict[str, Any]) -> dict[str, Any]:
    """The sign-up block: one query. Nothing on the digest's own pages that show the form, or lead the reader out."""
    match = getattr(context.get("request"), "resolver_match", None)
    has_its_own = match is not None and match.namespace == "digest" and match.url_name not in {"edition", "year"}
    if has_its_own:
        return {"notice": None}
    if "request" in context:
        shows(context["request"], SIGN_UP)
    return {"notice": Notice.objects.get(pk=1), "masthead": context["masthead"]}


@register.simple_tag
def digest_notice() -> Notice:
    """The same words for the sign-up page: one query."""
    return Notice.objects.get(pk=1)


@register.simple_tag(takes_context=True)
def edition_day(context: dict[str, Any], day: date, plain: bool = False) -> str:
    """The day in words, in the site's language."""
    words = format_date(day, "long", locale=locale_of(context["masthead"].language))
    return words if plain else format_html('<time datetime="{}">{}</time>', day.isoformat(), words)


@register.filter
def signed(article: Article) -> str:
    """The byline of a mail: “By Ana Ruiz and Ben Ode, The Harbour Post”, or nothing."""
    signed: list[dict[str, str]] = article.signatures  # type: ignore[attr-defined]
    names = [each["name"] for each in signed] or [article.source_author] * bool(article.source_author)
    people = f"By {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}" if names else ""
    return ", ".join(filter(None, [people, article.source_outlet]))
