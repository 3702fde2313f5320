"""What an editor writes of an article, as one value: kept as a revision, compared, merged, and written into the row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from articles import richtext, synonyms
from articles.models import Article, Author, Byline, Image, Section, Tag

WORDS = {
    "headline": "Headline",
    "slug": "Address",
    "standfirst": "Standfirst",
    "summary": "Summary",
    "body": "Text",
    "language": "Language",
    "source_outlet": "Outlet",
    "source_author": "Author there",
    "source_url": "Original address",
    "source_licence": "Licence",
}
COLUMNS = {**WORDS, "lead_image": "Lead picture", "section": "Section", "without_appeal": "No appeal for gifts"}
LABELS = {**COLUMNS, "authors": "Bylines", "tags": "Tags"}  # every field, in the order in which it is told


@dataclass(frozen=True, kw_only=True)
class Content:
    """Rows are named by primary key, tags by name: a tag that is typed is made when it is needed."""

    headline: str = ""
    slug: str = ""
    standfirst: str = ""
    summary: str = ""
    body: str = ""
    language: str = "en"
    source_outlet: str = ""
    source_author: str = ""
    source_url: str = ""
    source_licence: str = ""
    lead_image: int | None = None
    section: int | None = None
    without_appeal: bool = False
    authors: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in WORDS:  # a browser's line ends are no news
            object.__setattr__(self, name, getattr(self, name).replace("\r\n", "\n"))
        object.__setattr__(self, "authors", tuple(dict.fromkeys(self.authors)))
        object.__setattr__(self, "tags", tuple(sorted(self.tags, key=str.casefold)))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """As `as_json` told it. What an older or a newer version of this program kept besides is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "authors": list(self.authors), "tags": list(self.tags)}

    def with_changes(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def differs_from(self, other: "Content") -> list[str]:
        """The names of the fields that are not the same, in the order of LABELS."""
        return [name for name in LABELS if getattr(self, name) != getattr(other, name)]


def of(article: Article) -> Content:
    """As it stands in its row, its bylines and its tags: two queries."""
    columns = {name: getattr(article, name) for name in WORDS}
    return Content(
        **columns,
        lead_image=article.lead_image_id,
        section=article.section_id,
        without_appeal=article.without_appeal,
        authors=tuple(Byline.objects.filter(article=article).values_list("author_id", flat=True)),
        tags=tuple(Tag.objects.filter(taggings__content_object=article).values_list("name", flat=True)),
    )


def lay_over(article: Article, content: Content) -> Article:
    """Show another content in this object's columns, in memory alone. What it names and is gone is empty. What the object
    holds of its picture and its section already is not asked for again."""
    for name in WORDS:
        setattr(article, name, getattr(content, name))
    article.without_appeal = content.without_appeal
    if content.lead_image != article.lead_image_id:
        article.lead_image = Image.objects.filter(pk=content.lead_image or 0).first()
    if content.section != article.section_id:
        article.section = Section.objects.filter(pk=content.section or 0).first()
    return article


def write(article: Article, content: Content) -> None:
    """Put a content into the row, its bylines and its tags. The row is locked by who calls, who also tells and indexes."""
    lay_over(article, content.with_changes(body=richtext.sanitise(content.body)))
    article.save(update_fields=[*COLUMNS, "modified_at"])
    _sign(article, content.authors)
    article.tags.set(synonyms.standing(content.tags))


def _sign(article: Article, authors: tuple[int, ...]) -> None:
    there = {byline.author_id: byline for byline in article.bylines.all()}
    known = set(Author.objects.filter(pk__in=authors).values_list("pk", flat=True))
    wanted = [pk for pk in authors if pk in known]
    article.bylines.exclude(author__in=wanted).delete()
    for position, pk in enumerate(wanted, start=1):
        byline = there.get(pk)
        if byline is None:
            Byline.objects.create(article=article, author_id=pk, position=position)
        elif byline.position != position:
            Byline.objects.filter(pk=byline.pk).update(position=position)
