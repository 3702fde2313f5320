"""Which keys the pages of articles show, and which ones a change touches.

A face is one of the ways in which readers see a row: a line in a list, a card, an entry of a feed. Faces are told as
{key: what is seen}; a change touches the keys of which something else is seen afterwards, and no others. That an article
stands in a list at its moment of publication is a face too: so who joins or leaves a list touches it just there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from articles import pictures, writing
from articles.models import Article, Author, Byline, Correction, Image, Kind, Masthead, Section, Status, Tag, TaggedArticle, Tally
from articles.readdressing import Page as Addressed
from articles.readdressing import path_of
from newsroom import pages

type Faces = dict[str, Any]

LATEST = "list:latest"
FRONT = "front"  # how the front page is arranged
FRAME = "frame"  # what stands round every page: name, footer, navigation
NAME, LANGUAGE, CONTACT = "name", "language", "contact"  # of the newsroom, where they stand without the frame
TAGLINE, DESCRIPTION = "tagline", "description"
TAGS = "tags"  # the tags that published articles carry, and how many
LISTS = "lists"  # the lists that have an article at all, and their addresses
MONTHS = "months"  # the months that have an article at all
CORRECTIONS = "corrections"  # the notes to readers, by their moment


def tell(before: Faces, after: Faces) -> None:
    """Touch what readers see otherwise now than before."""
    pages.touch(*changed(before, after))


def changed(before: Faces, after: Faces) -> set[str]:
    return {key for key in before.keys() | after.keys() if key not in before or key not in after or before[key] != after[key]}


# -- articles ---------------------------------------------------------------------------------------------------------


def of_article(article: Article) -> Faces:
    """As it stands in the database: three queries; none and no faces for one that was never public."""
    if not article.was_once_public:
        return {}
    if not article.is_public:
        return {f"article:{article.pk}": Status.WITHDRAWN, **_address(article)}
    authors = tuple(Byline.objects.filter(article=article).values_list("author_id", flat=True))
    tags = tuple(TaggedArticle.objects.filter(content_object=article).order_by("tag_id").values_list("tag_id", flat=True))
    notes = list(Correction.objects.standing().filter(article=article))
    return _as_seen(article, authors, tags, notes) | _in_lists(article, authors, tags) | _of_notes(notes) | _address(article)


def _of_notes(notes: list[Correction]) -> Faces:
    """Where they stand in the list of all corrections."""
    faces: dict[str, tuple[int, ...]] = {}
    for note in notes:
        key = pages.point(CORRECTIONS, at=note.published_at)
        faces[key] = (*faces.get(key, ()), note.pk)
    return faces


def _as_seen(article: Article, authors: tuple[int, ...], tags: tuple[int, ...], notes: list[Correction]) -> Faces:
    pk, published, updated = article.pk, article.published_at, article.updated_at
    line = article.headline, article.slug, article.language, published, article.is_retracted
    told = tuple(note.pk for note in notes)  # their words never change, but feeds write their days in the article's language
    byline = authors, article.source_outlet, article.source_author
    source = article.source_url, article.source_licence
    section, image, teaser, silent = article.section_id, article.lead_image_id, article.teaser, article.without_appeal
    entry = line[:2], line[3:], byline, teaser or article.standfirst, image, tags, told, told and article.language
    return {
        f"article:{pk}": (
            line,
            byline,
            article.standfirst,
            teaser,
            article.body,
            image,
            section,
            tags,
            source,
            updated,
            silent,
            told,
        ),
        f"line:{pk}": line,
        f"byline:{pk}": byline,
        f"picture:{pk}": image,
        f"kicker:{pk}": section,
        f"teaser:{pk}": teaser,
        f"blurb:{pk}": writing.blurb(article),
        f"card:{pk}": (line, byline, image, section, teaser),
        f"entry:{pk}": entry,
        f"language:{pk}": article.language,
    }


def _in_lists(article: Article, authors: tuple[int, ...], tags: tuple[int, ...]) -> Faces:
    assert article.published_at
    month, latest_change = month_of(article.published_at), article.updated_at or article.published_at
    faces: Faces = {pages.point(name, at=article.published_at): True for name in lists_of(article, authors, tags)}
    faces |= {
        f"rows:{month}": (article.slug, latest_change),
        pages.point(f"changed:{month}", at=latest_change): True,
        pages.point(f"updated:{article.pk}", at=latest_change): True,
    }
    return faces | ({TAGS: tags} if tags else {}) | (_offered(article, tags) if not article.is_retracted else {})


def _offered(article: Article, tags: tuple[int, ...]) -> Faces:
    """Where other pages lead to it, as to nothing that is retracted."""
    assert article.published_at
    lists = [LATEST, in_section(article.section_id), *(f"list:tag:{pk}" for pk in tags)]
    return {stands(article.pk): True} | {pages.point(offered(name), at=article.published_at): True for name in lists}


def offered(name: str) -> str:
    """Of a list without what is retracted: the front page, other articles and the news sitemap take from it."""
    return f"offered:{name.removeprefix('list:')}"


def stands(pk: int) -> str:
    """Of an article's being published and not retracted."""
    return f"stands:{pk}"


def lists_of(article: Article, authors: Iterable[int], tags: Iterable[int]) -> list[str]:
    assert article.published_at
    return [
        LATEST,
        in_section(article.section_id),
        f"list:month:{month_of(article.published_at)}",
        *(f"list:author:{pk}" for pk in authors),
        *(f"list:tag:{pk}" for pk in tags),
    ]


def in_section(pk: int | None) -> str:
    return f"list:section:{pk or 0}"


def month_of(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m}"


def tell_article(article: Article, before: Faces) -> None:
    """After a verb: what readers see of this article now, against `before`."""
    after = of_article(article)
    keys = changed(before, after)
    moved = _lists_among(keys)
    if moved:
        _one_leaves_at_a_time(is_leaving=bool(_lists_among(before)))
        keys |= _first_or_last(article, moved, _lists_among(after))
    pages.touch(*keys)


def _lists_among(keys: Iterable[str]) -> set[str]:
    return {key.partition("@")[0] for key in keys if key.startswith("list:")}


def _one_leaves_at_a_time(*, is_leaving: bool) -> None:
    """Until the end of the transaction. Of two that leave a list at the same moment, each would take the other for its last
    article, and nobody would say that it is empty. Those who only join wait for who leaves, and never for each other."""
    with connection.cursor() as cursor:
        how = "" if is_leaving else "_shared"
        cursor.execute(f"SELECT pg_advisory_xact_lock{how}(hashtext('articles.lists'))")


def _first_or_last(article: Article, moved: set[str], standing: set[str]) -> set[str]:
    """What changes beside the lists themselves where the article is the first one of a list, or was its last: its page
    appears, where a former address may have led elsewhere until now.

    `moved`: the lists in which it is seen otherwise than before; `standing`: those in which it stands now.
    """
    lists = {name: tallied for name in moved if (tallied := _tallied(name))}
    entries = Tally.objects.entries(lists.values())
    alone = [tallied for name, tallied in lists.items() if entries.get(tallied, 0) == (1 if name in standing else 0)]
    found = {LISTS, *(pages.address(path_of(row)) for tallied in alone for row in _row_of(tallied))} if alone else set()
    found |= {f"listed:tag:{key}" for kind, key in alone if kind == Kind.TAG}
    others = Article.objects.published().exclude(pk=article.pk)
    if any(name.startswith("list:month:") for name in moved) and not others.filter(**in_month(article.published_at)).exists():
        found.add(MONTHS)
    return found


def _tallied(name: str) -> tuple[str, int] | None:
    """“list:tag:3” as its tally has it; None for a list of another kind."""
    _, kind, key = f"{name}:".split(":")[:3]
    return (kind, int(key)) if kind in {Kind.SECTION, Kind.TAG, Kind.AUTHOR} and int(key) else None


def _row_of(tallied: tuple[str, int]) -> list[Addressed]:
    """The section, tag or author of a tally; none when it is gone."""
    kind, pk = tallied
    models: dict[str, Any] = {Kind.SECTION: Section, Kind.TAG: Tag, Kind.AUTHOR: Author}
    return list(models[kind].objects.filter(pk=pk))


def in_month(at: datetime | None) -> dict[str, datetime]:
    """As words for a filter: published in the same month."""
    assert at
    first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return {"published_at__gte": first, "published_at__lt": following}


# -- what articles belong to --------------------------------------------------------------------------------------------


def of_section(section: Section | None) -> Faces:
    """With the navigation; None: before it was there, or after it is gone."""
    if section is None:
        return {FRAME: navigation()}
    words, pk = (section.name, section.slug), section.pk
    faces: Faces = {f"section:{pk}": words, f"section-page:{pk}": (words, section.description), FRAME: navigation()}
    return faces | _address(section) | _listed(section, Article.objects.published().filter(section=section))


def of_author(author: Author) -> Faces:
    words, pk = (author.name, author.slug), author.pk
    faces: Faces = {
        f"author-name:{pk}": author.name,
        f"author:{pk}": words,
        f"author-words:{pk}": (words, author.bio),
        f"author-page:{pk}": (words, author.bio, author.email, author.portrait_id),
    }
    return faces | _address(author) | _listed(author, Article.objects.published().filter(bylines__author=author))


def of_tag(tag: Tag) -> Faces:
    words, pk = (tag.name, tag.slug), tag.pk
    related = tuple(tag.related.order_by("pk").values_list("pk", flat=True))
    faces: Faces = {f"tag-name:{pk}": tag.name, f"tag:{pk}": words, f"tag-page:{pk}": (words, tag.description)}
    faces[f"tag-beside:{pk}"] = tag.image_id, related  # on the page alone, in no feed
    listed = _listed(tag, Article.objects.published().filter(taggings__tag=tag))
    return faces | _address(tag) | listed | ({TAGS: words} if listed else {})


def of_image(image: Image) -> Faces:
    made = {shape: [row for row in image.renditions if row["shape"] == shape] for shape in ("card", "full")}
    plain = str(image.file), image.width, image.height, image.alt
    return {
        f"image:{image.pk}:card": (plain, made["card"]),
        f"image:{image.pk}:full": (plain, made["full"]),
        f"image:{image.pk}:words": (image.caption, image.credit, image.printed_licence),
        f"image:{image.pk}:share": pictures.share(image),
        f"image:{image.pk}:social": pictures.social(image),
    }


def of_masthead(masthead: Masthead) -> Faces:
    return {
        FRAME: (masthead.name, masthead.footer, masthead.contact_email, masthead.language),
        NAME: masthead.name,
        LANGUAGE: masthead.language,
        CONTACT: masthead.contact_email,
        TAGLINE: masthead.tagline,
        DESCRIPTION: masthead.description,
    }


def navigation() -> tuple[Any, ...]:
    return tuple(Section.objects.filter(in_navigation=True).values_list("name", "slug"))


def _address(page: Addressed) -> Faces:
    """Its address, where something else may have stood, and what former addresses lead to."""
    return {f"moved:{page._meta.model_name}:{page.pk}": page.slug, pages.address(path_of(page)): True}


def _listed(page: Addressed, articles: Any) -> Faces:
    return {LISTS: page.slug} if articles.exists() else {}


# -- what pages show ------------------------------------------------------------------------------------------------------


def shown_cards(cards: Iterable[Article]) -> list[str]:
    """Of full cards, as lists have them."""
    return [key for card in cards for key in (f"card:{card.pk}", *_shown_with(card, kicker=True, picture=True))]


def shown_story(card: Article, text: str, *, kicker: bool, picture: bool) -> list[str]:
    """Of a story on the front page: its line, byline, text (teaser or blurb), section and picture where they are seen."""
    keys = [f"line:{card.pk}", f"byline:{card.pk}", f"{text}:{card.pk}"]
    keys += [f"kicker:{card.pk}"] * kicker + [f"picture:{card.pk}"] * picture
    return keys + _shown_with(card, kicker=kicker, picture=picture)


def _shown_with(card: Article, *, kicker: bool, picture: bool) -> list[str]:
    keys = [f"author:{each['pk']}" for each in card.signatures]  # type: ignore[attr-defined]
    keys += [f"section:{card.section_id}"] if kicker and card.section_id else []
    return keys + ([f"image:{card.lead_image_id}:card"] if picture and card.lead_image_id else [])


def shown_tag(tag: Tag, related: Iterable[Any]) -> list[str]:
    """Of a tag's page: `related` are those it is related to, with `.is_listed`; readers are led to these alone."""
    keys = [f"tag-page:{tag.pk}", f"tag-beside:{tag.pk}", *([f"image:{tag.image_id}:card"] if tag.image_id else [])]
    keys += [f"listed:tag:{each.pk}" for each in related]
    return keys + [f"tag:{each.pk}" for each in related if each.is_listed]


def shown_newest(name: str, cards: list[Article], size: int) -> str:
    """Of a list's newest `size` entries: the stretch they stand in; all of the list when there are fewer."""
    return pages.stretch(name, since=cards[-1].published_at if len(cards) >= size else None)


def shown_article(article: Article, earlier: list[Article], most_earlier: int) -> list[str]:
    """Of an article's own page, with the lines of those before it."""
    since = earlier[-1].published_at if len(earlier) >= most_earlier else None
    keys = [
        f"article:{article.pk}",
        DESCRIPTION,
        pages.stretch(offered(in_section(article.section_id)), since=since, until=article.published_at),
    ]
    keys += [f"line:{line.pk}" for line in earlier]
    keys += [f"author:{each['pk']}" for each in article.signatures]  # type: ignore[attr-defined]
    keys += [f"tag:{tag['pk']}" for tag in article.tag_rows]  # type: ignore[attr-defined]
    keys += [f"section:{article.section_id}"] if article.section_id else []
    image = article.lead_image_id
    return keys + ([f"image:{image}:{face}" for face in ("full", "words", "share", "social")] if image else [])


def shown_entries(articles: list[Article], form: str) -> list[str]:
    """Of a feed's entries. RSS names authors without their addresses, no language, and only the latest update of all."""
    author, keys = "author-name" if form == "rss" else "author", []
    latest = max((article.updated_at or article.published_at or pages.EPOCH for article in articles), default=None)
    for article in articles:
        keys += [f"entry:{article.pk}", pages.stretch(f"updated:{article.pk}", since=latest if form == "rss" else None)]
        keys += [] if form == "rss" else [f"language:{article.pk}"]
        keys += [f"{author}:{each['pk']}" for each in article.signatures]  # type: ignore[attr-defined]
        keys += [f"tag-name:{tag['pk']}" for tag in article.tag_rows]  # type: ignore[attr-defined]
        keys += [f"image:{article.lead_image_id}:share"] if article.lead_image_id else []
    return keys
