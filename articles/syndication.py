"""Feeds as files: one entry's values, and how RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 write them.

Nothing here depends on the clock: a feed without entries says that it was changed when the epoch began.
"""

import json
import mimetypes
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import urlsplit
from xml.sax.xmlreader import AttributesImpl

from babel.dates import format_date
from django.conf import settings
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc2822_date, rfc3339_date
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from articles import frame, notes, pictures
from articles.models import Article, Correction
from articles.notes import Note
from newsroom.money import locale_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def writable(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write, whatever an import brought along."""
    return UNWRITABLE.sub("", text)


@dataclass(frozen=True)
class Entry:
    key: str  # a tag URI (RFC 4151): the same for ever, whatever becomes of headline and address
    title: str
    link: str
    summary: str
    language: str
    published: datetime
    updated: datetime
    authors: list[tuple[str, str]]  # name, address of the page
    categories: list[str]
    picture: tuple[str, int, int] | None  # address, width, height
    notes: tuple[str, ...] = ()  # corrections, each a paragraph after the summary

    @property
    def paragraphs(self) -> list[str]:
        return [part for part in (self.summary, *self.notes) if part]

    @classmethod
    def of(cls, article: Article) -> "Entry":
        """From an article fetched `with_its_page`: no query."""
        published = timezone.localtime(article.published_at)
        signed: list[dict[str, str]] = article.signatures  # type: ignore[attr-defined]
        authors = [(each["name"], frame.absolute(frame.author_address(each["slug"]))) for each in signed]
        picture = None
        if article.lead_image:
            address, width, height = pictures.share(article.lead_image)
            picture = frame.absolute(address), width, height
        host = urlsplit(settings.SITE_URL).hostname
        return cls(
            key=f"tag:{host},{article.published_at:%Y-%m-%d}:article/{article.pk}",
            title=writable(notes.headline(article)),
            link=frame.absolute(article.get_absolute_url()),
            summary=writable(article.teaser or article.standfirst),
            language=article.language,
            published=published,
            updated=timezone.localtime(article.updated_at) if article.updated_at else published,
            authors=authors or [(name, "") for name in [article.source_author or article.source_outlet] if name],
            categories=[tag["name"] for tag in article.tag_rows],  # type: ignore[attr-defined]
            picture=picture,
            notes=tuple(_told(note, article.language) for note in notes.of(article)),
        )

    @classmethod
    def of_correction(cls, note: Correction) -> "Entry":
        """From a note fetched `as_cards`: no query."""
        moment, article = timezone.localtime(note.published_at), note.article
        return cls(
            key=f"tag:{urlsplit(settings.SITE_URL).hostname},{note.published_at:%Y-%m-%d}:correction/{note.pk}",
            title=writable(f"{note.get_kind_display()}: {article.headline}"),
            link=frame.absolute(note.get_absolute_url()),
            summary=writable(note.text),
            language=article.language,
            published=moment,
            updated=moment,
            authors=[],
            categories=[],
            picture=None,
        )


def _told(note: Note, language: str) -> str:
    """“Correction, 23 November 2026: The harbour has four cranes.”"""
    day = format_date(timezone.localtime(note.at).date(), "long", locale=locale_of(language))
    return writable(f"{note.label}, {day}: {' '.join(note.text.split())}")


def _html(entry: Entry) -> str:
    """Readers take what RSS calls a description for HTML."""
    if not entry.notes:
        return escape(entry.summary)
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in entry.paragraphs)


def _type(address: str) -> str:
    return mimetypes.guess_type(address)[0] or "image/jpeg"


class _Feed(SyndicationFeed):
    content_type: str

    def add_entry(self, entry: Entry) -> None:
        self.items.append({"entry": entry})

    def latest_post_date(self) -> datetime:
        return max((item["entry"].updated for item in self.items), default=EPOCH)


class Rss(_Feed, Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self) -> dict[str, str]:
        namespaces = {"dc": "http://purl.org/dc/elements/1.1/", "media": "http://search.yahoo.com/mrss/"}
        return {**super().rss_attributes(), **{f"xmlns:{name}": address for name, address in namespaces.items()}}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        entry: Entry = item["entry"]
        handler.addQuickElement("title", entry.title)
        handler.addQuickElement("link", entry.link)
        handler.addQuickElement("description", _html(entry))
        for name, _ in entry.authors:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("pubDate", rfc2822_date(entry.published))
        handler.addQuickElement("guid", entry.key, {"isPermaLink": "false"})
        for category in entry.categories:
            handler.addQuickElement("category", category)
        if entry.picture:
            address, width, height = entry.picture
            sizes = {"width": str(width), "height": str(height)}
            handler.addQuickElement("media:content", attrs={"url": address, "type": _type(address), "medium": "image", **sizes})


class Atom(_Feed, Atom1Feed):
    content_type = "application/atom+xml; charset=utf-8"

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["entry"].language}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.startElement("author", AttributesImpl({}))  # for entries that nobody signs
        handler.addQuickElement("name", self.feed["title"])
        handler.endElement("author")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        entry: Entry = item["entry"]
        handler.addQuickElement("title", entry.title)
        handler.addQuickElement("link", attrs={"href": entry.link, "rel": "alternate", "type": "text/html"})
        handler.addQuickElement("id", entry.key)
        handler.addQuickElement("published", rfc3339_date(entry.published))
        handler.addQuickElement("updated", rfc3339_date(entry.updated))
        for name, page in entry.authors:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", name)
            if page:
                handler.addQuickElement("uri", page)
            handler.endElement("author")
        handler.addQuickElement("summary", "\n\n".join(entry.paragraphs), {"type": "text"})
        for category in entry.categories:
            handler.addQuickElement("category", attrs={"term": category})
        if entry.picture:
            address = entry.picture[0]
            handler.addQuickElement("link", attrs={"rel": "enclosure", "href": address, "type": _type(address)})


class Json(_Feed):
    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: StringIO, encoding: str) -> None:
        values = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "items": [_item(item["entry"]) for item in self.items],
        }
        json.dump(values, outfile, ensure_ascii=False)


def _item(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": entry.key,
        "url": entry.link,
        "title": entry.title,
        "content_text": "\n\n".join(entry.paragraphs),
        "summary": entry.summary,
        "date_published": rfc3339_date(entry.published),
        "date_modified": rfc3339_date(entry.updated),
        "authors": [{"name": name, "url": page} if page else {"name": name} for name, page in entry.authors],
        "tags": entry.categories,
        "language": entry.language,
    }
    return values | ({"image": entry.picture[0]} if entry.picture else {})


FORMATS: dict[str, type[_Feed]] = {"rss": Rss, "atom": Atom, "json": Json}
