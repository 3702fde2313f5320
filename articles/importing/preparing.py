"""One post or page of an export → an article, as yet unsaved, with its authors, tags and former addresses."""

import html
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, urljoin

from django.conf import settings
from django.urls import reverse

from articles import richtext, writing
from articles.importing import shortcodes
from articles.importing.addresses import FormerSite
from articles.importing.clean import Library, Text, plain
from articles.importing.dates import Clock, mail_date
from articles.importing.media import Pictures
from articles.importing.records import Item
from articles.importing.report import Report
from articles.importing.storing import Prepared
from articles.importing.survey import Survey, first, keys_of
from articles.models import Article, Status

HEADLINE_LENGTH = 250
OUTCOMES = {
    Status.PUBLISHED: "articles published",
    Status.SCHEDULED: "articles scheduled",
    Status.IN_REVIEW: "articles in review",
    Status.DRAFT: "articles as drafts",
}


class Preparer:
    """What the survey decided is looked up; everything else is decided here. Touches the database for pictures only."""

    def __init__(self, survey: Survey, pictures: Pictures, report: Report, *, at: datetime) -> None:
        self.index, self.terms, self.report, self.at = survey.index, survey.terms, report, at
        self.former = survey.former or FormerSite(set(), "", "")
        self.site, self.pictures, self.clock = survey.export.site, pictures, Clock()
        self.library = Library(
            attachment=self.index.attachment,
            attached_to=self.index.attached_to,
            reusable=self.index.reusable,
            image=pictures.image,
            address=self.our_address,
        )

    def prepared(self, item: Item) -> Prepared:
        slug = (self.index.post(item.place) or ("", ""))[0]
        headline = plain(item.title)
        text = Text(self.library, self.original_address(item), item.id, first(item, "footnotes"))
        body = self.body(item, text)
        section, tags = self.terms.place(item)
        article = Article(
            headline=self.headline(headline, body, item),
            slug=slug,
            summary=self.summary(item, body, text),
            body=body,
            section_id=self.terms.sections[section].pk if section else None,
            language=self.language(item),
            lead_image_id=self.lead_image(item, text),
            **self.state(item, text),
        )
        self.index.add_losses([(what, detail, article.headline) for what, detail in text.losses])
        return Prepared(
            keys=keys_of(item),
            article=article,
            outcome="pages as drafts" if item.type == "page" else OUTCOMES[Status(article.status)],
            authors=[self.terms.authors[key].pk for key in self.terms.sign(item)],
            tags=list(dict.fromkeys(self.terms.tags[key].pk for key in tags)),
            paths=self.paths(item, article),
        )

    def original_address(self, item: Item) -> str:
        """What relative addresses in its text are relative to."""
        try:
            return urljoin(self.former.address, item.link)
        except ValueError:
            return self.former.address

    def body(self, item: Item, text: Text) -> str:
        body = text.clean(item.content)
        for enclosure in item.meta.get("enclosure", []):
            address = enclosure.strip().split("\n")[0].strip()
            if address.startswith(("http://", "https://")) and html.escape(address) not in body:
                text.lost("enclosure (a podcast’s file, say), now a link", address)
                body += f'\n<p><a href="{html.escape(address)}">{html.escape(address)}</a></p>'
        return richtext.sanitise(body) if item.meta.get("enclosure") else body

    def summary(self, item: Item, body: str, text: Text) -> str:
        """The excerpt. Without one it is made of the text later, unless that began with the names of missing pictures."""
        if excerpt := plain(shortcodes.expand(item.excerpt, lambda code, content: content)):
            return excerpt
        if text.stand_ins and (words := writing.summarise(text.without_stand_ins(body))) != writing.summarise(body):
            return words
        return ""

    def headline(self, headline: str, body: str, item: Item) -> str:
        if len(headline) > HEADLINE_LENGTH:
            self.report.lost("headline longer than 250 characters, cut", headline)
            return headline[: HEADLINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
        if not headline:
            self.report.lost("without a headline: given one from the text", f"line {item.line}")
            return writing.summarise(body, words=8)[:HEADLINE_LENGTH] or "Untitled"
        return headline

    def language(self, item: Item) -> str:
        told = [slug for domain, slug, _ in item.terms if domain == "language"] or [self.site.language]
        known = dict(settings.LANGUAGES)
        for tag in (told[0].lower().replace("_", "-"), told[0][:2].lower()):
            if tag in known:
                return tag
        if told[0]:
            self.report.lost(f"language “{told[0][:20]}”, which this site does not have: set to {settings.LANGUAGE_CODE}")
        return settings.LANGUAGE_CODE

    def lead_image(self, item: Item, text: Text) -> int | None:
        number = first(item, "_thumbnail_id")
        if not number or number in {"0", "-1"}:
            return None
        image = self.pictures.image("", number)
        if image is None:
            file = self.index.attachment(number)
            text.lost("lead picture that is not here", file.address if file else f"number {number}, which the file does not name")
            return None
        return image["pk"] or None

    def state(self, item: Item, text: Text) -> dict[str, Any]:
        """Status and moments. Public is only what was public there: no password, not private, its moment come."""
        moment = self.clock.moment(utc=item.date_gmt, local=item.date, mail=item.pub_date)
        if item.sticky:
            text.lost("pinned to the top there (“sticky”): no longer", plain(item.title) or item.id)
        if item.type == "page":
            return {"status": Status.DRAFT}
        if protected(item):
            text.lost("protected by a password there: kept as a draft", plain(item.title) or item.id)
            return {"status": Status.DRAFT}
        if item.status == "private":
            text.lost("private there: kept as a draft", plain(item.title) or item.id)
            return {"status": Status.DRAFT}
        if item.status in {"publish", "future"} and moment and moment > self.at:
            return {"status": Status.SCHEDULED, "publish_at": moment}
        if item.status == "publish":
            return self.published(item, moment, text)
        if item.status == "future":
            text.lost("scheduled there for a moment that has passed: in review", plain(item.title) or item.id)
            return {"status": Status.IN_REVIEW}
        if item.status == "pending":
            return {"status": Status.IN_REVIEW}
        if item.status != "draft":
            text.lost(f"with the status “{item.status}” there: kept as a draft", plain(item.title) or item.id)
        return {"status": Status.DRAFT}

    def published(self, item: Item, moment: datetime | None, text: Text) -> dict[str, Any]:
        if moment is None:
            text.lost("published without a date: given the export’s", plain(item.title) or item.id)
            moment = min(mail_date(self.site.exported) or self.at, self.at)
        if not item.content.strip():
            text.lost("published without a text, as it was there", plain(item.title) or item.id)
        modified = self.clock.moment(utc=item.modified_gmt, local=item.modified)
        updated = modified if modified and moment + timedelta(minutes=1) < modified <= self.at else None
        return {"status": Status.PUBLISHED, "published_at": moment, "updated_at": updated}

    # Addresses

    def paths(self, item: Item, article: Article) -> list[str]:
        """Former addresses of what was public. Those of private and unfinished texts would tell their names."""
        if item.status != "publish" or protected(item):
            return []
        return [path for path in self.former.former_paths(item) if path != f"/articles/{article.slug}/"]

    def our_address(self, address: str) -> str:
        path = self.former.path(address)
        if not path:
            return ""
        for candidate in (path, path.rstrip("/"), f"{path.rstrip('/')}/"):
            if page := self.index.page_of(candidate):
                return address_here(*page)
        return ""


@cache
def before(kind: str) -> str:
    return reverse(f"articles:{kind}", args=["x"]).removesuffix("x/")


def address_here(kind: str, slug: str) -> str:
    """What `reverse` gives, without its cost for each of a hundred thousand links."""
    return f"{before(kind)}{quote(slug)}/"


def protected(item: Item) -> bool:
    return bool(item.password.strip()) or (item.password != "" and "\n" not in item.password)
