"""What templates say about articles: masthead, dates, bylines, pictures, the text itself."""

import html
import re
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from itertools import count
from typing import Any

from babel.dates import format_date, format_time
from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles import frame, notes, pages, pictures, structured, syndication, writing
from articles.models import Article, Image, Masthead
from articles.search import START, STOP
from newsroom import tongues
from newsroom.money import locale_of
from newsroom.pages import shows
from newsroom.paths import path_to

register = template.Library()
register.simple_tag(pictures.render, name="picture")
register.simple_tag(path_to, name="path")
register.filter(frame.absolute)
register.filter(syndication.writable)
register.filter(writing.blurb)

Context = dict[str, Any]


@register.simple_tag(takes_context=True)
def page_language(context: Context) -> str:
    """Of `<html lang>`: what is spoken on this page, else the newsroom's own."""
    language: str = tongues.labels() or context["masthead"].language
    return language


@register.simple_tag(takes_context=True)
def site_lang(context: Context) -> SafeString:
    """` lang="en"` for the newsroom's own words where the page speaks another language."""
    return tongues.lang_of(context["masthead"].language, within=page_language(context))


@register.simple_tag(takes_context=True)
def masthead(context: Context) -> Masthead:
    """The masthead a view has fetched already, or else one query."""
    if "request" in context:
        shows(context["request"], pages.FRAME)
    return context.get("masthead") or frame.masthead()


@register.simple_tag(takes_context=True)
def own_address(context: Context) -> str:
    """This page's address with scheme and host, without a query string. Of a preview: the one it will have."""
    if "page_path" in context:
        return frame.absolute_path(context["page_path"])
    return frame.absolute_path(context["request"].path) if "request" in context else ""


@register.simple_tag(takes_context=True)
def day(context: Context, at: datetime) -> SafeString:
    """<time>: the day in words, in the site's zone and language."""
    return _day(at, timezone.get_current_timezone(), _manner(context))


@lru_cache(maxsize=5000)  # a front page has fifty, and all but a few stood on the page before
def _day(at: datetime, zone: tzinfo, language: str) -> SafeString:
    local = at.astimezone(zone)
    return _time(local, day_in_words(local.date(), language))


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime, same_day_as: datetime | None = None) -> SafeString:
    """<time>: day, time and zone; the time alone where the reader knows the day."""
    local, language = timezone.localtime(at), _manner(context)
    hour = f"{time_in_words(local.time().replace(second=0, microsecond=0), language)} {local.tzname()}"
    if same_day_as and timezone.localtime(same_day_as).date() == local.date():
        return _time(local, hour)
    return _time(local, f"{day_in_words(local.date(), language)}, {hour}")


@lru_cache(maxsize=5000)  # the days of a page are mostly the same, and Babel reads its pattern anew each time
def day_in_words(day: date, language: str) -> str:
    return format_date(day, "long", locale=locale_of(language))


@lru_cache(maxsize=1440)
def time_in_words(minute: time, language: str) -> str:
    return format_time(minute, "short", locale=locale_of(language)).replace("\u202f", "\xa0")


def _time(local: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.simple_tag(takes_context=True)
def month_name(context: Context, first: datetime) -> str:
    return format_date(first, "LLLL y", locale=locale_of(context["masthead"].language))


@register.simple_tag
def bylines(article: Article) -> SafeString:
    """“Ana Ruiz, Ben Ode and Cleo Stern”, each linked; the author named by the source where nobody of ours signs."""
    signed: list[dict[str, str]] = article.signatures  # type: ignore[attr-defined]
    if not signed:
        return conditional_escape(article.source_author)
    parts = [format_html('<a href="{}" rel="author">{}</a>', frame.author_address(each["slug"]), each["name"]) for each in signed]
    head = mark_safe(", ".join(parts[:-1]))  # noqa: S308  each part is escaped
    return format_html("{} and {}", head, parts[-1]) if len(parts) > 1 else parts[0]


@register.simple_tag(takes_context=True)
def lang(context: Context, article: Article) -> SafeString:
    """` lang="es"` where an article's language is not the page's."""
    return tongues.lang_of(article.language, within=page_language(context))


def _manner(context: Context) -> str:
    """Whose manner of writing days holds on this page."""
    language: str = tongues.manner() if tongues.labels() else context["masthead"].language
    return language


@register.filter
def prose(body: str) -> SafeString:
    """A sanitised text as a page shows it: wide tables and code scroll by themselves, pictures wait until they are near,
    players until they are asked for."""
    numbers = count(1)
    body = writing.for_readers(body)

    def region(match: re.Match[str]) -> str:
        return f'<div class="table" role="region" aria-label="Table {next(numbers)}" tabindex="0">{match[0]}'

    body = re.sub(r"<table\b", region, body).replace("</table>", "</table></div>")
    body = body.replace("<pre>", '<pre tabindex="0">')
    return mark_safe(body.replace("<img ", '<img loading="lazy" decoding="async" '))  # noqa: S308  articles.richtext cleaned it


@register.filter
def marked(snippet: str) -> SafeString:
    """A search snippet with its hits in <mark>. It has the text's entities still: read them, then escape what they say."""
    return mark_safe(escape(html.unescape(snippet)).replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308


@register.simple_tag
def notes_of(article: Article) -> list[notes.Note]:
    return notes.of(article)


@register.filter
def standing_at(told: list[notes.Note], place: str) -> list[notes.Note]:
    """The retraction first, then in the order of their days."""
    return sorted((note for note in told if note.place == place), key=lambda note: not note.is_retraction)


@register.simple_tag(takes_context=True)
def article_data(context: Context, article: Article) -> SafeString:
    data = structured.article(article, context["masthead"])
    return format_html_join("\n", "{}", ((structured.script(values),) for values in data))


@register.simple_tag(takes_context=True)
def site_data(context: Context) -> SafeString:
    return structured.script(structured.site(context["masthead"]))


@register.inclusion_tag("articles/_social_picture.html")
def social_picture(image: Image | None) -> Context:
    if image is None:
        return {}
    address, width, height = pictures.social(image)
    return {"address": frame.absolute(address), "width": width, "height": height, "alt": image.alt}
