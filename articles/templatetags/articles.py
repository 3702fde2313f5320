"""What templates say about articles: the masthead, pictures, dates, bylines."""

from datetime import datetime
from typing import Any

from babel.dates import format_date
from django import template
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.models import Image, Masthead, Section
from newsroom.money import locale_of

register = template.Library()


@register.simple_tag
def masthead() -> Masthead:
    """The newsroom's name and what stands round every page, with the sections of its navigation: one query."""
    sections = (
        Section.objects.filter(in_navigation=True).order_by("position", "name").values(row=JSONObject(name="name", slug="slug"))
    )
    return Masthead.objects.annotate(sections=ArraySubquery(sections)).get(pk=1)


@register.simple_tag
def site_url() -> str:
    return settings.SITE_URL


@register.simple_tag(takes_context=True)
def moment(context: dict[str, Any], at: datetime) -> SafeString:
    """A <time> with the day in words, in the site's time zone and language."""
    local = timezone.localtime(at)
    shown = format_date(local.date(), "long", locale=locale_of(context["masthead"].language))
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)


@register.simple_tag
def picture(image: Image, shape: str, priority: bool = False) -> SafeString:
    return format_html(
        '<picture><img src="{}" alt="{}" width="{}" height="{}"></picture>', image.file.url, image.alt, image.width, image.height
    )
