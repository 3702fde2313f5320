"""A batch of articles into the database, whole or not at all, with everything that the verbs would have seen to."""

from dataclasses import dataclass, field

from django.db import transaction

from articles import search, writing
from articles.models import Article, Byline, FormerAddress, ImportedObject, TaggedArticle


@dataclass(slots=True)
class Prepared:
    key: str
    article: Article
    outcome: str  # how the report counts it
    authors: list[int] = field(default_factory=list)  # primary keys, in the order of the byline
    tags: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)  # former addresses


def store(source: str, batch: list[Prepared]) -> int:
    """Keep the batch; returns how many former addresses lead to it now. One transaction, nine statements."""
    for each in batch:
        writing.derive(each.article)
    with transaction.atomic():
        Article.objects.bulk_create([each.article for each in batch])
        ImportedObject.objects.bulk_create(
            [ImportedObject(source=source, kind="article", key=each.key, object_id=each.article.pk) for each in batch]
        )
        Byline.objects.bulk_create(
            [
                Byline(article=each.article, author_id=author, position=position)
                for each in batch
                for position, author in enumerate(each.authors)
            ]
        )
        TaggedArticle.objects.bulk_create(
            [TaggedArticle(content_object=each.article, tag_id=tag) for each in batch for tag in each.tags]
        )
        # As in publishing.readdress: a path in use today wins over its own history.
        FormerAddress.objects.filter(path__in=[f"/articles/{each.article.slug}/" for each in batch]).delete()
        made = _keep_addresses(batch)
        search.index(each.article.pk for each in batch)
    return made


def _keep_addresses(batch: list[Prepared]) -> int:
    wanted = {path: each.article for each in batch for path in each.paths}
    taken = set(FormerAddress.objects.filter(path__in=list(wanted)).values_list("path", flat=True))
    rows = [FormerAddress(path=path, article=article) for path, article in wanted.items() if path not in taken]
    return len(FormerAddress.objects.bulk_create(rows))
