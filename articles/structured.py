"""What search engines read: schema.org values as JSON-LD. Pure: no query beyond what the page has fetched."""

import json
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles import frame, notes, pictures
from articles.models import Article, Masthead

ESCAPES = {ord(">"): "\\u003e", ord("<"): "\\u003c", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def script(values: dict[str, Any] | list[dict[str, Any]]) -> SafeString:
    """A data block. Never executed, so the content policy lets it be; nothing in it can end it early."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


def newsroom(masthead: Masthead) -> dict[str, Any]:
    values = {
        "@type": "NewsMediaOrganization",
        "name": masthead.name,
        "url": frame.absolute("/"),
        "description": masthead.description,
        "email": masthead.contact_email,
    }
    return {name: value for name, value in values.items() if value}


def site(masthead: Masthead) -> dict[str, Any]:
    """The front page: who publishes, and where to search."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": masthead.name,
        "url": frame.absolute("/"),
        "inLanguage": masthead.language,
        "publisher": newsroom(masthead),
        "potentialAction": {
            "@type": "SearchAction",
            "target": frame.absolute(reverse("articles:search")) + "?q={words}",
            "query-input": "required name=words",
        },
    }


def article(article: Article, masthead: Masthead) -> list[dict[str, Any]]:
    address = frame.absolute(article.get_absolute_url())
    values: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": article.standfirst or article.teaser,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": _moment(article.published_at),
        "dateModified": _moment(article.updated_at or article.published_at),
        "inLanguage": article.language,
        "wordCount": article.word_count,
        "articleSection": article.section and article.section.name,
        "keywords": [tag["name"] for tag in getattr(article, "tag_rows", [])],
        "author": _authors(article),
        "publisher": newsroom(masthead),
        "image": article.lead_image and _image(article.lead_image),
        "isAccessibleForFree": True,
        "correction": [_correction(note, address) for note in notes.of(article)],
        "creativeWorkStatus": "Retracted" if article.is_retracted else None,
        **(_source(article) if article.is_republished else {}),
    }
    return [{name: value for name, value in values.items() if value not in (None, "", [], 0)}, _trail(article, address)]


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds")


def _correction(note: notes.Note, address: str) -> dict[str, str]:
    return {
        "@type": "CorrectionComment",
        "name": note.label,
        "text": note.text,
        "datePublished": _moment(note.at),
        "url": f"{address}#{note.anchor}",
    }


def _authors(article: Article) -> list[dict[str, str]]:
    if signed := article.signatures:  # type: ignore[attr-defined]
        return [person(each["name"], each["slug"]) for each in signed]
    return [{"@type": "Person", "name": article.source_author}] if article.source_author else []


def person(name: str, slug: str) -> dict[str, str]:
    return {"@type": "Person", "name": name, "url": frame.absolute(frame.author_address(slug))}


def _image(image: Any) -> dict[str, Any]:
    address, width, height = pictures.share(image)
    values = {"@type": "ImageObject", "url": frame.absolute(address), "width": width, "height": height}
    words = {"caption": image.caption, "creditText": image.credit, "license": image.licence_address}
    return values | {name: value for name, value in words.items() if value}


def _source(article: Article) -> dict[str, Any]:
    """A republished piece says where it stood first, and under which licence it stands here."""
    original: dict[str, Any] = {"@type": "NewsArticle", "headline": article.headline, "url": article.source_url}
    outlet = {"@type": "NewsMediaOrganization", "name": article.source_outlet}
    return {
        "isBasedOn": {name: value for name, value in original.items() if value} if article.source_url else None,
        "sourceOrganization": outlet if article.source_outlet else None,
        "license": article.source_licence if "://" in article.source_licence else None,
    }


def _trail(article: Article, address: str) -> dict[str, Any]:
    steps = [("Front page", frame.absolute("/"))]
    if article.section:
        steps.append((article.section.name, frame.absolute(article.section.get_absolute_url())))
    steps.append((article.headline, address))
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": item}
            for position, (name, item) in enumerate(steps, start=1)
        ],
    }
