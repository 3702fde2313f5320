"""What is still to do before an article goes out. Each finding warns; it blocks only where the administrator chose that.

`findings` is pure: what the database knows comes with it, from `known_about`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from articles import contents, internal
from articles.contents import Content
from articles.models import Article, Image, PublishRule
from articles.writing import plain_text
from newsroom import audit

LONGEST_HEADLINE = 65  # characters that a search result shows of one
SHOWN = 60  # characters of a text that are quoted in a sentence

RULES = {
    "section": "No section is chosen",
    "standfirst": "There is no standfirst",
    "tags": "There are no tags",
    "byline": "Nobody signs it, and no source is named",
    "headline": f"The headline is longer than {LONGEST_HEADLINE} characters, which a search result cuts",
    "lead-alt": "The lead picture has no alternative text",
    "lead-credit": "The lead picture has no credit",
    "picture-alt": "A picture in the text has no alternative text",
    "dead-link": "A link to our own site leads nowhere",
    "empty-link": "A link has no words, or no address",
    "vague-link": "A link’s words do not say where it leads (“here”)",
    "headings": "A level of headings is left out",
    "empty-heading": "A heading has no words",
    "table-header": "A table has no header row",
}


@dataclass(frozen=True)
class Finding:
    code: str
    field: str  # of the form, where it can be mended
    sentence: str


@dataclass(frozen=True)
class Known:
    """What the database and the library know of the article."""

    lead_alt: str = ""
    lead_credit: str = ""
    dead: frozenset[str] = field(default_factory=frozenset)  # addresses of our own site that lead nowhere


def findings(content: Content, known: Known) -> list[Finding]:
    found = [*_of_the_frame(content, known)]
    for check in (_pictures, _links, _headings, _tables):
        found += check(content.body)
    found += [
        Finding("dead-link", "body", f"The link “{words}” leads to {_short(address)}, where readers find nothing.")
        for address, words in links(content.body)
        if address in known.dead
    ]
    return list(dict.fromkeys(found))


def _of_the_frame(content: Content, known: Known) -> Iterator[Finding]:
    if not content.section:
        yield Finding("section", "section", "Choose a section.")
    if not content.standfirst.strip():
        yield Finding("standfirst", "standfirst", "Write a standfirst: one or two sentences under the headline.")
    if not content.tags:
        yield Finding("tags", "tags", "Add a tag, so that readers find it beside others.")
    if not content.authors and not content.source_author and not content.source_outlet:
        yield Finding("byline", "bylines", "Nobody signs it: add a byline or a source.")
    if len(content.headline) > LONGEST_HEADLINE:
        yield Finding("headline", "headline", f"The headline has {len(content.headline)} characters; search results cut it.")
    if content.lead_image and not known.lead_alt.strip():
        yield Finding("lead-alt", "picture_alt", "Describe the lead picture for those who cannot see it.")
    if content.lead_image and not known.lead_credit.strip():
        yield Finding("lead-credit", "picture_credit", "Say whose the lead picture is.")


# -- in the text -----------------------------------------------------------------------------------------------------------

IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r'\balt="([^"]*)"', re.IGNORECASE)
SOURCE = re.compile(r'\bsrc="([^"]*)"', re.IGNORECASE)
LINK = re.compile(r"<a\b([^>]*)>((?:(?!</a>).)*)</a>", re.IGNORECASE | re.DOTALL)
HREF = re.compile(r'\bhref="([^"]*)"', re.IGNORECASE)
HEADING = re.compile(r"<h([2-4])>((?:(?!</h).)*)</h\1>", re.IGNORECASE | re.DOTALL)
BOX = re.compile(r"<aside\b[^>]*>(?:(?!</aside>).)*</aside>", re.DOTALL)
TABLE = re.compile(r"<table\b[^>]*>((?:(?!</table>).)*)</table>", re.IGNORECASE | re.DOTALL)
VAGUE = {
    *("here", "click here", "this", "this link", "link", "read more", "more"),
    *("aquí", "aqui", "clic aquí", "este enlace", "leer más", "más"),
    *("ici", "cliquez ici", "ce lien", "lire la suite", "hier", "hier klicken", "dieser link", "mehr", "weiterlesen"),
    *("qui", "clicca qui", "leggi", "clique aqui", "este link", "leia mais"),
}


def links(body: str) -> list[tuple[str, str]]:
    """(address, words) of every link; a picture's description is its words."""
    found = []
    for attributes, inside in LINK.findall(body):
        address = HREF.search(attributes)
        pictures = " ".join(alt[1] for each in IMAGE.findall(inside) if (alt := ALT.search(each)))
        words = plain_text(inside) or html.unescape(pictures).strip()
        found.append((html.unescape(address[1]).strip() if address else "", words))
    return found


def _pictures(body: str) -> Iterator[Finding]:
    for number, picture in enumerate(IMAGE.findall(body), start=1):
        alt, source = ALT.search(picture), SOURCE.search(picture)
        if not alt or not alt[1].strip():
            file = html.unescape(source[1]).rpartition("/")[2] if source else ""
            yield Finding("picture-alt", "body", f"Describe picture {number} in the text ({_short(file)}).")


def _links(body: str) -> Iterator[Finding]:
    for address, words in links(body):
        if not words:
            yield Finding("empty-link", "body", f"The link to {_short(address) or 'nowhere'} has no words: nobody can see it.")
        elif not address or address == "#":
            yield Finding("empty-link", "body", f"The link “{_short(words)}” has no address.")
        elif words.casefold().strip(" .,:;!?…›»→") in VAGUE:
            yield Finding("vague-link", "body", f"The link “{_short(words)}” does not say where it leads.")


def _headings(body: str) -> Iterator[Finding]:
    """Fact boxes have headings of their own: a box may begin at any level."""
    above = 1
    for level, inside in HEADING.findall(BOX.sub("", body)):
        words = plain_text(inside)
        if int(level) > above + 1:
            yield Finding(
                "headings", "body", f"“{_short(words)}” is a heading {level}, but no heading {above + 1} stands above it."
            )
        if not words:
            yield Finding("empty-heading", "body", f"A heading {level} has no words.")
        above = int(level)


def _tables(body: str) -> Iterator[Finding]:
    for number, inside in enumerate(TABLE.findall(body), start=1):
        if "<th" not in inside.replace("<thead", ""):
            yield Finding("table-header", "body", f"Table {number} has no header row: say what its columns hold.")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


# -- with the database ------------------------------------------------------------------------------------------------------


def known_about(content: Content, *, article: int | None = None) -> Known:
    """One query for all links, one for the picture. `article`: its key; it may link to itself."""
    dead = internal.dead({address for address, _ in links(content.body)}, own=article)
    picture = Image.objects.filter(pk=content.lead_image).only("alt", "credit").first() if content.lead_image else None
    return Known(picture.alt if picture else "", picture.credit if picture else "", frozenset(dead))


def of(content: Content, *, article: int | None = None) -> list[Finding]:
    return findings(content, known_about(content, article=article))


def blocking() -> set[str]:
    """Codes of what the administrator chose to block on."""
    return set(PublishRule.objects.filter(blocks=True, code__in=RULES).values_list("code", flat=True))


def refuse_blocked(article: Article) -> None:
    """ValidationError with a sentence for each thing that must be mended before this article, as its row stands, goes out."""
    blocked = blocking()
    if not blocked:
        return
    sentences = [each.sentence for each in of(contents.of(article), article=article.pk) if each.code in blocked]
    if sentences:
        raise ValidationError(["Before it can be published, mend this:", *sentences])


def choose(*, blocks: set[str], by: User) -> None:
    """Which findings block from now on; all others warn. What is published already stays."""
    if not by.has_perm("articles.change_publishrule"):
        raise PermissionDenied("You may not change what blocks publishing.")
    with transaction.atomic():
        for code in RULES:
            PublishRule.objects.get_or_create(code=code)
        rules = {rule.code: rule for rule in PublishRule.objects.select_for_update().order_by("code")}
        changed = [rule for code, rule in rules.items() if code in RULES and rule.blocks != (code in blocks)]
        for rule in changed:
            rule.blocks = not rule.blocks
            rule.save(update_fields=["blocks"])
            audit.record(by, audit.CHANGED, rule, detail=str(rule))
