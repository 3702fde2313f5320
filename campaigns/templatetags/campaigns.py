"""What templates say about campaigns and gifts: the call on every page, amounts, the end in words."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any

from babel.dates import format_date, format_time
from django import template
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from articles import frame
from articles.writing import BLOCK_END
from campaigns import epc, hints
from campaigns.models import Campaign
from campaigns.pages import ASKED_FOR, CALL
from campaigns.progress import last_day
from campaigns.tax import Rules
from newsroom import money as amounts
from newsroom.database.prepared import prepared
from newsroom.pages import shows

register = template.Library()
Context = dict[str, Any]


@prepared
def asked_for() -> QuerySet[Campaign]:
    return Campaign.objects.asked_for().defer("story", "thanks")[:1]


@register.inclusion_tag("campaigns/_call.html", takes_context=True)
def campaign_call(context: Context) -> Context:
    """The house notice: the campaign that is asked for now. One query.

    Nothing when none is open, on that campaign's own page, which asks by its form, and on the pages of a gift
    (`is_giving`): whoever gives or has just given is not asked at the same time.
    """
    if context.get("is_giving"):
        return {}
    asked = next(iter(asked_for()), None)
    is_own_page = asked is not None and asked == context.get("page_of")
    if "request" in context:
        shows(context["request"], ASKED_FOR if is_own_page else CALL)
    return {"campaign": None if is_own_page else asked, "hint": hint_of(context)}


def hint_of(context: Context) -> str:
    """For `data-hint` of the links to a campaign: the article they stand in. Empty on other pages."""
    return hints.of(getattr(context.get("article"), "pk", None))


@register.filter
def money(amount: int, currency: str) -> str:
    """`{{ gift.amount|money:gift.currency }}`: “€25”, “€25.50”."""
    return amounts.display(amount, currency)


@register.filter
def iban(account: str) -> str:
    """“DE89 3704 0044 0532 0130 00”."""
    return epc.grouped(account)


@register.filter
def plain(amount: int, currency: str) -> str:
    """As it is typed into a form: “40”, “12.50”."""
    value = amounts.to_decimal(amount, currency)
    return str(int(value)) if value == value.to_integral_value() else str(value)


@register.filter
def masked(email: str) -> str:
    """An address that its owner knows again, and nobody else: “m…@example.org”."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"


@register.filter
def ago(at: datetime) -> str:
    """“4 minutes ago”, “2 hours ago”, “3 days ago”; for pages that nobody keeps."""
    minutes = max(0, int((timezone.now() - at).total_seconds() // 60))
    for size, name in [(24 * 60, "day"), (60, "hour"), (1, "minute")]:
        if number := minutes // size:
            return f"{number} {name}s ago" if number > 1 else f"{'an' if name == 'hour' else 'a'} {name} ago"
    return "just now"


@register.filter
def local_day(at: datetime) -> date:
    """The day of a moment by the newsroom's calendar."""
    return timezone.localdate(at)


@register.filter
def in_words(day: date) -> str:
    return format_date(day, "long", locale=amounts.locale_of(settings.LANGUAGE_CODE))


@register.simple_tag
def until(campaign: Campaign) -> SafeString:
    """<time>: the last day in words, with the hour unless it is the day's end."""
    return moment(campaign.ends_at) if campaign.ends_at else SafeString("")


@register.simple_tag
def moment(end: datetime) -> SafeString:
    """The same of any end: one at midnight belongs to the day before."""
    local, locale = timezone.localtime(end), amounts.locale_of(settings.LANGUAGE_CODE)
    words = format_date(last_day(end), "long", locale=locale)
    if not _is_days_end(local):
        words = f"{words}, {format_time(local.time(), 'short', locale=locale)} {local.tzname()}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.simple_tag
def declaration(rules: Rules, organisation: str) -> str:
    """What a donor agrees to for the tax office, word for word as it is kept."""
    return rules.declaration.format(organisation=organisation)


@register.filter
def absolute(address: str) -> str:
    return frame.absolute(address)


@register.filter
def as_text(html: str) -> str:
    """Rich text as a mail's plain text: blocks parted by an empty line."""
    text = unescape(strip_tags(BLOCK_END.sub("\n\n", html)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines())).strip()


@register.filter
def in_mail(html: str) -> SafeString:
    """Rich text with addresses that lead somewhere from a mail program."""
    absolute = re.sub(r'\b(src|href)="/(?!/)', rf'\1="{settings.SITE_URL}/', html)
    return mark_safe(absolute)  # noqa: S308  articles.richtext cleaned it


def _is_days_end(local: datetime) -> bool:
    return (local.hour, local.minute) in {(0, 0), (23, 59)}
