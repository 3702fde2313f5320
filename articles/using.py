"""Where a picture is used: rows that point at it, texts that show it, and texts that readers do not see yet.

The database knows the pictures in a text by the beginning of their files' names (migration 0083); over the texts of
articles there is an index. What somebody typed and did not save (Autosave) is no use; an earlier version is told, and
holds nothing back.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from articles import renditions
from articles.models import Article, Image, Revision
from articles.models.articles import ONCE_PUBLIC
from articles.richtext import RichTextField

MOST_USES = 5  # of a kind: a sentence, not a list
LET_OUT = ("let_out", "public")  # how a queryset names what readers see, or will without anybody looking again
NAMED = re.compile(r"images/[0-9]{4}/[0-9]{2}/[0-9a-f]{20}")

type Rows = models.QuerySet[Any]


class PicturesIn(Func):
    function = "articles_pictures_in"
    output_field = ArrayField(TextField())


def uses(image: Image) -> list[models.Model]:
    """Where a picture is shown or will be: what holds its deletion back. A few of each kind."""
    found = [row for rows in _using(image) for row in rows.order_by()[:MOST_USES]]  # in order, a plan would read all
    return list(dict.fromkeys([*found, *_waiting(image)[:MOST_USES]]))


def earlier(image: Image) -> list[Article]:
    """Articles that showed it in a version which is neither the newest nor what readers see. A few."""
    said = set(_saying(image).values_list("article", flat=True))
    articles = Article.objects.filter(pk__in=said).order_by("-pk")
    now, used = _articles_using(image), _waiting(image)
    return list(articles.exclude(pk__in=now.values("pk")).exclude(pk__in=used.values("pk"))[:MOST_USES])


def let_out(image: Image) -> Iterator[type[models.Model]]:
    """The kinds of pages in which readers see this picture, or will without anybody looking again. Kinds of rows that do
    not say what is public count as public."""
    for rows in _using(image):
        public = next((getattr(rows, word) for word in LET_OUT if hasattr(rows, word)), rows.all)
        if public().exists():
            yield rows.model


def told(rows: Iterable[models.Model], *, may_see: Callable[[models.Model], bool]) -> str:
    """As an editor would say it. What somebody may not see is counted, not named."""
    rows = list(rows)
    names = [f"{row._meta.verbose_name} “{row}”" for row in rows if may_see(row)]
    hidden = len(rows) - len(names)
    if hidden and names:
        return f"{'; '.join(names)} and {hidden} other{'s' * (hidden > 1)}"
    return "; ".join(names) or (f"{hidden} page{'s' * (hidden > 1)} that you may not see" if hidden else "")


def is_used() -> Q:
    """As a condition on pictures. Costs a few looks into indexes for each picture that is asked about."""
    used = Q()
    for model, name in _pointing():
        used |= Q(Exists(model._default_manager.filter(**{name: OuterRef("pk")})))
    here = PicturesIn(OuterRef("file"))
    for model, names in _texts():
        for name in names:
            used |= Q(Exists(model._default_manager.alias(shown=PicturesIn(F(name))).filter(shown__overlap=here)))
    used |= Q(Exists(_newest().filter(led=Cast(OuterRef("pk"), TextField()))))
    return used | Q(Exists(_newest().filter(shown__overlap=here)))


def _using(image: Image) -> Iterator[Rows]:
    for model, name in _pointing():
        yield model._default_manager.filter(**{name: image})
    for model, names in _texts():
        yield _showing(model, names, image)


def _articles_using(image: Image) -> models.QuerySet[Article]:
    return Article.objects.filter(Q(lead_image=image) | Q(pk__in=_showing(Article, ["body"], image).values("pk")))


def _waiting(image: Image) -> models.QuerySet[Article]:
    """Public articles whose newest text, which readers do not see yet, shows it."""
    return Article.objects.filter(pk__in=list(_saying(image, _newest()).values_list("article", flat=True)))


def _pointing() -> Iterator[tuple[type[models.Model], str]]:
    for relation in Image._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.name


def _texts() -> Iterator[tuple[type[models.Model], list[str]]]:
    for model in apps.get_models():
        if names := [field.name for field in model._meta.fields if isinstance(field, RichTextField)]:
            yield model, names


def _showing(model: type[models.Model], names: list[str], image: Image) -> Rows:
    rows: Rows = model._default_manager.all()
    named = NAMED.match(str(image.file))
    if named is None:  # a file that nothing of ours has named
        return rows.filter(Q(*((f"{name}__contains", renditions.stem(image)) for name in names), _connector=Q.OR))
    rows = rows.alias(**{f"shown_{name}": PicturesIn(F(name)) for name in names})
    return rows.filter(Q(*((f"shown_{name}__contains", [named[0]]) for name in names), _connector=Q.OR))


def _revisions() -> Rows:
    return Revision.objects.order_by().alias(
        led=KeyTextTransform("lead_image", "content"), shown=PicturesIn(KeyTextTransform("body", "content"))
    )


def _newest() -> Rows:
    """Of public articles, the texts that wait to be published."""
    pending = Q(article__status__in=ONCE_PUBLIC, article__live_version__lt=F("article__version"))
    return _revisions().filter(pending, number=F("article__version"))


def _saying(image: Image, revisions: Rows | None = None) -> Rows:
    rows = _revisions() if revisions is None else revisions
    return rows.filter(Q(led=str(image.pk)) | Q(shown__contains=[renditions.stem(image)]))
