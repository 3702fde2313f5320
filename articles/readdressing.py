"""A page's address changes: the former one keeps working (FormerAddress answers 301)."""

from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Now

from articles.models import Article, Author, Came, FormerAddress, Section, Tag
from newsroom import pages

type Page = Article | Author | Section | Tag


def path_of(page: Page) -> str:
    """The page's path as FormerAddress keeps paths: decoded."""
    return unquote(page.get_absolute_url())


def spellings(path: str) -> list[str]:
    """A former address leads on with and without a slash at its end."""
    return list(dict.fromkeys([path, f"{path.rstrip('/')}/", path.rstrip("/") or "/"]))


def tell_moved(*paths: str) -> None:
    """Touch what these addresses answer."""
    pages.touch(*(pages.address(spelling) for path in paths for spelling in spellings(path)))


def of_others(model: type[Page], pk: int | None) -> QuerySet[FormerAddress]:
    """Former addresses, without those of this page."""
    return FormerAddress.objects.exclude(**{f"{model._meta.model_name}_id": pk}) if pk else FormerAddress.objects.all()


def refuse_anothers(page: Page) -> None:
    """ValidationError where readers who ask for the page's address are still led to another one, which had it before."""
    if of_others(type(page), page.pk).filter(path=path_of(page)).exists():
        raise ValidationError(
            f"Another page had the address {path_of(page)} before, and readers still follow it there. Choose another one."
        )


def readdress(page: Page, *, former_path: str, came: Came = Came.CHANGED) -> None:
    """Make a former path lead to the page. A path in use today wins over its own history."""
    here = path_of(page)
    if FormerAddress.objects.filter(path=here).delete()[0]:
        tell_moved(here)
    if former_path != here:
        owner = page._meta.model_name
        leads_to: dict[str, Any] = {name: page if name == owner else None for name in ("article", "tag", "section", "author")}
        FormerAddress.objects.update_or_create(path=former_path, defaults=leads_to | {"came": came, "made_at": Now()})
        tell_moved(former_path)


def page_at(path: str) -> Page | None:
    """The article, tag, section or author whose own address this is today, with or without the slash at its end."""
    for model, place in ((Article, "/articles/"), (Tag, "/tags/"), (Section, "/sections/"), (Author, "/authors/")):
        if path.startswith(place):
            slug = path.removeprefix(place).rstrip("/")
            rows: Any = model._default_manager
            found: Page | None = rows.filter(slug=slug).first()
            return found
    return None
