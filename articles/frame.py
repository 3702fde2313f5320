"""What stands round every public page: the newsroom's name, its words, and the sections of its navigation."""

from typing import Any

from django.conf import settings
from django.utils.encoding import escape_uri_path

from articles.models import Masthead
from newsroom.paths import path_to

# Written out: it stands on every page, and Django took longer to build it than Postgres to answer it.
MASTHEAD = """
SELECT m.*,
    ARRAY(SELECT name FROM articles_section WHERE in_navigation ORDER BY position, name) AS section_names,
    ARRAY(SELECT slug FROM articles_section WHERE in_navigation ORDER BY position, name) AS section_slugs
FROM articles_masthead AS m WHERE m.id = 1
"""


def masthead() -> Masthead:
    """The masthead with `.sections`, [{"name": …, "slug": …}] in the order of the navigation: one query."""
    found: Any = next(iter(Masthead.objects.raw(MASTHEAD)), None)
    if found is None:
        return Masthead(pk=1)
    names = zip(found.section_names, found.section_slugs, strict=True)
    found.sections = [{"name": name, "slug": slug} for name, slug in names]
    return found


def author_address(slug: str) -> str:
    return path_to("articles:author", slug)


def absolute(address: str) -> str:
    """An address of ours with scheme and host; one that has them already (a picture on another host) as it is."""
    return address if "://" in address else f"{settings.SITE_URL}{address}"


def absolute_path(path: str) -> str:
    """The same for a decoded path, as a request has it."""
    return f"{settings.SITE_URL}{escape_uri_path(path)}"
