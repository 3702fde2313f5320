"""What stands round every public page: the newsroom's name, its words, and the sections of its navigation."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from articles.models import Masthead, Section


def masthead() -> Masthead:
    """The masthead with `.sections`, [{"name": …, "slug": …}] in the order of the navigation: one query."""
    sections = Section.objects.filter(in_navigation=True).order_by("position", "name")
    row = sections.values(row=JSONObject(name="name", slug="slug"))
    return Masthead.objects.annotate(sections=ArraySubquery(row)).filter(pk=1).first() or Masthead(pk=1)


def author_address(slug: str) -> str:
    return reverse("articles:author", args=[slug])


def absolute(address: str) -> str:
    """An address of ours with scheme and host; one that has them already (a picture on another host) as it is."""
    return address if "://" in address else f"{settings.SITE_URL}{address}"


def absolute_path(path: str) -> str:
    """The same for a decoded path, as a request has it."""
    return f"{settings.SITE_URL}{escape_uri_path(path)}"
