"""Which addresses of our own site lead nowhere, for a text's links: one query however many there are."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import CharField, Q, QuerySet, Value
from django.urls import Resolver404, resolve

from articles.models import Article, Author, FormerAddress, Section, Tag
from articles.readdressing import spellings

NAMED: dict[str, Any] = {
    "article": Article,
    "tag": Tag,
    "section": Section,
    "author": Author,
}  # names of addresses that a slug completes


def path_here(address: str) -> str | None:
    """The decoded path (and query) of an address of ours; None for everything else: other sites, mail, a place on the page."""
    try:
        parts = urlsplit(address)
        own = urlsplit(settings.SITE_URL)
    except ValueError:
        return None
    if parts.netloc and parts.netloc.lower() != own.netloc.lower():
        return None
    if parts.scheme not in {"", "http", "https"} or not parts.path.startswith("/"):
        return "/" if parts.netloc and not parts.path else None
    return unquote(parts.path) + (f"?{unquote(parts.query)}" if parts.query else "")


def dead(addresses: Iterable[str], *, own: int | None = None) -> set[str]:
    """Those of the addresses that are of ours and lead nowhere. `own`: an article whose address counts before it is out."""
    paths = {address: path for address in addresses if (path := path_here(address)) and not _is_file(path)}
    slugs = {address: named for address, path in paths.items() if (named := _named(path))}
    unknown = {address: path for address, path in paths.items() if not _resolves(path)}
    if not slugs and not unknown:
        return set()
    paths = {address: path for address, path in paths.items() if "\x00" not in path}  # Postgres takes none
    there = _there({*slugs.values()}, {*paths.values()}, own)
    standing = {address for address, named in slugs.items() if named in there}
    standing |= {address for address, path in paths.items() for spelling in _former(path) if ("former", spelling) in there}
    return ({*slugs} | {*unknown}) - standing


def _is_file(path: str) -> bool:
    return path.startswith((settings.MEDIA_URL, f"/{settings.STATIC_URL.strip('/')}/"))


def _bare(path: str) -> str:
    return path.partition("?")[0]


def _former(path: str) -> list[str]:
    return list(dict.fromkeys([*spellings(path), *spellings(_bare(path))]))


def _resolves(path: str) -> bool:
    """With the slash that a reader is led to."""
    return any(_match(each) for each in spellings(_bare(path)))


def _match(path: str) -> tuple[str, str] | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return found.view_name, str(found.kwargs.get("slug", ""))


def _named(path: str) -> tuple[str, str] | None:
    """(“tag”, its slug) for the page of one."""
    for spelling in spellings(_bare(path)):
        if found := _match(spelling):
            name = found[0].removeprefix("articles:").removesuffix("_page").removesuffix("_feed")
            return (name, found[1]) if found[0].startswith("articles:") and name in NAMED and found[1] else None
    return None


def _there(slugs: set[tuple[str, str]], paths: set[str], own: int | None) -> set[tuple[str, str]]:
    def of(name: str, rows: QuerySet, column: str, wanted: Iterable[str]) -> QuerySet:
        kept = rows.filter(**{f"{column}__in": list(wanted)}).order_by()
        return kept.annotate(kind=Value(name, output_field=CharField())).values_list("kind", column)

    parts = []
    for name, model in NAMED.items():
        wanted = [slug for kind, slug in slugs if kind == name]
        rows = model._default_manager.all()
        if name == "article":
            rows = rows.filter(Q(status="published") | Q(pk=own or 0))
        if wanted:
            parts.append(of(name, rows, "slug", wanted))
    former = of("former", FormerAddress.objects.all(), "path", {each for path in paths for each in _former(path)})
    return {(str(kind), str(value)) for kind, value in former.union(*parts, all=True)}
