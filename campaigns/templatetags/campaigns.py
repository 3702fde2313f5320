"""What templates say about campaigns and gifts: the call on every page, amounts, the end in words."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any

from babel.dates import format_time
from django import template
from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.embeds import as_words
from articles.footnotes import in_brackets
from articles.templatetags.articles import page_language, prose
from articles.writing import BLOCK_END, for_mail
from campaigns import epc, hints, wording, words
from campaigns.appeals import place_in
from campaigns.models import Campaign
from campaigns.models.asking import Place, answer
from campaigns.pages import asks, shown_asking
from campaigns.progress import last_day
from campaigns.tax import Rules
from newsroom import money as amounts
from newsroom import tongues
from newsroom.database.prepared import prepared
from newsroom.pages import shows

HERE = "<!--appeal-->"
ASKED = "_campaigns_on_their_way"
register = template.Library()
register.filter("in_words", words.day_in_words)
register.filter(words.often)
register.filter(words.rhythmic)
register.filter("progress", wording.progress_in)
Context = dict[str, Any]


@prepared
def on_its_way() -> QuerySet[Campaign]:
    return Campaign.objects.on_its_way().defer("story", "thanks")


def asked_here(context: Context) -> Campaign | None:
    """The campaign that this page asks for: one query, and none for the page's further places.

    None where nobody asks: no campaign does, it is an open campaign's own page, which asks by its form and for itself alone;
    one of the pages of a gift (`is_giving`): whoever gives or has just given is not asked at the same time; or an article
    that is to have no appeal, or is retracted. Whether a campaign's page has its form is told by the keys that the page shows
    anyway.
    """
    if context.get("is_giving") or has_its_form(context) or getattr(context.get("article"), "asks_for_nothing", False):
        return None
    (campaigns, at), place = _on_its_way_now(context.get("request")), place_of(context)
    given = answer(campaigns, place, at=at)
    asked = given.campaign
    if "request" in context:
        shows(context["request"], *shown_asking(campaigns, place, given), *([asks(asked.pk)] if asked else []))
    return asked


def has_its_form(context: Context) -> bool:
    own: Campaign | None = context.get("page_of")
    return own is not None and own.is_open and not context.get("is_over")


def _on_its_way_now(request: Any) -> tuple[list[Campaign], datetime]:
    """Read once for all places of a page, so that they agree."""
    known: tuple[list[Campaign], datetime] = getattr(request, ASKED, None) or (on_its_way(), timezone.now())
    if request is not None:
        setattr(request, ASKED, known)
    return known


def place_of(context: Context) -> Place:
    """Of the article that this page is, or of the section or tag that it lists."""
    article, section, tag = (context.get(name) for name in ("article", "section", "tag"))
    if article is not None:
        sections = [article.section_id] if article.section_id else []
        return Place(frozenset(sections), frozenset(row["pk"] for row in getattr(article, "tag_rows", [])))
    return Place(frozenset([section.pk] if section else []), frozenset([tag.pk] if tag else []))


@register.inclusion_tag("campaigns/_asking.html", takes_context=True)
def asking_script(context: Context) -> Context:
    """What tells, before the page is drawn, whether this reader gave or closed the bar."""
    return _ask(context)


@register.inclusion_tag("campaigns/_bar.html", takes_context=True)
def campaign_bar(context: Context) -> Context:
    """The quiet line at the top of every page, for campaigns that want it."""
    return _ask(context)


@register.inclusion_tag("campaigns/_call.html", takes_context=True)
def campaign_call(context: Context) -> Context:
    """The house notice. Not under an article that has asked within its text: once is enough."""
    article = context.get("article")
    has_asked = article is not None and place_in(article.body) is not None
    return {} if has_asked else _ask(context)


@register.simple_tag(takes_context=True)
def text_with_appeal(context: Context, body: str) -> SafeString:
    """An article's text, with a short appeal where it pauses, when it is long and somebody asks."""
    place, ask = place_in(body), _ask(context)
    if place is None or ask["campaign"] is None:
        return prose(body)
    appeal = render_to_string("campaigns/_appeal.html", ask)
    return SafeString(prose(f"{body[:place]}{HERE}{body[place:]}").replace(HERE, f"\n{appeal}"))


def _ask(context: Context) -> Context:
    """The campaign, and its language where that is not the one around it; its labels, and theirs where it is not the
    campaign's."""
    campaign, page = asked_here(context), page_language(context)
    if campaign is None:
        return {"campaign": None}
    labels = tongues.labels_in(campaign.language)
    around = {page, getattr(context.get("article"), "language", "") or page}
    return {
        "campaign": campaign,
        "language": _lang(campaign.language, around),
        "labels": labels,
        "labels_within": _lang(labels, {campaign.language}),
        "campaign_within": _lang(campaign.language, {labels}),
        "labels_language": _lang(labels, around),
        "hint": hint_of(context),
    }


def _lang(language: str, around: set[str]) -> SafeString:
    return SafeString("") if {language} == around else format_html(' lang="{}"', language)


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
    if days := minutes // (24 * 60):
        return ngettext("a day ago", "{number} days ago", days).format(number=days)
    if hours := minutes // 60:
        return ngettext("an hour ago", "{number} hours ago", hours).format(number=hours)
    if minutes:
        return ngettext("a minute ago", "{number} minutes ago", minutes).format(number=minutes)
    return _("just now")


@register.filter
def local_day(at: datetime) -> date:
    """The day of a moment by the newsroom's calendar."""
    return timezone.localdate(at)


@register.filter
def said(problem: str) -> str:
    """A sentence that a row keeps in English, in the language that is spoken."""
    return _(problem) if problem else ""


@register.filter
def lang_if_other(language: str, within: str = "") -> SafeString:
    """` lang="de"` for a passage that is not in the language of the labels."""
    return tongues.lang_of(language, within=within)


@register.filter
def its_address(row: Any) -> str:
    """Of the campaign's page in the language that `.title` of `wording.titled` came out in; empty while it has none."""
    return wording.address_in(row.campaign, row.told_in) if row.campaign.has_page_at(timezone.now()) else ""


@register.simple_tag
def giving_address() -> str:
    """The way to a donor's own page, which goes on in the language that is spoken here."""
    address, spoken = reverse("campaigns:giving"), tongues.labels()
    return address if spoken in {"", tongues.labels_in(settings.LANGUAGE_CODE)} else f"{address}?language={spoken}"


@register.simple_tag
def until(campaign: Campaign) -> SafeString:
    """<time>: the last day in words, with the hour unless it is the day's end."""
    return last_moment(campaign.ends_at) if campaign.ends_at else SafeString("")


@register.simple_tag
def last_moment(end: datetime) -> SafeString:
    """The same of any end: one at midnight belongs to the day before."""
    local, told = timezone.localtime(end), words.day_in_words(last_day(end))
    if not _is_days_end(local):
        hour = format_time(local.time(), "short", locale=amounts.locale_of(tongues.manner()))
        told = f"{told}, {hour} {local.tzname()}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), told)


@register.simple_tag
def declaration(rules: Rules, organisation: str) -> str:
    """What a donor agrees to for the tax office, word for word as it is kept."""
    return rules.declaration.format(organisation=organisation)


@register.filter
def as_text(html: str) -> str:
    """Rich text as a mail's plain text: blocks parted by an empty line."""
    text = unescape(strip_tags(BLOCK_END.sub("\n\n", in_brackets(as_words(html)))))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines())).strip()


@register.filter
def in_mail(html: str) -> SafeString:
    """Rich text with addresses that lead somewhere from a mail program."""
    absolute = re.sub(r'\b(src|href)="/(?!/)', rf'\1="{settings.SITE_URL}/', for_mail(html))
    return mark_safe(absolute)  # noqa: S308  articles.richtext cleaned it


def _is_days_end(local: datetime) -> bool:
    return (local.hour, local.minute) in {(0, 0), (23, 59)}
